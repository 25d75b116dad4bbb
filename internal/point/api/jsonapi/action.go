package jsonapi

import (
	"net/http"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// act answers POST /{type}/{id}/actions/{command}. The command's input is data.attributes or meta of the document; an
// empty body is a command without input.
func (q *request) act(target resource.Ref, c *resource.Command) error {
	if q.caller.Grants.Level(q.t.Name, access.Action(c.Name)) == access.None {
		return problem(http.StatusForbidden, "forbidden", "You may not %s %s.", c.Name, q.t.Name)
	}
	result, answers := q.Store.Schema().Type(c.Result)
	known := takesNothing
	if answers {
		known = takesShape
	}
	query, err := parseQuery(result, q.r.URL.RawQuery, known)
	if err != nil {
		return err
	}
	input, err := q.input()
	if err != nil {
		return err
	}
	id, replayed, err := q.Commands.Run(q.r.Context(), q.caller, c, target, input, q.r.Header.Get("Idempotency-Key"))
	if err != nil {
		return err
	}
	if replayed {
		q.w.Header().Set("Idempotency-Replayed", "true")
	}
	if !answers || id == "" {
		return q.empty(http.StatusNoContent)
	}
	self := q.Base + "/" + result.Name + "/" + id
	q.w.Header().Set("Location", self)
	if !record.Readable(q.Side, q.caller.Grants, result) {
		return q.empty(http.StatusNoContent)
	}
	query.Target = resource.Ref{ID: id}
	out, back := q.buffer()
	defer back()
	tag, err := q.readOne(out, q.Database, query, self)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if result.Name != q.t.Name {
		status = http.StatusCreated
	}
	q.w.Header().Set("ETag", tag)
	return q.send(status, mediaType, cacheNothing, out.Bytes())
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
