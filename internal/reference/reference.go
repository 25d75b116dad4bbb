// Package reference writes the reference of a build as Markdown: every resource, command, kind of value and module, as their
// definitions tell them.
package reference

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// origin is the note on top of each page.
const origin = "<!-- Written by `hanse reference`; change the definitions, then run it again. -->\n\n"

// Page is one file of the reference.
type Page struct {
	Name    string // of the file, "catalog.md"
	Content string
}

// Pages are the reference of a set of definitions and of modules: an index, a page for each business area in the order of
// definition, the kinds of values, and the modules.
func Pages(schema *resource.Schema, modules []module.Module) []Page {
	pages := []Page{{"README.md", index(schema)}}
	for _, a := range areasOf(schema) {
		pages = append(pages, Page{a.name + ".md", a.page(schema)})
	}
	return append(pages, Page{"values.md", values(schema)}, Page{"modules.md", moduleList(modules)})
}

// Write writes pages into a folder, which it makes.
func Write(dir string, pages []Page) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("making the folder of the reference: %w", err)
	}
	for _, p := range pages {
		if err := os.WriteFile(filepath.Join(dir, p.Name), []byte(origin+p.Content), 0o600); err != nil {
			return fmt.Errorf("writing the page %s of the reference: %w", p.Name, err)
		}
	}
	return nil
}

// Stale names the pages of a folder that are not as they would be written now.
func Stale(dir string, pages []Page) ([]string, error) {
	var stale []string
	known := map[string]bool{}
	for _, p := range pages {
		known[p.Name] = true
		content, err := os.ReadFile(filepath.Join(dir, p.Name)) // #nosec G304 -- the caller names the folder
		if err != nil && !os.IsNotExist(err) {
			return nil, fmt.Errorf("reading the reference: %w", err)
		}
		if string(content) != origin+p.Content {
			stale = append(stale, p.Name)
		}
	}
	there, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return nil, err
	}
	for _, file := range there {
		if name := filepath.Base(file); !known[name] {
			stale = append(stale, name+" (of no use any more)")
		}
	}
	return stale, nil
}

// area is a business area with its resources.
type area struct {
	name  string
	types []*resource.Type
}

func areasOf(schema *resource.Schema) []*area {
	var all []*area
	byName := map[string]*area{}
	for _, t := range schema.Types() {
		a := byName[t.Area]
		if a == nil {
			a = &area{name: t.Area}
			byName[t.Area], all = a, append(all, a)
		}
		a.types = append(a.types, t)
	}
	return all
}

func index(schema *resource.Schema) string {
	var b strings.Builder
	b.WriteString("# Reference\n\nEvery resource that this build defines, by business area. *Back-office* and *storefront* say what each API\n" +
		"offers at all: create, read, update, delete; roles narrow it.\n")
	for _, a := range areasOf(schema) {
		fmt.Fprintf(&b, "\n## [%s](%s.md)\n\n| resource | | back-office | storefront |\n|---|---|---|---|\n", title(a.name), a.name)
		for _, t := range a.types {
			fmt.Fprintf(&b, "| [%s](%s.md#%s) | %s | %s | %s |\n", t.Name, a.name, anchor(t.Name), cell(t.Doc), Letters(t.Admin), Letters(t.Storefront))
		}
	}
	b.WriteString("\n## Commands\n\n`POST /{resource}/{id}/actions/{command}`; what must never be wrong changes only through them.\n\n| command | | gives | event |\n|---|---|---|---|\n")
	for _, c := range schema.Commands() {
		on, _ := schema.Type(c.On)
		fmt.Fprintf(&b, "| [%s](%s.md#%s) | %s | %s | %s |\n", c.Path(), on.Area, anchor(c.On), cell(c.Doc), c.Result, code(c.Event))
	}
	b.WriteString("\n## More\n\n- [Kinds of values](values.md) and how they can be filtered\n- [Modules](modules.md) in this build\n" +
		"- OpenAPI 3.1 of a running server: `/api/admin/v1/openapi.json`, `/api/storefront/v1/openapi.json`\n")
	return b.String()
}

// Letters is what one side may do with a resource: c, r, u, d, or - for nothing.
func Letters(e resource.Exposure) string {
	text := ""
	for _, o := range []struct {
		is     bool
		letter string
	}{{e.Create, "c"}, {e.Read, "r"}, {e.Update, "u"}, {e.Delete, "d"}} {
		if o.is {
			text += o.letter
		}
	}
	if text == "" {
		return "-"
	}
	return text
}

func (a *area) page(schema *resource.Schema) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nAll resources also have `id` (UUID), `externalIds`, `createdAt`, `updatedAt` and a revision. [Index](README.md)\n", title(a.name))
	for _, t := range a.types {
		describe(&b, schema, t)
	}
	return b.String()
}

func describe(b *strings.Builder, schema *resource.Schema, t *resource.Type) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", t.Name, t.Doc)
	fmt.Fprintf(b, "Back-office: %s. Storefront: %s.", words(t.Admin), words(t.Storefront))
	if key := record.KeyDoc(schema, t); key != "" {
		fmt.Fprintf(b, " Key: `key:%s`.", key)
	}
	if owner := t.OwnedBy(); owner != "" {
		what := "Written and deleted"
		if !t.Admin.Create {
			what = "Deleted"
		}
		fmt.Fprintf(b, " %s with its owner among %s.", what, link(schema, owner))
	}
	b.WriteString("\n\n| field | column | kind | rules | |\n|---|---|---|---|---|\n")
	for i := range t.Fields {
		f := &t.Fields[i]
		text := f.Text
		if f.Measure != "" {
			text += " In " + f.Measure + "."
		}
		fmt.Fprintf(b, "| `%s` | %s | [%s](values.md#%s) | %s | %s |\n", f.Name, columnOf(f), f.Kind.Name(), anchor(f.Kind.Name()), fieldRules(f), cell(text))
	}
	for i := range t.Relations {
		r := &t.Relations[i]
		column, kind := code(r.Column), "to one of "+link(schema, r.Target)
		if r.ToMany {
			column, kind = "", "to many of "+link(schema, r.Target)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", r.Name, column, kind, relationRules(r), cell(r.Text))
	}
	for _, name := range t.Commands {
		c, _ := schema.Command(t.Name, name)
		describeCommand(b, schema, c)
	}
}

func columnOf(f *resource.Field) string {
	if f.Computed != nil {
		return "computed"
	}
	return code(f.Column)
}

func describeCommand(b *strings.Builder, schema *resource.Schema, c *resource.Command) {
	fmt.Fprintf(b, "\n### %s\n\n`POST /%s/{id}/actions/%s`: %s", c.Path(), c.On, c.Name, c.Doc)
	if c.Result != "" {
		fmt.Fprintf(b, " Gives one of %s.", link(schema, c.Result))
	}
	if c.Event != "" {
		fmt.Fprintf(b, " Event `%s`.", c.Event)
	}
	if c.Idempotent {
		b.WriteString(" An `Idempotency-Key` header replays the first outcome.")
	}
	fmt.Fprintf(b, " On: %s.\n", sides(c))
	if len(c.Input) == 0 {
		return
	}
	b.WriteString("\n| input | kind | rules | |\n|---|---|---|---|\n")
	for i := range c.Input {
		f := &c.Input[i]
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Name, f.Kind.Name(), fieldRules(f), cell(f.Text))
	}
}
