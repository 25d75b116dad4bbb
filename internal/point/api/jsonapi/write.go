package jsonapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

func (q *request) create() error {
	if !record.Exposed(q.Side, q.t).Create {
		return q.notOffered("created")
	}
	body, err := q.body()
	if err != nil {
		return err
	}
	change, err := q.change(body, true)
	if err != nil {
		return err
	}
	return q.apply(record.Create, change, func(tx pgx.Tx) error {
		q.w.Header().Set("Location", q.Base+"/"+q.t.Name+"/"+change.ID)
		return q.answerOne(tx, &record.Query{Type: q.t, Target: resource.Ref{ID: change.ID}}, http.StatusCreated)
	})
}

func (q *request) update(target resource.Ref) error {
	if !record.Exposed(q.Side, q.t).Update {
		return q.notOffered("updated")
	}
	body, err := q.body()
	if err != nil {
		return err
	}
	if body.Data.ID != "" {
		ref, err := resource.ParseRef(body.Data.ID)
		if err != nil || ref.String() != target.String() {
			return pointed(http.StatusConflict, "id_mismatch", "/data/id", "The id in the document is not the one in the path.")
		}
	}
	change, err := q.change(body, false)
	if err != nil {
		return err
	}
	change.Target = target
	if change.Revision, err = q.ifMatch(); err != nil {
		return err
	}
	return q.apply(record.Update, change, func(tx pgx.Tx) error {
		return q.answerOne(tx, &record.Query{Type: q.t, Target: resource.Ref{ID: change.ID}}, http.StatusOK)
	})
}

func (q *request) delete(target resource.Ref) error {
	if !record.Exposed(q.Side, q.t).Delete {
		return q.notOffered("deleted")
	}
	change := &record.Change{Target: target, Values: q.t.NewRecord()}
	var err error
	if change.Revision, err = q.ifMatch(); err != nil {
		return err
	}
	return q.apply(record.Delete, change, func(pgx.Tx) error { return nil })
}

func (q *request) notOffered(done string) error {
	q.w.Header().Set("Allow", "GET")
	return problem(http.StatusMethodNotAllowed, "method_not_allowed", "%s are not %s by this API.", q.t.Name, done)
}

// ifMatch is the revision that the client requires, 0 for any.
func (q *request) ifMatch() (int64, error) {
	tag := q.r.Header.Get("If-Match")
	if tag == "" || tag == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil || n < 1 {
		return 0, problem(http.StatusPreconditionFailed, "stale_revision", "If-Match names no revision of this record.")
	}
	return n, nil
}

// apply writes one change in one transaction and answers from within it, so that the answer is what was written.
func (q *request) apply(op record.Operation, change *record.Change, answer func(pgx.Tx) error) error {
	set := &record.Batch{}
	set.Add(q.t, op, change)
	return q.transact(set, func(tx pgx.Tx) error {
		if op == record.Delete {
			return nil
		}
		return answer(tx)
	}, op == record.Delete)
}

func (q *request) transact(batch *record.Batch, answer func(pgx.Tx) error, empty bool) error {
	ctx := q.r.Context()
	held := &heldResponse{header: q.w.Header()}
	out := q.w
	q.w = held
	defer func() { q.w = out }()
	err := inTransaction(ctx, q.Database, q.caller, func(tx pgx.Tx) error {
		if err := q.Store.Apply(ctx, tx, q.caller, batch); err != nil {
			return err
		}
		if p := refused(batch, q.t); p != nil {
			return p
		}
		return answer(tx)
	})
	if err != nil {
		return err
	}
	if q.Committed != nil {
		q.Committed()
	}
	if empty {
		out.WriteHeader(http.StatusNoContent)
		return nil
	}
	held.release(out)
	return nil
}

// inTransaction runs f on behalf of the caller and commits.
func inTransaction(ctx context.Context, db Database, caller access.Caller, f func(pgx.Tx) error) error {
	tx, err := db.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := access.Enter(ctx, tx, caller); err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// heldResponse keeps an answer until its transaction has committed.
type heldResponse struct {
	header http.Header
	status int
	body   []byte
}

func (h *heldResponse) Header() http.Header { return h.header }
func (h *heldResponse) WriteHeader(s int)   { h.status = s }
func (h *heldResponse) Write(b []byte) (int, error) {
	h.body = append(h.body, b...)
	return len(b), nil
}

func (h *heldResponse) release(w http.ResponseWriter) {
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body)
}

// refused turns the faults of a batch into one problem, each with the pointer of what is wrong.
func refused(batch *record.Batch, t *resource.Type) *Problem {
	p := &Problem{}
	for _, set := range batch.Sets {
		for _, c := range set.Changes {
			for _, f := range c.Faults {
				status := statusOf(f.Code)
				if f.Code == "not_found" && f.Field != "" {
					status = http.StatusUnprocessableEntity // a reference, not the record of the request
				}
				p.Status = max(p.Status, status)
				if p.Status != status && len(p.Faults) > 0 {
					p.Status = http.StatusUnprocessableEntity
				}
				p.add(status, f.Code, f.Detail, source(t, f.Field))
			}
		}
	}
	if len(p.Faults) == 0 {
		return nil
	}
	return p
}

func source(t *resource.Type, field string) map[string]any {
	switch {
	case field == "":
		return map[string]any{"pointer": "/data"}
	case field == "id":
		return map[string]any{"pointer": "/data/id"}
	}
	if _, ok := t.Relation(strings.SplitN(field, "/", 2)[0]); ok {
		return map[string]any{"pointer": "/data/relationships/" + field}
	}
	return map[string]any{"pointer": "/data/attributes/" + field}
}
