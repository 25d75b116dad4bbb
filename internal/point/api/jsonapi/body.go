package jsonapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// maxBody limits a request; bulk work goes by files and batches.
const maxBody = 10 << 20

type document struct {
	Data *object        `json:"data"`
	Meta map[string]any `json:"meta"`
}

type object struct {
	Type          string                     `json:"type"`
	ID            string                     `json:"id"`
	LID           string                     `json:"lid"`
	Attributes    map[string]any             `json:"attributes"`
	Relationships map[string]json.RawMessage `json:"relationships"`
}

type identifierObject struct {
	Type       string         `json:"type"`
	ID         string         `json:"id"`
	Attributes map[string]any `json:"attributes"` // of owned records that are written with their owner
	// Relationships of owned records, likewise.
	Relationships map[string]json.RawMessage `json:"relationships"`
}

// decode reads one JSON value with exact numbers and nothing behind it.
func decode(r io.Reader, into any) error {
	d := json.NewDecoder(r)
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("there is something behind the JSON value")
	}
	return nil
}

func (q *request) read(into any) error {
	err := decode(http.MaxBytesReader(q.w, q.r.Body, maxBody), into)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil, errors.As(err, &tooLarge):
		return err
	case errors.Is(err, io.EOF):
		return problem(http.StatusBadRequest, "invalid_document", "The body is empty; a JSON:API document is expected.")
	}
	return problem(http.StatusBadRequest, "invalid_json", "The body is not the JSON that is expected here: %s.", err)
}

// body reads a document with one resource object of the request's type.
func (q *request) body() (*document, error) {
	var d document
	if err := q.read(&d); err != nil {
		return nil, err
	}
	if d.Data == nil {
		return nil, pointed(http.StatusBadRequest, "invalid_document", "/data", "The document has no resource object in data.")
	}
	if d.Data.Type != q.t.Name {
		return nil, pointed(http.StatusConflict, "type_mismatch", "/data/type", fmt.Sprintf("The type is %q, this endpoint takes %q.", d.Data.Type, q.t.Name))
	}
	return &d, nil
}

func pointed(status int, code, pointer, detail string) *Problem {
	p := &Problem{Status: status}
	p.add(status, code, detail, map[string]any{"pointer": pointer})
	return p
}

// change turns a resource object into a change; all that is wrong with its form is reported at once.
func (q *request) change(d *document, creating bool) (*record.Change, error) {
	c := &record.Change{Values: q.t.NewRecord()}
	p := &Problem{Status: http.StatusUnprocessableEntity}
	if creating && d.Data.ID != "" {
		id, ok := resource.ParseUUID(d.Data.ID)
		if !ok {
			return nil, pointed(http.StatusForbidden, "invalid_id", "/data/id", "An id chosen by the client must be a UUID; leave it out and one is made.")
		}
		c.Target = resource.Ref{ID: id}
	}
	q.attributes(c, q.t, d.Data.Attributes, creating, "/data/attributes/", p)
	q.relationships(c, q.t, d.Data.Relationships, creating, "/data/relationships/", p)
	if len(p.Faults) > 0 {
		return nil, p
	}
	return c, nil
}

func (q *request) attributes(c *record.Change, t *resource.Type, values map[string]any, creating bool, at string, p *Problem) {
	for name, value := range values {
		fault := func(code, detail string) {
			p.add(http.StatusUnprocessableEntity, code, detail, map[string]any{"pointer": at + name})
		}
		if name == "externalIds" && q.Side == access.Admin {
			if err := externalIDs(c, value); err != nil {
				fault("invalid_value", err.Error())
			}
			continue
		}
		f, ok := t.Field(name)
		if !ok || f.Computed == nil && !f.Secret && !record.Shows(q.Side, q.caller.Grants, t, f) {
			if !builtinName(name) {
				fault("unknown_field", fmt.Sprintf("%s have no field %q.", t.Name, name))
			} else {
				fault("read_only", fmt.Sprintf("%s is set by the server.", name))
			}
			continue
		}
		if !f.Writable(creating) || f.Secret && q.Side == access.Storefront {
			fault("read_only", fmt.Sprintf("%s is set by the server.", name))
			continue
		}
		if value == nil {
			c.Values[t.At(name)] = resource.Cleared
			continue
		}
		text, err := f.Kind.Parse(value)
		if err != nil {
			fault("invalid_value", fmt.Sprintf("%s: %s.", name, err))
			continue
		}
		c.Values[t.At(name)] = resource.Of(text)
	}
}

func builtinName(name string) bool {
	switch name {
	case "createdAt", "updatedAt", "externalIds", "revision", "organization":
		return true
	}
	return false
}

func externalIDs(c *record.Change, value any) error {
	items, ok := value.([]any)
	if !ok && value != nil {
		return fmt.Errorf("externalIds: expected a list of objects with system and id")
	}
	for _, item := range items {
		o, _ := item.(map[string]any)
		system, _ := o["system"].(string)
		id, _ := o["id"].(string)
		if system == "" || id == "" || len(system) > 64 || len(id) > 255 || len(o) != 2 {
			return fmt.Errorf("externalIds: each item is an object with system (at most 64 characters) and id (at most 255)")
		}
		c.ExternalIDs = append(c.ExternalIDs, record.ExternalID{System: system, ID: id})
	}
	return nil
}

func (q *request) relationships(c *record.Change, t *resource.Type, links map[string]json.RawMessage, creating bool, at string, p *Problem) {
	for name, raw := range links {
		fault := func(code, detail string) {
			p.add(http.StatusUnprocessableEntity, code, detail, map[string]any{"pointer": at + name})
		}
		r, ok := t.Relation(name)
		if !ok || !record.ShowsRelation(q.Store.Schema(), q.Side, q.caller.Grants, t, r) && !(q.Side == access.Admin && r.Writable(creating)) {
			fault("unknown_relation", fmt.Sprintf("%s have no relation %q.", t.Name, name))
			continue
		}
		if !r.Writable(creating) {
			fault("read_only", fmt.Sprintf("%s is set by the server or from its other side.", name))
			continue
		}
		var link struct {
			Data json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal(raw, &link); err != nil || link.Data == nil {
			fault("invalid_document", fmt.Sprintf("%s: expected an object with data.", name))
			continue
		}
		if err := q.link(c, t, r, link.Data, creating, at+name, p); err != nil {
			fault("invalid_value", fmt.Sprintf("%s: %s.", name, err))
		}
	}
}

func (q *request) link(c *record.Change, t *resource.Type, r *resource.Relation, data json.RawMessage, creating bool, at string, p *Problem) error {
	if r.ToMany {
		return q.own(c, r, data, at, p)
	}
	if string(data) == "null" {
		c.Values[t.At(r.Name)] = resource.Cleared
		return nil
	}
	var id identifierObject
	if err := json.Unmarshal(data, &id); err != nil {
		return fmt.Errorf("expected a resource identifier with type and id")
	}
	if id.Type != r.Target {
		return fmt.Errorf("the type is %q, this relation leads to %q", id.Type, r.Target)
	}
	ref, err := resource.ParseRef(id.ID)
	if err != nil {
		return err
	}
	c.Values[t.At(r.Name)] = resource.Of(ref.String())
	return nil
}

// own reads the records that are written with their owner: resource objects with attributes and relationships.
func (q *request) own(c *record.Change, r *resource.Relation, data json.RawMessage, at string, p *Problem) error {
	var items []json.RawMessage
	if err := json.Unmarshal(data, &items); err != nil {
		return fmt.Errorf("expected a list of resource objects")
	}
	target, _ := q.Store.Schema().Type(r.Target)
	list := make([]*record.Change, 0, len(items))
	for i, item := range items {
		var o identifierObject
		if err := decodeBytes(item, &o); err != nil || o.Type != r.Target {
			return fmt.Errorf("item %d: expected a resource object of type %q", i, r.Target)
		}
		child := &record.Change{Values: target.NewRecord()}
		if o.ID != "" {
			ref, err := resource.ParseRef(o.ID)
			if err != nil {
				return fmt.Errorf("item %d: %w", i, err)
			}
			child.Target = ref
		}
		base := fmt.Sprintf("%s/data/%d/", at, i)
		q.attributes(child, target, o.Attributes, true, base+"attributes/", p)
		q.relationships(child, target, o.Relationships, true, base+"relationships/", p)
		list = append(list, child)
	}
	if c.Owned == nil {
		c.Owned = map[string][]*record.Change{}
	}
	c.Owned[r.Name] = list
	return nil
}
