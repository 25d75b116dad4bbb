package intake

import (
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// setCategory takes a category's code, or a path "A/B", whose categories are created with the path as their code. A code
// that leads nowhere costs a warning, not the record.
func (r *csvRows) setCategory(change *record.Change, rel *resource.Relation, target *resource.Type, cell string, chunk *Chunk) {
	if !strings.Contains(strings.Trim(cell, "/"), "/") {
		change.Values[r.t.At(rel.Name)] = resource.Of(resource.ByKey(strings.Trim(cell, "/")).String())
		change.Lenient = append(change.Lenient, rel.Name)
		return
	}
	var parent *record.Change
	var path []string
	for _, name := range strings.Split(cell, "/") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		path = append(path, name)
		code, above := strings.Join(path, "/"), parent
		parent = chunk.Ensure(target, code, func() *record.Change { return r.newCategory(target, code, name, above) })
	}
	link(change, rel.Name, parent)
}

func (r *csvRows) newCategory(target *resource.Type, code, name string, parent *record.Change) *record.Change {
	c := &record.Change{Values: target.NewRecord(), Initial: target.NewRecord()}
	c.Values[target.At("code")] = resource.Of(code)
	c.Initial[target.At("name")] = overlay(resource.Value{}, r.defaults.Language, localizedText(name, r.defaults.Language))
	if parent != nil {
		link(c, "parent", parent)
	}
	return c
}

func link(c *record.Change, relation string, to *record.Change) {
	if c.Links == nil {
		c.Links = map[string]*record.Change{}
	}
	c.Links[relation] = to
}

func localizedText(s, language string) string {
	text, err := resource.Localized("x").Kind.(resource.Multilingual).ParseIn(s, language)
	if err != nil {
		return ""
	}
	return text
}
