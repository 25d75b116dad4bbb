package jsonapi

import (
	"net/http"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// act answers POST /{type}/{id}/actions/{command}. The command's input is data.attributes or meta of the document; an
// empty body is a command without input.
func (q *request) act(target resource.Ref, name string) error {
	c, ok := q.Store.Schema().Command(q.t.Name, name)
	if !ok || q.Side == access.Admin && !c.Admin || q.Side == access.Storefront && !c.Storefront {
		return problem(http.StatusNotFound, "unknown_command", "%s have no command %q.", q.t.Name, name)
	}
	if q.caller.Grants.Level(q.t.Name, access.Action(name)) == access.None {
		return problem(http.StatusForbidden, "forbidden", "You may not %s %s.", name, q.t.Name)
	}
	input, err := q.input()
	if err != nil {
		return err
	}
	key := q.r.Header.Get("Idempotency-Key")
	if len(key) > 255 {
		return problem(http.StatusBadRequest, "invalid_key", "The Idempotency-Key is longer than 255 characters.")
	}
	id, replayed, err := q.Commands.Run(q.r.Context(), q.caller, c, target, input, key)
	if err != nil {
		return err
	}
	if replayed {
		q.w.Header().Set("Idempotency-Replayed", "true")
	}
	result, ok := q.Store.Schema().Type(c.Result)
	if !ok || id == "" {
		q.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	q.w.Header().Set("Location", q.Base+"/"+result.Name+"/"+id)
	status := http.StatusOK
	if result.Name != q.t.Name {
		status = http.StatusCreated
	}
	return q.answerOne(q.Database, &record.Query{Type: result, Target: resource.Ref{ID: id}}, status)
}

func (q *request) input() (map[string]any, error) {
	if q.r.ContentLength == 0 || q.r.Body == nil || q.r.Body == http.NoBody {
		return map[string]any{}, nil
	}
	var d document
	if err := q.read(&d); err != nil {
		return nil, err
	}
	switch {
	case d.Data != nil && d.Data.Attributes != nil:
		return d.Data.Attributes, nil
	case d.Meta != nil:
		return d.Meta, nil
	}
	return map[string]any{}, nil
}
