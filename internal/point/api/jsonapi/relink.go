package jsonapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

func decodeBytes(b []byte, into any) error { return decode(bytes.NewReader(b), into) }

// relink answers PATCH, POST and DELETE of /{type}/{id}/relationships/{relation}.
func (q *request) relink(target resource.Ref, name, method string) error {
	r, t, err := q.relation(name)
	if err != nil {
		return err
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := q.read(&body); err != nil {
		return err
	}
	if body.Data == nil {
		return pointed(http.StatusBadRequest, "invalid_document", "/data", "The document has no data.")
	}
	if !r.ToMany {
		return q.relinkOne(target, r, body.Data, method)
	}
	inverse, _ := t.Relation(r.Inverse)
	if !record.Exposed(q.Side, t).Update || !inverse.Writable(false) || r.Owns {
		return problem(http.StatusForbidden, "read_only", "%s are linked by writing %s themselves.", name, t.Name)
	}
	ids, err := identifiers(body.Data, r)
	if err != nil {
		return pointed(http.StatusUnprocessableEntity, "invalid_value", "/data", err.Error())
	}
	if err := q.exists(target); err != nil {
		return err
	}
	return q.relinkMany(target, r, t, inverse, ids, method)
}

func (q *request) relinkOne(target resource.Ref, r *resource.Relation, data json.RawMessage, method string) error {
	if method != http.MethodPatch {
		q.w.Header().Set("Allow", "GET, PATCH")
		return problem(http.StatusMethodNotAllowed, "method_not_allowed", "%s leads to one record; use PATCH.", r.Name)
	}
	if !record.Exposed(q.Side, q.t).Update || !r.Writable(false) {
		return problem(http.StatusForbidden, "read_only", "%s is set by the server.", r.Name)
	}
	change := &record.Change{Target: target, Values: q.t.NewRecord()}
	p := &Problem{Status: http.StatusUnprocessableEntity}
	if err := q.link(change, q.t, r, data, false, "/data", p); err != nil {
		return pointed(http.StatusUnprocessableEntity, "invalid_value", "/data", err.Error())
	}
	batch := &record.Batch{}
	batch.Add(q.t, record.Update, change)
	return q.transact(batch, func(pgx.Tx) error { return nil }, true)
}

func identifiers(data json.RawMessage, r *resource.Relation) ([]resource.Ref, error) {
	var items []identifierObject
	if err := json.Unmarshal(data, &items); err != nil {
		return nil, fmt.Errorf("expected a list of resource identifiers")
	}
	refs := make([]resource.Ref, len(items))
	for i, item := range items {
		ref, err := resource.ParseRef(item.ID)
		if err != nil || item.Type != r.Target {
			return nil, fmt.Errorf("item %d: expected a resource identifier of type %q", i, r.Target)
		}
		refs[i] = ref
	}
	return refs, nil
}

// relinkMany changes the to-one relation on the other side: POST sets it, DELETE empties it, PATCH makes the members be
// exactly those given.
func (q *request) relinkMany(target resource.Ref, r *resource.Relation, t *resource.Type, inverse *resource.Relation, ids []resource.Ref, method string) error {
	batch, at := &record.Batch{}, t.At(inverse.Name)
	set := func(ref resource.Ref, v resource.Value) {
		c := &record.Change{Target: ref, Values: t.NewRecord()}
		c.Values[at] = v
		batch.Add(t, record.Update, c)
	}
	if method == http.MethodPatch {
		gone, err := q.members(target, r, t)
		if err != nil {
			return err
		}
		for _, id := range ids {
			delete(gone, id.String())
		}
		for id := range gone {
			set(resource.Ref{ID: id}, resource.Cleared)
		}
	}
	for _, id := range ids {
		if method == http.MethodDelete {
			set(id, resource.Cleared)
		} else {
			set(id, resource.Of(target.String()))
		}
	}
	return q.transact(batch, func(pgx.Tx) error { return nil }, true)
}

// maxMembers bounds a replacement of all members of a relation.
const maxMembers = 10_000

func (q *request) members(target resource.Ref, r *resource.Relation, t *resource.Type) (map[string]bool, error) {
	have := map[string]bool{}
	query := &record.Query{Type: t, Fields: map[string][]string{t.Name: {}}, Of: &record.Origin{Type: q.t, Target: target, Relation: r.Name}}
	_, err := q.Store.Read(q.r.Context(), q.Database, q.caller, query, func(_ *record.Answer, row *record.Row) error {
		if have[string(row.ID)] = true; len(have) > maxMembers {
			return problem(http.StatusUnprocessableEntity, "too_many", "%s has more than %d members; link %s themselves.", r.Name, maxMembers, t.Name)
		}
		return nil
	})
	return have, err
}
