package reference

import (
	"fmt"
	"strings"

	"github.com/hanse-commerce/hanse/resource"
)

// fieldRules is what a sender has to know about a field beside its kind.
func fieldRules(f *resource.Field) string {
	var rules []string
	rule := func(is bool, text string) {
		if is {
			rules = append(rules, text)
		}
	}
	rule(f.InKey, "key")
	rule(f.Mandatory && !f.InKey && !f.Reading && f.Fallback == nil, "required")
	rule(f.Secret, "write only")
	rule(f.Reading || f.Computed != nil, "read only")
	rule(f.OnCreate && !f.Reading, "when created")
	rule(f.Internal, "back-office only")
	if e, ok := f.Kind.(resource.Enumeration); ok {
		rules = append(rules, "`"+strings.Join(e.Values(), "` `")+"`")
	}
	if most, ok := f.Kind.Schema(resource.Language{})["maxLength"].(int); ok && most > 0 {
		rules = append(rules, fmt.Sprintf("up to %d characters", most))
	}
	if f.Fallback != nil && !f.Reading {
		rules = append(rules, "default "+code(f.Fallback.Text))
	}
	return strings.Join(rules, ", ")
}

func relationRules(r *resource.Relation) string {
	var rules []string
	rule := func(is bool, text string) {
		if is {
			rules = append(rules, text)
		}
	}
	rule(r.InKey, "key")
	rule(r.Mandatory && !r.InKey && !r.Reading, "required")
	rule(r.Reading, "read only")
	rule(r.OnCreate && !r.Reading, "when created")
	rule(r.Internal, "back-office only")
	rule(r.Clearing, "emptied when its target goes")
	rule(r.Owns && !r.Reading, "written with this one")
	rule(r.Owns && r.Reading, "deleted with this one")
	return strings.Join(rules, ", ")
}

func words(e resource.Exposure) string {
	var can []string
	for _, o := range []struct {
		is   bool
		word string
	}{{e.Create, "create"}, {e.Read, "read"}, {e.Update, "update"}, {e.Delete, "delete"}} {
		if o.is {
			can = append(can, o.word)
		}
	}
	if can == nil {
		return "hidden"
	}
	text := strings.Join(can, ", ")
	for _, c := range e.Conditions {
		text += fmt.Sprintf(", where `%s` is `%s`", c.Field, c.Value)
	}
	if e.Owner != "" || e.Person != "" {
		text += ", one's own"
	}
	return text
}

func sides(c *resource.Command) string {
	switch {
	case c.Admin && c.Storefront:
		return "back-office and storefront API"
	case c.Admin:
		return "back-office API"
	case c.Storefront:
		return "storefront API"
	}
	return "no API"
}

func link(schema *resource.Schema, name string) string {
	t, ok := schema.Type(name)
	if !ok {
		return name
	}
	return fmt.Sprintf("[%s](%s.md#%s)", name, t.Area, anchor(name))
}

// cell is text inside a table.
func cell(text string) string { return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text) }

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + cell(text) + "`"
}

// anchor is the name that readers of Markdown give a heading.
func anchor(heading string) string { return strings.ToLower(strings.ReplaceAll(heading, " ", "-")) }

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
