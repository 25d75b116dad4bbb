package module

import "github.com/hanse-commerce/hanse/resource"

// SettingsSchema is the JSON Schema (2020-12) of a module's settings as an administrator writes them. Secrets stand in it as
// write-only strings: they are given by a command of their own and never stand among the settings.
func SettingsSchema(i Info) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range i.Settings {
		p := map[string]any{}
		for k, v := range f.Kind.Schema(resource.Language{All: true}) {
			p[k] = v
		}
		if f.Text != "" {
			p["description"] = f.Text
		}
		if f.Fallback != nil {
			p["default"] = f.Fallback.Text
		}
		if f.Example != "" {
			p["examples"] = []string{f.Example}
		}
		if f.Secret {
			p["writeOnly"] = true
		}
		properties[f.Name] = p
		if f.Mandatory && f.Fallback == nil && !f.Secret {
			required = append(required, f.Name)
		}
	}
	schema := map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": i.Title, "type": "object",
		"properties": properties, "additionalProperties": false}
	if i.Doc != "" {
		schema["description"] = i.Doc
	}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

// Abilities are what a module can do, by the names of its interfaces in lower case: payment, shipping, webhook, checker,
// documentReader, documentWriter, confirmer.
func Abilities(m Module) (all []string) {
	has := func(name string, ok bool) {
		if ok {
			all = append(all, name)
		}
	}
	_, ok := m.(Payment)
	has("payment", ok)
	_, ok = m.(Shipping)
	has("shipping", ok)
	_, ok = m.(Webhook)
	has("webhook", ok)
	_, ok = m.(Checker)
	has("checker", ok)
	_, ok = m.(DocumentReader)
	has("documentReader", ok)
	_, ok = m.(DocumentWriter)
	has("documentWriter", ok)
	_, ok = m.(Confirmer)
	has("confirmer", ok)
	return all
}
