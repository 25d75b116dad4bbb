package openapi

import (
	"fmt"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// shared are the schemas that every resource uses.
func (d *description) shared() {
	d.schemas["ExternalIds"] = object{"type": "array", "description": "Names of the record in other systems; unique by type. A given list takes the place of the stored one.",
		"items": object{"type": "object", "required": []any{"system", "id"}, "properties": object{
			"system": object{"type": "string", "maxLength": 64}, "id": object{"type": "string", "maxLength": 255}}}}
	d.schemas["PageLinks"] = object{"type": "object", "properties": object{"self": object{"type": "string"}, "first": object{"type": "string"},
		"prev": object{"type": []any{"string", "null"}}, "next": object{"type": []any{"string", "null"}}, "last": object{"type": "string"}}}
	d.schemas["PageMeta"] = object{"type": "object", "properties": object{"page": object{"type": "object", "properties": object{
		"number": object{"type": "integer"}, "size": object{"type": "integer"}, "total": object{"type": "integer"}}}}}
	id := object{"type": "object", "required": []any{"type", "id"}, "properties": object{"type": object{"type": "string"}, "id": object{"type": "string"}}}
	d.schemas["LinkageToOne"] = object{"type": "object", "required": []any{"data"}, "properties": object{"data": object{"oneOf": []any{id, object{"type": "null"}}}}}
	d.schemas["LinkageToMany"] = object{"type": "object", "required": []any{"data"}, "properties": object{"data": object{"type": "array", "items": id},
		"links": ref("schemas", "PageLinks"), "meta": ref("schemas", "PageMeta")}}
	d.schemas["Errors"] = object{"type": "object", "required": []any{"errors"}, "properties": object{"errors": object{"type": "array", "items": object{
		"type": "object", "required": []any{"status", "code", "title"}, "properties": object{
			"status": object{"type": "string"}, "code": object{"type": "string", "description": "Stable, never reused."},
			"title": object{"type": "string"}, "detail": object{"type": "string"},
			"source": object{"type": "object", "properties": object{"pointer": object{"type": "string"}, "parameter": object{"type": "string"}}}}}}}}
}

func responses() object {
	return object{"Errors": object{"description": "What is wrong, each with a stable code and where it stands.", "content": content(ref("schemas", "Errors"))}}
}

func parameters() object {
	text := object{"type": "string"}
	return object{
		"Id":      object{"name": "id", "in": "path", "required": true, "schema": text, "description": "UUID, key:… or ext:SYSTEM:…."},
		"Include": object{"name": "include", "in": "query", "schema": text, "description": fmt.Sprintf("Relation paths, separated by commas, at most %d deep.", record.MaxIncludeDepth)},
		"Fields": object{"name": "fields", "in": "query", "style": "deepObject", "explode": true,
			"schema": object{"type": "object", "additionalProperties": text}, "description": "By type the fields and relations to show, separated by commas: fields[products]=sku,name."},
		"Sort":           object{"name": "sort", "in": "query", "schema": text, "description": "Fields, separated by commas; a minus sorts down."},
		"PageNumber":     object{"name": "page[number]", "in": "query", "schema": object{"type": "integer", "minimum": 1, "default": 1}},
		"PageSize":       object{"name": "page[size]", "in": "query", "schema": object{"type": "integer", "minimum": 1, "maximum": record.MaxPageSize, "default": 25}},
		"PageTotal":      object{"name": "page[total]", "in": "query", "schema": object{"type": "boolean", "default": false}, "description": "Count all that match into meta.page.total."},
		"IfNoneMatch":    object{"name": "If-None-Match", "in": "header", "schema": text, "description": "ETag that the client has already; 304 if it is still the same."},
		"IfMatch":        object{"name": "If-Match", "in": "header", "schema": text, "description": "ETag that the record must still have; 412 otherwise."},
		"IdempotencyKey": object{"name": "Idempotency-Key", "in": "header", "schema": object{"type": "string", "maxLength": 255}, "description": "A repeated request gets the first one's result."},
	}
}

// listParameters are the query parameters of a list.
func (d *description) listParameters(t *resource.Type) []any {
	return append(shaped(), d.pageParameters(t)...)
}

// pageParameters choose and order the records of a list: each filter with the operators that its kind offers.
func (d *description) pageParameters(t *resource.Type) []any {
	list := []any{ref("parameters", "Sort"), ref("parameters", "PageNumber"), ref("parameters", "PageSize"), ref("parameters", "PageTotal"),
		d.filter(t, "id", resource.Eq, "Id, key:… or ext:…."), d.filter(t, "id", resource.In, operatorText[resource.In])}
	for _, name := range []string{"createdAt", "updatedAt"} {
		list = append(list, d.filters(t, name, resource.Time(name).Kind.Operators(), operatorText[resource.Eq])...)
	}
	searchable := false
	for i := range t.Fields {
		f := &t.Fields[i]
		searchable = searchable || f.Weight != 0
		if f.Filterable && record.Shows(d.side, nil, t, f) {
			list = append(list, d.filters(t, f.Name, f.Kind.Operators(), operatorText[resource.Eq])...)
		}
	}
	for i := range t.Relations {
		r := &t.Relations[i]
		if r.ToMany || !record.ShowsRelation(d.schema, d.side, nil, t, r) {
			continue
		}
		operators := []resource.Operator{resource.Eq, resource.Neq, resource.In, resource.Exists}
		if target, ok := d.schema.Type(r.Target); ok && record.Above(target) != nil {
			operators = append(operators, resource.Below)
		}
		list = append(list, d.filters(t, r.Name, operators, "Id, key:… or ext:… of the related record; fields of it by filter["+r.Name+".field].")...)
	}
	if searchable {
		list = append(list, d.filter(t, "search", resource.Eq, "Full text."))
	}
	return list
}

func (d *description) filters(t *resource.Type, name string, operators []resource.Operator, equal string) []any {
	list := make([]any, len(operators))
	for i, op := range operators {
		text := operatorText[op]
		if op == resource.Eq {
			text = equal
		}
		list[i] = d.filter(t, name, op, text)
	}
	return list
}

// filter describes one filter among the shared parameters and refers to it.
func (d *description) filter(t *resource.Type, path string, op resource.Operator, text string) object {
	id, name := t.Name+"."+path, "filter["+path+"]"
	if op != resource.Eq {
		id, name = id+"."+string(op), name+"["+string(op)+"]"
	}
	d.parameters[id] = object{"name": name, "in": "query", "schema": object{"type": "string"}, "description": text}
	return ref("parameters", id)
}

var operatorText = map[resource.Operator]string{
	resource.Eq: "Equal to.", resource.Below: "The record named so or any below it in the tree.", resource.Neq: "Not equal to.", resource.Lt: "Less than.", resource.Lte: "At most.", resource.Gt: "Greater than.", resource.Gte: "At least.",
	resource.Exists: "true: has a value; false: has none.", resource.Contains: "Contains, without regard to case.",
	resource.StartsWith: "Starts with, without regard to case.", resource.EndsWith: "Ends with, without regard to case.",
	resource.In: "One of these, separated by commas.", resource.Range: `"from..to", both included; either may be empty.`,
}
