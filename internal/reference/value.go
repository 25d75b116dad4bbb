package reference

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// values describes the kinds that fields of the schema have, each by an example of its use.
func values(schema *resource.Schema) string {
	examples := map[string]*resource.Field{}
	where := map[string]string{}
	for _, t := range schema.Types() {
		for i := range t.Fields {
			f := &t.Fields[i]
			if name := f.Kind.Name(); examples[name] == nil {
				examples[name], where[name] = f, t.Name+"."+f.Name
			}
		}
	}
	names := make([]string, 0, len(examples))
	for name := range examples {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("# Kinds of values\n\nWhat a field's kind means on the wire, in the database and in filters\n(`filter[field]=value`, `filter[field][operator]=value`).\n")
	for _, name := range names {
		f := examples[name]
		fmt.Fprintf(&b, "\n## %s\n\n- as in `%s`\n- JSON: %s\n- PostgreSQL: `%s`\n- operators: %s\n", name, where[name],
			wire(f.Kind.Schema(resource.Language{All: true})), f.Kind.SQL(), operators(f.Kind))
	}
	fmt.Fprintf(&b, "\n## References\n\nA to-one relation takes a UUID, `key:` with the natural key (parts of a composite key joined by `|`, each percent-encoded)\n"+
		"or `ext:SYSTEM:ID` with an external id. All operators there are: %s.\n", operatorList(resource.Operators))
	return b.String()
}

// wire is a JSON Schema as one line, without what differs from field to field.
func wire(schema map[string]any) string {
	for _, own := range []string{"maxLength", "enum", "minimum", "maxItems", "example"} {
		delete(schema, own)
	}
	_, fixed := schema["properties"]
	switch {
	case len(schema) == 0:
		return "any value"
	case fixed:
		return "an object with the properties that the OpenAPI document lists"
	case schema["type"] == "array":
		return "an array of such objects as the OpenAPI document describes"
	}
	text, err := json.Marshal(schema)
	if err != nil {
		return "any value"
	}
	return "`" + string(text) + "`"
}

func operators(k resource.Kind) string { return operatorList(k.Operators()) }

func operatorList(all []resource.Operator) string {
	list := make([]string, len(all))
	for i, o := range all {
		list[i] = "`" + string(o) + "`"
	}
	return strings.Join(list, " ")
}

// moduleList describes the modules of a build with their settings and documents.
func moduleList(modules []module.Module) string {
	var b strings.Builder
	b.WriteString("# Modules\n\nIntegration modules in this build. A *channel* is a module configured for one account, website\nor partner; its `kind` is the module's name, its `settings` are those below. Those that are write only are secrets, which the\ncommand `setSecret` takes.\n")
	for _, m := range modules {
		info := m.Info()
		fmt.Fprintf(&b, "\n## %s\n\n%s: %s\n", info.Name, info.Title, info.Doc)
		if len(info.Settings) > 0 {
			b.WriteString("\n| setting | kind | rules | |\n|---|---|---|---|\n")
		}
		for i := range info.Settings {
			f := &info.Settings[i]
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Name, f.Kind.Name(), fieldRules(f), cell(f.Text))
		}
		documents(&b, m)
	}
	return b.String()
}

func documents(b *strings.Builder, m module.Module) {
	if r, ok := m.(module.DocumentReader); ok {
		b.WriteString("\n| reads | root element | mainly about |\n|---|---|---|\n")
		for _, in := range r.Incoming() {
			fmt.Fprintf(b, "| %s | `%s` | %s |\n", in.Kind, in.Root, in.Resource)
		}
	}
	if w, ok := m.(module.DocumentWriter); ok {
		b.WriteString("\n| writes | when | file |\n|---|---|---|\n")
		for _, out := range w.Outgoing() {
			subject, _, _ := strings.Cut(out.Event, ".")
			fmt.Fprintf(b, "| %s | `%s` | `%ss_<yyyymmddThhmmssZ>_<number>.%s` |\n", out.Kind, out.Event, subject, out.Extension)
		}
	}
	if _, ok := m.(module.Confirmer); ok {
		b.WriteString("\nIt confirms each document that it has read.\n")
	}
}
