package openapi

import (
	"slices"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

func (d *description) describe(t *resource.Type) {
	e := record.Exposed(d.side, t)
	name := upper(t.Singular())
	d.schemas[name] = d.resource(t, false, false)
	d.schemas["DocumentOf"+name] = document(ref("schemas", name))
	d.schemas["DocumentOf"+name+"OrNull"] = document(object{"oneOf": []any{ref("schemas", name), object{"type": "null"}}})
	d.schemas["PageOf"+upper(t.Name)] = object{"type": "object", "required": []any{"data"}, "properties": object{
		"data": object{"type": "array", "items": ref("schemas", name)}, "included": included(),
		"links": ref("schemas", "PageLinks"), "meta": ref("schemas", "PageMeta")}}
	if e.Create {
		d.schemas["New"+name] = object{"type": "object", "required": []any{"data"}, "properties": object{"data": d.resource(t, true, true)}}
	}
	if e.Update {
		d.schemas["ChangeOf"+name] = object{"type": "object", "required": []any{"data"}, "properties": object{"data": d.resource(t, true, false)}}
	}
	if e.Read {
		d.collection(t, e, name)
		d.single(t, e, name)
		d.relations(t)
	}
}

func document(data any) object {
	return object{"type": "object", "required": []any{"data"}, "properties": object{
		"data": data, "included": included(), "links": object{"type": "object"}, "meta": object{"type": "object"}}}
}

func included() object {
	return object{"type": "array", "items": object{"type": "object"}, "description": "Related records named by include, each once."}
}

// resource is the schema of a resource object: as it is shown, or as it is written.
func (d *description) resource(t *resource.Type, writing, creating bool) object {
	attributes, required := object{}, []any{}
	for i := range t.Fields {
		f := &t.Fields[i]
		if !writing && !record.Shows(d.side, nil, t, f) || writing && !f.Writable(creating) || f.Internal && d.side == access.Storefront {
			continue
		}
		attributes[f.Name] = d.attribute(f, writing)
		if writing && creating && f.Mandatory && f.Fallback == nil {
			required = append(required, f.Name)
		}
	}
	if d.side == access.Admin {
		attributes["externalIds"] = ref("schemas", "ExternalIds")
	}
	if !writing {
		attributes["createdAt"] = object{"type": "string", "format": "date-time", "readOnly": true}
		attributes["updatedAt"] = object{"type": "string", "format": "date-time", "readOnly": true}
	}
	properties := object{
		"type":          object{"type": "string", "const": t.Name},
		"id":            object{"type": "string", "description": "UUID; " + keyDoc(d.schema, t)},
		"attributes":    withRequired(object{"type": "object", "properties": attributes}, required),
		"relationships": d.relationships(t, writing, creating),
	}
	must := []any{"type"}
	if writing && creating && len(required) > 0 {
		must = append(must, "attributes")
	}
	if !writing {
		must = append(must, "id")
		properties["meta"] = object{"type": "object", "properties": object{"revision": object{"type": "integer"}}}
		properties["links"] = object{"type": "object"}
	}
	return object{"type": "object", "description": t.Doc, "required": must, "properties": properties}
}

func withRequired(schema object, required []any) object {
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func keyDoc(schema *resource.Schema, t *resource.Type) string {
	if key := record.KeyDoc(schema, t); key != "" {
		return "or key:" + key
	}
	return "or ext:SYSTEM:ID"
}

func (d *description) attribute(f *resource.Field, writing bool) object {
	s := object{}
	for k, v := range f.Kind.Schema(d.language()) {
		s[k] = v
	}
	text := f.Text
	if f.Measure != "" {
		text += " In " + f.Measure + "."
	}
	if text != "" {
		s["description"] = text
	}
	if f.Example != "" {
		s["examples"] = []any{f.Example}
	}
	if f.Fallback != nil && s["type"] == "string" {
		s["default"] = f.Fallback.Text
	}
	if !f.Mandatory {
		s = orNull(s)
	}
	if !f.Writable(true) {
		s["readOnly"] = true
	}
	return s
}

// orNull lets a schema take null too. A schema without a type takes anything already.
func orNull(s object) object {
	kind, typed := s["type"].(string)
	alternatives, choice := s["oneOf"].([]any)
	switch {
	case typed:
		s["type"] = []any{kind, "null"}
		if values, ok := s["enum"].([]string); ok {
			s["enum"] = append(anys(values), nil)
		}
	case choice:
		s["oneOf"] = append([]any{object{"type": "null"}}, alternatives...)
	}
	return s
}

func anys(values []string) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

func (d *description) relationships(t *resource.Type, writing, creating bool) object {
	properties, required := object{}, []any{}
	for i := range t.Relations {
		r := &t.Relations[i]
		if !record.ShowsRelation(d.schema, d.side, nil, t, r) || writing && !r.Writable(creating) {
			continue
		}
		id := object{"type": "object", "required": []any{"type", "id"}, "properties": object{
			"type": object{"type": "string", "const": r.Target}, "id": object{"type": "string"}}}
		data := any(object{"oneOf": []any{id, object{"type": "null"}}})
		if writing && creating && r.Mandatory && !r.ToMany && !d.filledIn(t, r) {
			data, required = id, append(required, r.Name)
		}
		if r.ToMany {
			data = object{"type": "array", "items": id}
		}
		if r.ToMany && writing {
			child, _ := d.schema.Type(r.Target)
			data = object{"type": "array", "items": d.owned(child, r.Inverse), "description": "Takes the place of the stored list."}
		}
		properties[r.Name] = object{"type": "object", "description": r.Text, "properties": object{"data": data, "links": object{"type": "object"}}}
	}
	return withRequired(object{"type": "object", "properties": properties}, required)
}

// filledIn reports whether the server takes the buyer's own where he names none.
func (d *description) filledIn(t *resource.Type, r *resource.Relation) bool {
	return d.side == access.Storefront && (t.Storefront.Owner == r.Name || t.Storefront.Person == r.Name)
}

// owned is a record that is written with its owner.
func (d *description) owned(t *resource.Type, inverse string) object {
	s := d.resource(t, true, true)
	if relationships, ok := s["properties"].(object)["relationships"].(object); ok {
		delete(relationships["properties"].(object), inverse)
		if required, ok := relationships["required"].([]any); ok {
			relationships["required"] = slices.DeleteFunc(required, func(name any) bool { return name == inverse })
		}
	}
	return s
}
