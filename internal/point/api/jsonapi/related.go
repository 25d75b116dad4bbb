package jsonapi

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// related answers GET /{type}/{id}/{relation}.
func (q *request) related(target resource.Ref, r *resource.Relation) error {
	if err := q.mayRead(q.t); err != nil {
		return err
	}
	query, err := relatedQuery(q.Store.Schema(), q.t, target, r.Name, q.r.URL.RawQuery)
	if err != nil {
		return err
	}
	out, back := q.buffer()
	defer back()
	doc := record.NewDocument(out, q.Base, query, !r.ToMany)
	answer, err := q.Store.Read(q.r.Context(), q.Database, q.caller, query, doc.Add)
	if err != nil {
		return err
	}
	if doc.Count() == 0 {
		if err := q.exists(target); err != nil {
			return err
		}
	}
	if r.ToMany {
		return q.sendList(out, doc, query, answer)
	}
	links, err := json.Marshal(map[string]string{"self": q.self()})
	if err != nil {
		return err
	}
	doc.Finish(links, nil)
	return q.send(http.StatusOK, mediaType, cachePrivate, out.Bytes())
}

// exists answers 404 where the record that a related endpoint starts from is not there for the caller. It is asked only
// where nothing related was found.
func (q *request) exists(target resource.Ref) error {
	id, err := q.idOf(q.Database, q.t, target)
	if err == nil && id == "" {
		err = notFound(q.t, target)
	}
	return err
}

// idOf gives the id of the record that a reference names, "" if the caller sees none.
func (q *request) idOf(db record.Batcher, t *resource.Type, target resource.Ref) (id string, err error) {
	query := &record.Query{Type: t, Target: target, Fields: map[string][]string{t.Name: {}}}
	_, err = q.Store.Read(q.r.Context(), db, q.caller, query, func(_ *record.Answer, row *record.Row) error {
		id = string(row.ID)
		return nil
	})
	return id, err
}

// identifier is a resource identifier object.
type identifier struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// linkage answers GET /{type}/{id}/relationships/{relation}, page by page where it leads to many.
func (q *request) linkage(target resource.Ref, r *resource.Relation) error {
	if err := q.mayRead(q.t); err != nil {
		return err
	}
	t, _ := q.Store.Schema().Type(r.Target)
	takes := takesNothing
	if r.ToMany {
		takes = takesPages
	}
	query, err := parseQuery(t, q.r.URL.RawQuery, takes)
	if err != nil {
		return err
	}
	query.Fields = map[string][]string{t.Name: {}}
	query.Of = &record.Origin{Type: q.t, Target: target, Relation: r.Name}
	ids := []identifier{}
	answer, err := q.Store.Read(q.r.Context(), q.Database, q.caller, query, func(_ *record.Answer, row *record.Row) error {
		ids = append(ids, identifier{t.Name, string(row.ID)})
		return nil
	})
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		if err := q.exists(target); err != nil {
			return err
		}
	}
	return q.sendLinkage(target, r, query, answer, ids)
}

func (q *request) sendLinkage(target resource.Ref, r *resource.Relation, query *record.Query, answer *record.Answer, ids []identifier) error {
	related := q.Base + "/" + q.t.Name + "/" + url.PathEscape(target.String()) + "/" + r.Name
	body := map[string]any{"jsonapi": map[string]string{"version": "1.1"}}
	switch {
	case r.ToMany:
		links := q.pageLinks(query, answer)
		links.Related = related
		body["data"], body["links"], body["meta"] = ids, links, json.RawMessage(pageMeta(query, answer))
	default:
		body["data"], body["links"] = nil, map[string]string{"self": q.self(), "related": related}
		if len(ids) > 0 {
			body["data"] = ids[0]
		}
	}
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return q.send(http.StatusOK, mediaType, cachePrivate, b)
}
