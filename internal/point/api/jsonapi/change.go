package jsonapi

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// reader turns resource objects into changes; all that is wrong with their form is gathered.
type reader struct {
	*request
	creating bool
	problem  *Problem
}

// change reads a resource object of the request's type.
func (q *request) change(o *object, creating bool) (*record.Change, error) {
	c := &record.Change{Values: q.t.NewRecord()}
	if creating && o.ID != "" {
		id, ok := resource.ParseUUID(o.ID)
		if !ok {
			return nil, pointed(http.StatusForbidden, "invalid_id", "/data/id", "An id chosen by the client must be a UUID; leave it out and one is made.")
		}
		c.Target = resource.Ref{ID: id}
	}
	r := &reader{request: q, creating: creating, problem: &Problem{Status: http.StatusUnprocessableEntity}}
	r.object(c, q.t, o, "/data")
	if len(r.problem.Faults) > 0 {
		return nil, r.problem
	}
	return c, nil
}

func (r *reader) object(c *record.Change, t *resource.Type, o *object, at string) {
	for name, value := range o.Attributes {
		r.attribute(c, t, name, value, at+"/attributes/"+member(name))
	}
	for name, raw := range o.Relationships {
		r.relationship(c, t, name, raw, at+"/relationships/"+member(name))
	}
}

func (r *reader) fault(code, pointer, format string, a ...any) {
	r.problem.add(http.StatusUnprocessableEntity, code, fmt.Sprintf(format, a...), map[string]any{"pointer": pointer})
}

func (r *reader) attribute(c *record.Change, t *resource.Type, name string, value any, at string) {
	if name == "externalIds" && r.Side == access.Admin {
		r.externalIDs(c, value, at)
		return
	}
	f, ok := t.Field(name)
	switch {
	case !ok && builtin(name), ok && r.shows(t, f) && !f.Writable(r.creating):
		r.fault("read_only", at, "%s is set by the server.", name)
	case !ok || !r.shows(t, f):
		r.fault("unknown_field", at, "%s have no field %q.", t.Name, name)
	case value == nil:
		c.Values[t.At(name)] = resource.Cleared
	default:
		text, err := f.Kind.Parse(value)
		if err != nil {
			r.fault("invalid_value", at, "%s: %s.", name, err)
			return
		}
		c.Values[t.At(name)] = resource.Of(text)
	}
}

// shows reports whether the caller knows the field. What is never shown can still be written by staff.
func (r *reader) shows(t *resource.Type, f *resource.Field) bool {
	if f.Secret {
		return r.Side == access.Admin && !r.caller.Grants.Hidden(t.Name, f.Name)
	}
	return record.Shows(r.Side, r.caller.Grants, t, f)
}

func builtin(name string) bool {
	switch name {
	case "createdAt", "updatedAt", "externalIds", "revision", "organization":
		return true
	}
	return false
}

// externalIDs takes the list as a whole, as any attribute is: what is not in it is no name of the record any more.
func (r *reader) externalIDs(c *record.Change, value any, at string) {
	items, ok := value.([]any)
	if !ok {
		r.fault("invalid_value", at, "externalIds: expected a list of objects with system and id.")
		return
	}
	c.OnlyExternalIDs = true
	for i, item := range items {
		o, _ := item.(map[string]any)
		system, _ := o["system"].(string)
		id, _ := o["id"].(string)
		_, err := resource.ParseRef("ext:" + system + ":" + id)
		if err != nil || len(system) > 64 || len(id) > 255 || len(o) != 2 {
			r.fault("invalid_value", fmt.Sprintf("%s/%d", at, i), "Expected an object with system (at most 64 bytes, no colon) and id (at most 255).")
			continue
		}
		c.ExternalIDs = append(c.ExternalIDs, record.ExternalID{System: system, ID: id})
	}
}

func (r *reader) relationship(c *record.Change, t *resource.Type, name string, raw json.RawMessage, at string) {
	rel, ok := t.Relation(name)
	switch {
	case !ok || !record.ShowsRelation(r.Store.Schema(), r.Side, r.caller.Grants, t, rel):
		r.fault("unknown_relation", at, "%s have no relation %q.", t.Name, name)
		return
	case !rel.Writable(r.creating):
		r.fault("read_only", at, "%s is set by the server or from its other side.", name)
		return
	}
	var link struct {
		Data json.RawMessage `json:"data"`
	}
	switch err := decode(raw, &link); {
	case err != nil || link.Data == nil:
		r.fault("invalid_document", at, "%s: expected an object with data.", name)
	case rel.ToMany:
		r.owned(c, rel, link.Data, at+"/data")
	default:
		r.link(c, t, rel, link.Data, at+"/data")
	}
}

// link reads a resource identifier object or null.
func (r *reader) link(c *record.Change, t *resource.Type, rel *resource.Relation, data json.RawMessage, at string) {
	if string(data) == "null" {
		c.Values[t.At(rel.Name)] = resource.Cleared
		return
	}
	ref, err := reference(data, rel)
	if err != nil {
		r.fault("invalid_value", at, "%s: %s.", rel.Name, err)
		return
	}
	c.Values[t.At(rel.Name)] = resource.Of(ref.String())
}

func reference(data json.RawMessage, rel *resource.Relation) (resource.Ref, error) {
	var id identifier
	if err := decode(data, &id); err != nil {
		return resource.Ref{}, fmt.Errorf("expected a resource identifier with type and id")
	}
	if id.Type != rel.Target {
		return resource.Ref{}, fmt.Errorf("the type is %q, this relation leads to %q", id.Type, rel.Target)
	}
	return resource.ParseRef(id.ID)
}

// owned reads the records that are written with their owner: resource objects with attributes and relationships, whose
// list takes the place of the stored one.
func (r *reader) owned(c *record.Change, rel *resource.Relation, data json.RawMessage, at string) {
	var items []json.RawMessage
	if err := decode(data, &items); err != nil || items == nil {
		r.fault("invalid_document", at, "%s: expected a list of resource objects.", rel.Name)
		return
	}
	target, _ := r.Store.Schema().Type(rel.Target)
	list := make([]*record.Change, 0, len(items))
	for i, item := range items {
		at := fmt.Sprintf("%s/%d", at, i)
		child := &record.Change{Values: target.NewRecord()}
		var o object
		if err := decode(item, &o); err != nil || o.Type != rel.Target {
			r.fault("invalid_document", at, "%s: expected a resource object of type %q.", rel.Name, rel.Target)
			continue
		}
		if o.ID != "" {
			ref, err := resource.ParseRef(o.ID)
			if err != nil {
				r.fault("invalid_value", at+"/id", "%s.", err)
				continue
			}
			child.Target = ref
		}
		inner := &reader{request: r.request, creating: true, problem: r.problem}
		inner.object(child, target, &o, at)
		list = append(list, child)
	}
	if c.Owned == nil {
		c.Owned = map[string][]*record.Change{}
	}
	c.Owned[rel.Name] = list
}
