package jsonapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// index lists the resources of this side.
func (q *request) index() error {
	if _, err := parseQuery(nil, q.r.URL.RawQuery, takesNothing); err != nil {
		return err
	}
	resources := map[string]string{}
	for _, t := range q.Store.Schema().Types() {
		if record.Readable(q.Side, q.caller.Grants, t) {
			resources[t.Name] = q.Base + "/" + t.Name
		}
	}
	b, err := json.Marshal(map[string]any{"jsonapi": map[string]string{"version": "1.1"}, "links": map[string]string{"self": q.Base},
		"meta": map[string]any{"side": q.Side.String(), "description": q.Base + "/openapi.json", "resources": resources}})
	if err != nil {
		return err
	}
	return q.send(http.StatusOK, mediaType, cachePrivate, b)
}

func (q *request) mayRead(t *resource.Type) error {
	if !record.Readable(q.Side, q.caller.Grants, t) {
		return problem(http.StatusForbidden, "forbidden", "You may not read %s.", t.Name)
	}
	return nil
}

func (q *request) list() error {
	if err := q.mayRead(q.t); err != nil {
		return err
	}
	query, err := parseQuery(q.t, q.r.URL.RawQuery, takesAll)
	if err != nil {
		return err
	}
	out, back := q.buffer()
	defer back()
	doc := record.NewDocument(out, q.Base, query, false)
	answer, err := q.Store.Read(q.r.Context(), q.Database, q.caller, query, doc.Add)
	if err != nil {
		return err
	}
	return q.sendList(out, doc, query, answer)
}

func (q *request) sendList(out *bytes.Buffer, doc *record.Document, query *record.Query, answer *record.Answer) error {
	links, err := json.Marshal(q.pageLinks(query, answer))
	if err != nil {
		return err
	}
	doc.Finish(links, pageMeta(query, answer))
	return q.send(http.StatusOK, mediaType, cachePrivate, out.Bytes())
}

func pageMeta(query *record.Query, answer *record.Answer) []byte {
	m := `{"page":{"number":` + strconv.Itoa(query.Number) + `,"size":` + strconv.Itoa(query.Size)
	if answer.Total >= 0 {
		m += `,"total":` + strconv.FormatInt(answer.Total, 10)
	}
	return []byte(m + "}}")
}

// links are the members of a links object; nil stands for null.
type links struct {
	Self    string  `json:"self"`
	Related string  `json:"related,omitempty"`
	First   string  `json:"first"`
	Prev    *string `json:"prev"`
	Next    *string `json:"next"`
	Last    string  `json:"last,omitempty"`
}

func (q *request) pageLinks(query *record.Query, answer *record.Answer) *links {
	values, _ := url.ParseQuery(q.r.URL.RawQuery)
	path := sentPath(q.r)
	page := func(n int) *string {
		values.Set("page[number]", strconv.Itoa(n))
		link := path + "?" + values.Encode()
		return &link
	}
	l := &links{Self: q.self(), First: *page(1)}
	if query.Number > 1 {
		l.Prev = page(query.Number - 1)
	}
	if answer.More {
		l.Next = page(query.Number + 1)
	}
	if answer.Total >= 0 {
		l.Last = *page(max(1, int((answer.Total+int64(query.Size)-1)/int64(query.Size))))
	}
	return l
}

func (q *request) get(target resource.Ref) error {
	if err := q.mayRead(q.t); err != nil {
		return err
	}
	query, err := parseQuery(q.t, q.r.URL.RawQuery, takesShape)
	if err != nil {
		return err
	}
	query.Target = target
	out, back := q.buffer()
	defer back()
	tag, err := q.readOne(out, q.Database, query, q.self())
	if err != nil {
		return err
	}
	q.w.Header().Set("ETag", tag)
	if unchanged(q.r, tag) {
		q.guard(cachePrivate)
		q.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return q.send(http.StatusOK, mediaType, cachePrivate, out.Bytes())
}
