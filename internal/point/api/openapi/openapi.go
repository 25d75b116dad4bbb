// Package openapi describes the APIs of both sides in OpenAPI 3.1, from the definitions at the moment of the request.
package openapi

import (
	"encoding/json"
	"fmt"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Document is the description of one side, served below base ("/api/admin/v1").
func Document(schema *resource.Schema, side access.Side, base, version string) ([]byte, error) {
	d := &description{schema: schema, side: side, schemas: object{}, paths: object{}}
	d.shared()
	var tags []any
	for _, t := range schema.Types() {
		if !record.Exposed(side, t).Read && len(t.Commands) == 0 {
			continue
		}
		tags = append(tags, object{"name": t.Name, "description": t.Doc})
		d.describe(t)
	}
	for _, c := range schema.Commands() {
		if side == access.Admin && c.Admin || side == access.Storefront && c.Storefront {
			d.command(c)
		}
	}
	d.session()
	return json.Marshal(object{
		"openapi": "3.1.0",
		"info": object{"title": "Hanse " + title(side) + " API", "version": version, "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "JSON:API 1.1. Wherever an id is accepted, key:… (natural key) and ext:SYSTEM:… (external id) work too. " +
				"Decimals are strings, times RFC 3339 in UTC. This document is derived from the definitions and always current."},
		"servers":    []any{object{"url": base}},
		"tags":       tags,
		"paths":      d.paths,
		"components": object{"schemas": d.schemas, "securitySchemes": security(side), "responses": responses(), "parameters": parameters()},
		"security":   []any{object{"default": []any{}}},
	})
}

type object = map[string]any

type description struct {
	schema  *resource.Schema
	side    access.Side
	schemas object
	paths   object
}

func title(side access.Side) string {
	if side == access.Storefront {
		return "storefront"
	}
	return "back-office"
}

func security(side access.Side) object {
	if side == access.Storefront {
		return object{"default": object{"type": "apiKey", "in": "cookie", "name": "hanse_storefront", "description": "Session of a buyer who logged in by POST /session."}}
	}
	return object{"default": object{"type": "oauth2", "flows": object{"clientCredentials": object{"tokenUrl": "/oauth/token", "scopes": object{}}}}} // #nosec G101 -- a path
}

func ref(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }

func content(schema any) object {
	return object{"application/vnd.api+json": object{"schema": schema}}
}

// language is that of schemas, which only asks whether all languages are shown.
func (d *description) language() resource.Language {
	return resource.Language{All: d.side == access.Admin}
}

func (d *description) describe(t *resource.Type) {
	e := record.Exposed(d.side, t)
	name := upper(t.Singular())
	d.schemas[name] = d.resource(t, false, false)
	d.schemas[name+"Document"] = object{"type": "object", "required": []any{"data"}, "properties": object{
		"data": ref("schemas", name), "included": included(), "links": object{"type": "object"}, "meta": object{"type": "object"}}}
	d.schemas[name+"List"] = object{"type": "object", "required": []any{"data"}, "properties": object{
		"data": object{"type": "array", "items": ref("schemas", name)}, "included": included(),
		"links": ref("schemas", "PageLinks"), "meta": ref("schemas", "PageMeta")}}
	if e.Create {
		d.schemas[name+"Create"] = object{"type": "object", "required": []any{"data"}, "properties": object{"data": d.resource(t, true, true)}}
	}
	if e.Update {
		d.schemas[name+"Update"] = object{"type": "object", "required": []any{"data"}, "properties": object{"data": d.resource(t, true, false)}}
	}
	if e.Read {
		d.collection(t, e, name)
		d.single(t, e, name)
		d.relations(t)
	}
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
	if !writing && !f.Mandatory {
		if kind, ok := s["type"].(string); ok {
			s["type"] = []any{kind, "null"}
			if values, ok := s["enum"].([]string); ok {
				s["enum"] = append(anys(values), nil)
			}
		}
	}
	if !f.Writable(true) {
		s["readOnly"] = true
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
	properties := object{}
	for i := range t.Relations {
		r := &t.Relations[i]
		if !record.ShowsRelation(d.schema, d.side, nil, t, r) || writing && !r.Writable(creating) {
			continue
		}
		id := object{"type": "object", "required": []any{"type", "id"}, "properties": object{
			"type": object{"type": "string", "const": r.Target}, "id": object{"type": "string"}}}
		data := any(object{"oneOf": []any{id, object{"type": "null"}}})
		if r.ToMany {
			data = object{"type": "array", "items": id}
		}
		if r.ToMany && writing {
			child, _ := d.schema.Type(r.Target)
			data = object{"type": "array", "items": d.owned(child, r.Inverse), "description": "Takes the place of the stored list."}
		}
		properties[r.Name] = object{"type": "object", "description": r.Text, "properties": object{"data": data, "links": object{"type": "object"}}}
	}
	return object{"type": "object", "properties": properties}
}

// owned is a record that is written with its owner.
func (d *description) owned(t *resource.Type, inverse string) object {
	s := d.resource(t, true, true)
	if properties, ok := s["properties"].(object)["relationships"].(object)["properties"].(object); ok {
		delete(properties, inverse)
	}
	return s
}

func upper(name string) string { return string(name[0]-'a'+'A') + name[1:] }

func operation(id, tag, summary string, responses object, rest object) object {
	o := object{"operationId": id, "tags": []any{tag}, "summary": summary, "responses": responses}
	for k, v := range rest {
		o[k] = v
	}
	return o
}

func answers(status, description string, body any) object {
	ok := object{"description": description}
	if body != nil {
		ok["content"] = content(body)
	}
	r := object{status: ok, "default": ref("responses", "Errors")}
	return r
}

func (d *description) collection(t *resource.Type, e resource.Exposure, name string) {
	path := object{"get": operation("list"+upper(t.Name), t.Name, "List "+t.Name,
		answers("200", "A page of "+t.Name+".", ref("schemas", name+"List")), object{"parameters": d.listParameters(t)})}
	if e.Create {
		path["post"] = operation("create"+name, t.Name, "Create one of "+t.Name, answers("201", "The new record.", ref("schemas", name+"Document")),
			object{"requestBody": object{"required": true, "content": content(ref("schemas", name+"Create"))}})
	}
	d.paths["/"+t.Name] = path
}

func (d *description) single(t *resource.Type, e resource.Exposure, name string) {
	path := object{"parameters": []any{ref("parameters", "Id")},
		"get": operation("get"+name, t.Name, "Read one of "+t.Name, answers("200", "The record.", ref("schemas", name+"Document")),
			object{"parameters": []any{ref("parameters", "Include"), fieldset(t)}})}
	if e.Update {
		path["patch"] = operation("update"+name, t.Name, "Change one of "+t.Name, answers("200", "The record as it is now.", ref("schemas", name+"Document")),
			object{"parameters": []any{ref("parameters", "IfMatch")}, "requestBody": object{"required": true, "content": content(ref("schemas", name+"Update"))}})
	}
	if e.Delete {
		path["delete"] = operation("delete"+name, t.Name, "Delete one of "+t.Name, answers("204", "Gone.", nil),
			object{"parameters": []any{ref("parameters", "IfMatch")}})
	}
	d.paths["/"+t.Name+"/{id}"] = path
}

func (d *description) relations(t *resource.Type) {
	for i := range t.Relations {
		r := &t.Relations[i]
		if !record.ShowsRelation(d.schema, d.side, nil, t, r) {
			continue
		}
		target, _ := d.schema.Type(r.Target)
		body := upper(target.Singular()) + "Document"
		if r.ToMany {
			body = upper(target.Singular()) + "List"
		}
		d.paths["/"+t.Name+"/{id}/"+r.Name] = object{"parameters": []any{ref("parameters", "Id")},
			"get": operation("getRelated"+upper(r.Name)+"Of"+upper(t.Singular()), t.Name, "Read "+r.Name+" of one of "+t.Name, answers("200", r.Text, ref("schemas", body)), nil)}
		path := object{"parameters": []any{ref("parameters", "Id")},
			"get": operation("getLinkage"+upper(r.Name)+"Of"+upper(t.Singular()), t.Name, "Read the linkage "+r.Name, answers("200", "Resource identifiers.", ref("schemas", "Linkage")), nil)}
		if !r.ToMany && record.Exposed(d.side, t).Update && r.Writable(false) {
			path["patch"] = operation("updateLinkage"+upper(r.Name)+"Of"+upper(t.Singular()), t.Name, "Change the linkage "+r.Name, answers("204", "Done.", nil),
				object{"requestBody": object{"required": true, "content": content(ref("schemas", "Linkage"))}})
		}
		d.paths["/"+t.Name+"/{id}/relationships/"+r.Name] = path
	}
}

func (d *description) command(c *resource.Command) {
	t, _ := d.schema.Type(c.On)
	properties, required := object{}, []any{}
	for i := range c.Input {
		f := &c.Input[i]
		properties[f.Name] = d.attribute(f, true)
		if f.Mandatory && f.Fallback == nil {
			required = append(required, f.Name)
		}
	}
	answer := answers("204", "Done.", nil)
	if result, ok := d.schema.Type(c.Result); ok {
		status := "201"
		if c.Result == c.On {
			status = "200"
		}
		answer = answers(status, "The result.", ref("schemas", upper(result.Singular())+"Document"))
	}
	input := withRequired(object{"type": "object", "properties": properties}, required)
	rest := object{"parameters": []any{ref("parameters", "Id")},
		"requestBody": object{"required": len(required) > 0, "content": content(object{"type": "object", "properties": object{
			"data": object{"type": "object", "properties": object{"type": object{"type": "string"}, "attributes": input}}}})}}
	if c.Idempotent {
		rest["parameters"] = []any{ref("parameters", "Id"), ref("parameters", "IdempotencyKey")}
	}
	d.paths["/"+c.On+"/{id}/actions/"+c.Name] = object{"post": operation(c.Name+upper(t.Singular()), c.On, c.Doc, answer, rest)}
}

func fieldset(t *resource.Type) object {
	return object{"name": fmt.Sprintf("fields[%s]", t.Name), "in": "query", "schema": object{"type": "string"}, "description": "Fields to show, separated by commas."}
}
