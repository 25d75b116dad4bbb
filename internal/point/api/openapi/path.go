package openapi

import (
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

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

// shaped are the parameters of whatever answers with records.
func shaped() []any { return []any{ref("parameters", "Include"), ref("parameters", "Fields")} }

func body(name string) object {
	return object{"required": true, "content": content(ref("schemas", name))}
}

// orSilent adds that who may write and not read gets no record back.
func orSilent(responses object) object {
	responses["204"] = object{"description": "Done; the caller may not read the record."}
	return responses
}

func (d *description) collection(t *resource.Type, e resource.Exposure, name string) {
	path := object{"get": operation("list"+upper(t.Name), t.Name, "List "+t.Name,
		answers("200", "A page of "+t.Name+".", ref("schemas", "PageOf"+upper(t.Name))), object{"parameters": d.listParameters(t)})}
	if e.Create {
		path["post"] = operation("create"+name, t.Name, "Create one of "+t.Name, orSilent(answers("201", "The new record.", ref("schemas", "DocumentOf"+name))),
			object{"parameters": shaped(), "requestBody": body("New" + name)})
	}
	d.paths["/"+t.Name] = path
}

func (d *description) single(t *resource.Type, e resource.Exposure, name string) {
	path := object{"parameters": []any{ref("parameters", "Id")},
		"get": operation("get"+name, t.Name, "Read one of "+t.Name, answers("200", "The record; its ETag serves If-Match and If-None-Match.", ref("schemas", "DocumentOf"+name)),
			object{"parameters": append(shaped(), ref("parameters", "IfNoneMatch"))})}
	if e.Update {
		path["patch"] = operation("update"+name, t.Name, "Change one of "+t.Name, orSilent(answers("200", "The record as it is now.", ref("schemas", "DocumentOf"+name))),
			object{"parameters": append(shaped(), ref("parameters", "IfMatch")), "requestBody": body("ChangeOf" + name)})
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
		answer, parameters := "DocumentOf"+upper(target.Singular())+"OrNull", shaped()
		if r.ToMany {
			answer, parameters = "PageOf"+upper(target.Name), d.listParameters(target)
		}
		d.paths["/"+t.Name+"/{id}/"+r.Name] = object{"parameters": []any{ref("parameters", "Id")},
			"get": operation("getRelated"+upper(r.Name)+"Of"+upper(t.Singular()), t.Name, "Read "+r.Name+" of one of "+t.Name,
				answers("200", r.Text, ref("schemas", answer)), object{"parameters": parameters})}
		d.linkage(t, r, target)
	}
}

// linkage describes the relationship endpoint of a relation: how to read it, and how to change it where that can be done.
func (d *description) linkage(t *resource.Type, r *resource.Relation, target *resource.Type) {
	name := upper(r.Name) + "Of" + upper(t.Singular())
	kind, read := "LinkageToOne", object{}
	if r.ToMany {
		kind, read = "LinkageToMany", object{"parameters": d.pageParameters(target)}
	}
	path := object{"parameters": []any{ref("parameters", "Id")},
		"get": operation("getLinkage"+name, t.Name, "Read the linkage "+r.Name, answers("200", "Resource identifiers.", ref("schemas", kind)), read)}
	change := func(method, id, summary string, rest object) {
		rest["requestBody"] = body(kind)
		path[method] = operation(id+"Linkage"+name, t.Name, summary, answers("204", "Done.", nil), rest)
	}
	inverse, _ := target.Relation(r.Inverse)
	switch {
	case !r.ToMany && record.Exposed(d.side, t).Update && r.Writable(false):
		change("patch", "update", "Change the linkage "+r.Name, object{"parameters": []any{ref("parameters", "IfMatch")}})
	case r.ToMany && !r.Owns && !r.Reading && record.Exposed(d.side, target).Update && inverse.Writable(false):
		change("patch", "update", "Let "+r.Name+" be exactly these", object{})
		change("post", "addTo", "Add to "+r.Name, object{})
		change("delete", "removeFrom", "Take away from "+r.Name, object{})
	}
	d.paths["/"+t.Name+"/{id}/relationships/"+r.Name] = path
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
	parameters := []any{ref("parameters", "Id")}
	if c.Idempotent {
		parameters = append(parameters, ref("parameters", "IdempotencyKey"))
	}
	answer := answers("204", "Done.", nil)
	if result, ok := d.schema.Type(c.Result); ok {
		status := "201"
		if c.Result == c.On {
			status = "200"
		}
		answer, parameters = orSilent(answers(status, "The result.", ref("schemas", "DocumentOf"+upper(result.Singular())))), append(parameters, shaped()...)
	}
	input := withRequired(object{"type": "object", "properties": properties}, required)
	rest := object{"parameters": parameters,
		"requestBody": object{"required": len(required) > 0, "content": content(object{"type": "object", "properties": object{
			"data": object{"type": "object", "properties": object{"type": object{"type": "string"}, "attributes": input}}, "meta": object{"type": "object"}}})}}
	d.paths["/"+c.On+"/{id}/actions/"+c.Name] = object{"post": operation(c.Name+upper(t.Singular()), c.On, c.Doc, answer, rest)}
}
