package jsonapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// linkageBody is the data of the body of a relationship endpoint.
func (q *request) linkageBody() (json.RawMessage, error) {
	if _, err := parseQuery(q.t, q.r.URL.RawQuery, takesNothing); err != nil {
		return nil, err
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := q.read(&body); err != nil {
		return nil, err
	}
	if body.Data == nil {
		return nil, pointed(http.StatusBadRequest, "invalid_document", "/data", "The document has no data.")
	}
	return body.Data, nil
}

// relinkOne answers PATCH of a to-one relationship.
func (q *request) relinkOne(target resource.Ref, rel *resource.Relation) error {
	data, err := q.linkageBody()
	if err != nil {
		return err
	}
	change := &record.Change{Target: target, Values: q.t.NewRecord()}
	r := &reader{request: q, problem: &Problem{Status: http.StatusUnprocessableEntity}}
	if r.link(change, q.t, rel, data, "/data"); len(r.problem.Faults) > 0 {
		return r.problem
	}
	if change.Revision, err = q.ifMatch(); err != nil {
		return err
	}
	batch := &record.Batch{}
	batch.Add(q.t, record.Update, change)
	return q.relink(func(ctx context.Context, tx pgx.Tx) error { return q.apply(ctx, tx, batch) })
}

// relink answers 204 when what f writes is committed. Whatever is wrong stands in the document's data.
func (q *request) relink(f func(context.Context, pgx.Tx) error) error {
	err := q.transact(f)
	var p *Problem
	if errors.As(err, &p) {
		for i := range p.Faults {
			if at, _ := p.Faults[i].Source["pointer"].(string); strings.HasPrefix(at, "/data/relationships/") {
				p.Faults[i].Source["pointer"] = "/data"
			}
		}
	}
	if err != nil {
		return err
	}
	return q.empty(http.StatusNoContent)
}

// relinks reports whether the members of a to-many relation can be changed here: each by its own to-one relation. Records
// that belong to their owner are written with it instead.
func (q *request) relinks(r *resource.Relation) bool {
	t, _ := q.Store.Schema().Type(r.Target)
	inverse, ok := t.Relation(r.Inverse)
	return ok && !r.Owns && !r.Reading && record.Exposed(q.Side, t).Update && inverse.Writable(false) &&
		record.ShowsRelation(q.Store.Schema(), q.Side, q.caller.Grants, t, inverse)
}

// Bounds of a relationship endpoint: how many members one document may name, and how many a replacement may have to look
// through.
const (
	maxLinked  = record.MaxValues
	maxMembers = 10_000
)

// relinkMany changes the to-one relation on the other side: POST sets it, DELETE empties it where it leads here, PATCH
// makes the members be exactly those given.
func (q *request) relinkMany(target resource.Ref, r *resource.Relation, method string) error {
	data, err := q.linkageBody()
	if err != nil {
		return err
	}
	refs, err := references(data, r)
	if err != nil {
		return err
	}
	return q.relink(func(ctx context.Context, tx pgx.Tx) error {
		owner, err := q.idOf(tx, q.t, target)
		if err != nil {
			return err
		}
		if owner == "" {
			return notFound(q.t, target)
		}
		m := &membership{request: q, tx: tx, relation: r, owner: owner}
		m.target, _ = q.Store.Schema().Type(r.Target)
		if err := m.find(ctx, refs, method); err != nil {
			return err
		}
		return q.apply(ctx, tx, m.changes(method))
	})
}

func references(data json.RawMessage, r *resource.Relation) ([]resource.Ref, error) {
	var items []json.RawMessage
	if err := decode(data, &items); err != nil || items == nil {
		return nil, pointed(http.StatusUnprocessableEntity, "invalid_value", "/data", "Expected a list of resource identifiers.")
	}
	if len(items) > maxLinked {
		return nil, pointed(http.StatusUnprocessableEntity, "too_many", "/data", fmt.Sprintf("At most %d members are taken at once.", maxLinked))
	}
	refs := make([]resource.Ref, len(items))
	for i, item := range items {
		ref, err := reference(item, r)
		if err != nil {
			return nil, pointed(http.StatusUnprocessableEntity, "invalid_value", fmt.Sprintf("/data/%d", i), err.Error()+".")
		}
		refs[i] = ref
	}
	return refs, nil
}

// membership is a to-many relation of one record and what is to become of it.
type membership struct {
	*request
	tx       pgx.Tx
	relation *resource.Relation
	target   *resource.Type
	owner    string

	named   []string          // ids of the records that the document names
	current map[string]string // by id of each record that is looked at, the record it belongs to now
	members []string          // ids of all members, for a replacement
}

// find looks up the named records and, for a replacement, the members there are.
func (m *membership) find(ctx context.Context, refs []resource.Ref, method string) error {
	m.current = map[string]string{}
	if len(refs) > 0 {
		f := record.Filter{Path: "id", Operator: resource.In}
		for _, ref := range refs {
			f.Values = append(f.Values, ref.String())
		}
		if err := m.read(ctx, &record.Query{Filters: []record.Filter{f}}, &m.named); err != nil {
			return err
		}
		if err := m.missing(ctx, refs); err != nil {
			return err
		}
	}
	if method != http.MethodPatch {
		return nil
	}
	return m.read(ctx, &record.Query{Of: &record.Origin{Type: m.t, Target: resource.Ref{ID: m.owner}, Relation: m.relation.Name}}, &m.members)
}

func (m *membership) read(ctx context.Context, query *record.Query, into *[]string) error {
	query.Type, query.Fields = m.target, map[string][]string{m.target.Name: {m.relation.Inverse}}
	_, err := m.Store.Read(ctx, m.tx, m.caller, query, func(_ *record.Answer, row *record.Row) error {
		if len(*into) == maxMembers {
			return problem(http.StatusUnprocessableEntity, "too_many", "%s has more than %d members; link %s themselves.", m.relation.Name, maxMembers, m.target.Name)
		}
		*into = append(*into, string(row.ID))
		m.current[string(row.ID)] = string(row.Ones[0].ID)
		return nil
	})
	return err
}

// missing says which of the named records is not there. Only where fewer were found than are named it has to ask for each;
// one that is named twice is found once.
func (m *membership) missing(ctx context.Context, refs []resource.Ref) error {
	if len(m.named) == len(refs) {
		return nil
	}
	for i, ref := range refs {
		id, err := m.idOf(m.tx, m.target, ref)
		if err != nil {
			return err
		}
		if id == "" {
			return pointed(http.StatusUnprocessableEntity, record.CodeNotFound, fmt.Sprintf("/data/%d", i),
				fmt.Sprintf("There is no record %q among %s.", ref.String(), m.target.Name))
		}
	}
	return nil
}

func (m *membership) changes(method string) *record.Batch {
	batch, at := &record.Batch{}, m.target.At(m.relation.Inverse)
	set := func(id string, v resource.Value) {
		c := &record.Change{Target: resource.Ref{ID: id}, Values: m.target.NewRecord()}
		c.Values[at] = v
		batch.Add(m.target, record.Update, c)
	}
	keep := map[string]bool{}
	for _, id := range m.named {
		keep[id] = true
		switch belongs := m.current[id] == m.owner; {
		case method == http.MethodDelete && belongs:
			set(id, resource.Cleared)
		case method != http.MethodDelete && !belongs:
			set(id, resource.Of(m.owner))
		}
	}
	for _, id := range m.members {
		if !keep[id] {
			set(id, resource.Cleared)
		}
	}
	return batch
}
