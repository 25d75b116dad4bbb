package jsonapi

import (
	"net/http"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// request is one request on its way.
type request struct {
	*Handler
	w      http.ResponseWriter
	r      *http.Request
	caller access.Caller
	t      *resource.Type
}

// actions are what can be done at a path, by method.
type actions map[string]func() error

func (h *Handler) route(q *request, segments []string) error {
	if len(segments) == 0 {
		return methods(q, actions{http.MethodGet: q.index})
	}
	t, ok := h.Store.Schema().Type(segments[0])
	if !ok || !q.offered(t) {
		return problem(http.StatusNotFound, "unknown_type", "There is no resource %q; GET %s lists them.", segments[0], h.Base)
	}
	q.t = t
	if len(segments) == 1 {
		return methods(q, q.onCollection())
	}
	target, err := resource.ParseRef(segments[1])
	if err != nil {
		return problem(http.StatusNotFound, "not_found", "There is no record %q among %s: an id is a UUID, key:… or ext:SYSTEM:….", segments[1], t.Name)
	}
	switch {
	case len(segments) == 2:
		return methods(q, q.onRecord(target))
	case len(segments) == 3:
		return q.routeRelated(target, segments[2])
	case len(segments) == 4 && segments[2] == "relationships":
		return q.routeLinkage(target, segments[3])
	case len(segments) == 4 && segments[2] == "actions":
		return q.routeAction(target, segments[3])
	}
	return problem(http.StatusNotFound, "unknown_path", "There is nothing at this path.")
}

// offered reports whether this side has the resource at all.
func (q *request) offered(t *resource.Type) bool {
	if record.Exposed(q.Side, t).Read {
		return true
	}
	for _, name := range t.Commands {
		if c, ok := q.Store.Schema().Command(t.Name, name); ok && q.offers(c) {
			return true
		}
	}
	return false
}

func (q *request) offers(c *resource.Command) bool {
	if q.Side == access.Storefront {
		return c.Storefront
	}
	return c.Admin
}

func (q *request) onCollection() actions {
	on, e := actions{}, record.Exposed(q.Side, q.t)
	if e.Read {
		on[http.MethodGet] = q.list
	}
	if e.Create {
		on[http.MethodPost] = q.create
	}
	return on
}

func (q *request) onRecord(target resource.Ref) actions {
	on, e := actions{}, record.Exposed(q.Side, q.t)
	if e.Read {
		on[http.MethodGet] = func() error { return q.get(target) }
	}
	if e.Update {
		on[http.MethodPatch] = func() error { return q.update(target) }
	}
	if e.Delete {
		on[http.MethodDelete] = func() error { return q.delete(target) }
	}
	return on
}

func (q *request) routeRelated(target resource.Ref, name string) error {
	r, err := q.relation(name)
	if err != nil {
		return err
	}
	return methods(q, actions{http.MethodGet: func() error { return q.related(target, r) }})
}

func (q *request) routeLinkage(target resource.Ref, name string) error {
	r, err := q.relation(name)
	if err != nil {
		return err
	}
	on := actions{http.MethodGet: func() error { return q.linkage(target, r) }}
	switch {
	case !r.ToMany && record.Exposed(q.Side, q.t).Update && r.Writable(false):
		on[http.MethodPatch] = func() error { return q.relinkOne(target, r) }
	case r.ToMany && q.relinks(r):
		for _, method := range []string{http.MethodPatch, http.MethodPost, http.MethodDelete} {
			on[method] = func() error { return q.relinkMany(target, r, method) }
		}
	}
	return methods(q, on)
}

// relation finds a relation that this caller may see.
func (q *request) relation(name string) (*resource.Relation, error) {
	r, ok := q.t.Relation(name)
	if !ok || !record.ShowsRelation(q.Store.Schema(), q.Side, q.caller.Grants, q.t, r) {
		return nil, problem(http.StatusNotFound, "unknown_relation", "%s have no relation %q.", q.t.Name, name)
	}
	return r, nil
}

func (q *request) routeAction(target resource.Ref, name string) error {
	c, ok := q.Store.Schema().Command(q.t.Name, name)
	if !ok || !q.offers(c) {
		return problem(http.StatusNotFound, "unknown_command", "%s have no command %q.", q.t.Name, name)
	}
	return methods(q, actions{http.MethodPost: func() error { return q.act(target, c) }})
}

// methods does what the request's method stands for, or says which methods there are.
func methods(q *request, on actions) error {
	method := q.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if f, ok := on[method]; ok {
		return f()
	}
	var names []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		if on[m] != nil {
			names = append(names, m)
		}
		if m == http.MethodGet && on[m] != nil {
			names = append(names, http.MethodHead)
		}
	}
	allow := strings.Join(names, ", ")
	p := problem(http.StatusMethodNotAllowed, "method_not_allowed", "%s is not offered here; use %s.", q.r.Method, allow)
	p.Header = http.Header{"Allow": {allow}}
	return p
}
