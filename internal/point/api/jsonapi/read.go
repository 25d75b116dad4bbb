package jsonapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// index lists the resources of this side.
func (q *request) index() error {
	links := map[string]string{"self": q.Base, "describedby": q.Base + "/openapi.json"}
	for _, t := range q.Store.Schema().Types() {
		if record.Exposed(q.Side, t).Read && q.caller.Grants.Level(t.Name, access.Read) > access.None {
			links[t.Name] = q.Base + "/" + t.Name
		}
	}
	b, err := json.Marshal(map[string]any{"jsonapi": map[string]string{"version": "1.1"}, "links": links, "meta": map[string]string{"side": q.Side.String()}})
	if err != nil {
		return err
	}
	return q.send(http.StatusOK, b)
}

func (q *request) mayRead(t *resource.Type) error {
	if !record.Exposed(q.Side, t).Read || q.caller.Grants.Level(t.Name, access.Read) == access.None {
		return problem(http.StatusForbidden, "forbidden", "You may not read %s.", t.Name)
	}
	return nil
}

func (q *request) list() error {
	if err := q.mayRead(q.t); err != nil {
		return err
	}
	query, err := parseQuery(q.t, q.r.URL.RawQuery, true)
	if err != nil {
		return err
	}
	return q.answerList(query)
}

func (q *request) answerList(query *record.Query) error {
	doc := record.NewDocument(q.Base, query, false)
	answer, err := q.Store.Read(q.r.Context(), q.Database, q.caller, query, doc.Add)
	if err != nil {
		return err
	}
	links, err := q.pageLinks(query, answer)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	doc.Write(&out, links, pageMeta(query, answer))
	return q.send(http.StatusOK, out.Bytes())
}

func pageMeta(query *record.Query, answer *record.Answer) []byte {
	m := `{"page":{"number":` + strconv.Itoa(query.Number) + `,"size":` + strconv.Itoa(query.Size)
	if answer.Total >= 0 {
		m += `,"total":` + strconv.FormatInt(answer.Total, 10)
	}
	return []byte(m + "}}")
}

func (q *request) pageLinks(query *record.Query, answer *record.Answer) ([]byte, error) {
	values, _ := url.ParseQuery(q.r.URL.RawQuery)
	page := func(n int) string {
		values.Set("page[number]", strconv.Itoa(n))
		return q.r.URL.EscapedPath() + "?" + values.Encode()
	}
	links := map[string]any{"self": q.r.URL.RequestURI(), "first": page(1), "prev": nil, "next": nil}
	if query.Number > 1 {
		links["prev"] = page(query.Number - 1)
	}
	if answer.More {
		links["next"] = page(query.Number + 1)
	}
	if answer.Total >= 0 {
		links["last"] = page(max(1, int((answer.Total+int64(query.Size)-1)/int64(query.Size))))
	}
	return json.Marshal(links)
}

func (q *request) get(target resource.Ref) error {
	if err := q.mayRead(q.t); err != nil {
		return err
	}
	query, err := parseQuery(q.t, q.r.URL.RawQuery, false)
	if err != nil {
		return err
	}
	query.Target = target
	return q.answerOne(q.Database, query, http.StatusOK)
}

// answerOne answers with the record that the query names, or 404.
func (q *request) answerOne(db record.Batcher, query *record.Query, status int) error {
	doc := record.NewDocument(q.Base, query, true)
	if _, err := q.Store.Read(q.r.Context(), db, q.caller, query, doc.Add); err != nil {
		return err
	}
	if doc.Count() == 0 {
		return notFound(query.Type, query.Target)
	}
	tag := `"` + strconv.FormatInt(doc.Revision(), 10) + `"`
	q.w.Header().Set("ETag", tag)
	if status == http.StatusOK && q.r.Method == http.MethodGet && strings.Contains(q.r.Header.Get("If-None-Match"), tag) {
		q.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	var out bytes.Buffer
	links, err := json.Marshal(map[string]string{"self": q.r.URL.RequestURI()})
	if err != nil {
		return err
	}
	doc.Write(&out, links, nil)
	return q.send(status, out.Bytes())
}

func notFound(t *resource.Type, target resource.Ref) error {
	return problem(http.StatusNotFound, "not_found", "There is no record %q among %s.", target.String(), t.Name)
}

// exists answers 404 where the record that a related endpoint starts from is not there for the caller.
func (q *request) exists(target resource.Ref) error {
	if err := q.mayRead(q.t); err != nil {
		return err
	}
	doc := record.NewDocument(q.Base, &record.Query{}, true)
	_, err := q.Store.Read(q.r.Context(), q.Database, q.caller,
		&record.Query{Type: q.t, Target: target, Fields: map[string][]string{q.t.Name: {}}}, doc.Add)
	if err != nil {
		return err
	}
	if doc.Count() == 0 {
		return notFound(q.t, target)
	}
	return nil
}

func (q *request) relation(name string) (*resource.Relation, *resource.Type, error) {
	r, ok := q.t.Relation(name)
	if !ok || !record.ShowsRelation(q.Store.Schema(), q.Side, q.caller.Grants, q.t, r) {
		return nil, nil, problem(http.StatusNotFound, "unknown_relation", "%s have no relation %q.", q.t.Name, name)
	}
	target, _ := q.Store.Schema().Type(r.Target)
	return r, target, nil
}

// related answers GET /{type}/{id}/{relation}.
func (q *request) related(target resource.Ref, name string) error {
	r, _, err := q.relation(name)
	if err != nil {
		return err
	}
	query, err := relatedQuery(q.Store.Schema(), q.t, target, name, q.r.URL.RawQuery)
	if err != nil {
		return err
	}
	if err := q.exists(target); err != nil {
		return err
	}
	if r.ToMany {
		return q.answerList(query)
	}
	doc := record.NewDocument(q.Base, query, true)
	if _, err := q.Store.Read(q.r.Context(), q.Database, q.caller, query, doc.Add); err != nil {
		return err
	}
	var out bytes.Buffer
	doc.Write(&out, nil, nil)
	return q.send(http.StatusOK, out.Bytes())
}

// linkage answers GET /{type}/{id}/relationships/{relation}.
func (q *request) linkage(target resource.Ref, name string) error {
	r, t, err := q.relation(name)
	if err != nil {
		return err
	}
	if err := q.exists(target); err != nil {
		return err
	}
	query, err := parseQuery(t, q.r.URL.RawQuery, r.ToMany)
	if err != nil {
		return err
	}
	query.Fields = map[string][]string{t.Name: {}}
	query.Of = &record.Origin{Type: q.t, Target: target, Relation: name}
	ids := []map[string]string{}
	_, err = q.Store.Read(q.r.Context(), q.Database, q.caller, query, func(_ *record.Answer, row *record.Row) error {
		ids = append(ids, map[string]string{"type": t.Name, "id": string(row.ID)})
		return nil
	})
	if err != nil {
		return err
	}
	path := q.Base + "/" + q.t.Name + "/" + url.PathEscape(target.String())
	body := map[string]any{"jsonapi": map[string]string{"version": "1.1"},
		"links": map[string]string{"self": path + "/relationships/" + name, "related": path + "/" + name}, "data": ids}
	if !r.ToMany {
		body["data"] = nil
		if len(ids) > 0 {
			body["data"] = ids[0]
		}
	}
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return q.send(http.StatusOK, b)
}

func (q *request) send(status int, body []byte) error {
	q.w.Header().Set("Content-Type", mediaType)
	q.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	q.w.Header().Set("Vary", "Accept, Authorization, Cookie")
	q.w.WriteHeader(status)
	if q.r.Method != http.MethodHead {
		_, _ = q.w.Write(body)
	}
	return nil
}
