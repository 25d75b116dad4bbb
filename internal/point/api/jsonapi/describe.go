package jsonapi

import (
	"net/http"
	"sync"
)

// description is the last one that was made; it holds until the definitions change.
type description struct {
	mu       sync.Mutex
	revision int64
	tag      string
	content  []byte
}

// of gives the description of the current schema, and its entity tag.
func (d *description) of(h *Handler) (content []byte, tag string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	revision := h.Store.Schema().Revision()
	if d.content == nil || d.revision != revision {
		content, err := h.Describe(h.Side)
		if err != nil {
			return nil, "", err
		}
		d.revision, d.content, d.tag = revision, content, entityTag(0, content)
	}
	return d.content, d.tag, nil
}

// describe answers with openapi.json. It says nothing about data, so anybody may read it.
func (q *request) describe() error {
	content, tag, err := q.Handler.description.of(q.Handler)
	if err != nil {
		return err
	}
	q.w.Header().Set("ETag", tag)
	if unchanged(q.r, tag) {
		q.guard("no-cache")
		q.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return q.send(http.StatusOK, "application/json", "no-cache", content)
}
