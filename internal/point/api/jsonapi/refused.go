package jsonapi

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// refused turns the faults of a batch into one problem, each with the pointer of what is wrong; nil if there are none.
func refused(schema *resource.Schema, batch *record.Batch) *Problem {
	p := &Problem{}
	for _, set := range batch.Sets {
		for _, c := range set.Changes {
			p.take(schema, set.Type, c, "/data")
		}
	}
	if len(p.Faults) == 0 {
		return nil
	}
	return p
}

// take adds a change's faults and, before them, those of the records in its lists, for which the list's own fault stands.
func (p *Problem) take(schema *resource.Schema, t *resource.Type, c *record.Change, at string) {
	before := len(p.Faults)
	for i := range t.Relations {
		r := &t.Relations[i]
		for n, child := range c.Owned[r.Name] {
			if len(child.Faults) > 0 && child.Faults[0].Code == record.CodeDependency {
				continue // it failed only because its owner did
			}
			target, _ := schema.Type(r.Target)
			p.take(schema, target, child, fmt.Sprintf("%s/relationships/%s/data/%d", at, r.Name, n))
		}
	}
	children := len(p.Faults) > before
	for _, f := range c.Faults {
		if _, list := c.Owned[f.Field]; !list || !children {
			p.refuse(t, f, at)
		}
	}
}

func (p *Problem) refuse(t *resource.Type, f resource.Violation, at string) {
	status := statusOf(f.Code)
	if f.Code == record.CodeNotFound && f.Field != "" {
		status = http.StatusUnprocessableEntity // a reference, not the record of the request
	}
	if at != "/data" && status == http.StatusNotFound {
		status = http.StatusUnprocessableEntity
	}
	if len(p.Faults) == 0 {
		p.Status = status
	} else if p.Status != status {
		p.Status = http.StatusUnprocessableEntity
	}
	p.add(status, f.Code, f.Detail, map[string]any{"pointer": at + pointerOf(t, f.Field)})
}

// pointerOf is where a field or relation stands in a resource object.
func pointerOf(t *resource.Type, field string) string {
	if field == "" {
		return ""
	}
	name, rest, _ := strings.Cut(field, "/")
	if rest != "" {
		rest = "/" + rest
	}
	if _, ok := t.Relation(name); ok {
		return "/relationships/" + name + rest
	}
	if name == "id" {
		return "/id"
	}
	return "/attributes/" + name + rest
}
