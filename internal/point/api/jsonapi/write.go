package jsonapi

import (
	"context"
	"net/http"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

func (q *request) create() error {
	query, err := parseQuery(q.t, q.r.URL.RawQuery, takesShape)
	if err != nil {
		return err
	}
	o, err := q.body()
	if err != nil {
		return err
	}
	change, err := q.change(o, true)
	if err != nil {
		return err
	}
	return q.write(record.Create, change, query, nil)
}

func (q *request) update(target resource.Ref) error {
	query, err := parseQuery(q.t, q.r.URL.RawQuery, takesShape)
	if err != nil {
		return err
	}
	o, err := q.body()
	if err != nil {
		return err
	}
	same, err := q.sameRecord(target, o.ID)
	if err != nil {
		return err
	}
	change, err := q.change(o, false)
	if err != nil {
		return err
	}
	change.Target = target
	if change.Revision, err = q.ifMatch(); err != nil {
		return err
	}
	return q.write(record.Update, change, query, same)
}

// sameRecord compares the id in a document with that in the path. Two names of different forms may mean one record, which
// is known only when both were looked up; the function is asked then.
func (q *request) sameRecord(target resource.Ref, id string) (func(context.Context, pgx.Tx, string) error, error) {
	if id == "" {
		return nil, nil
	}
	differs := pointed(http.StatusConflict, "id_mismatch", "/data/id", "The id in the document is not that of the record in the path.")
	ref, err := resource.ParseRef(id)
	switch {
	case err != nil, ref.ID != "" && target.ID != "" && ref.ID != target.ID:
		return nil, differs
	case ref.String() == target.String():
		return nil, nil
	}
	return func(_ context.Context, tx pgx.Tx, written string) error {
		found, err := q.idOf(tx, q.t, ref)
		if err == nil && found != written {
			err = differs
		}
		return err
	}, nil
}

func (q *request) delete(target resource.Ref) error {
	if _, err := parseQuery(q.t, q.r.URL.RawQuery, takesNothing); err != nil {
		return err
	}
	change := &record.Change{Target: target, Values: q.t.NewRecord()}
	var err error
	if change.Revision, err = q.ifMatch(); err != nil {
		return err
	}
	set := &record.Batch{}
	set.Add(q.t, record.Delete, change)
	err = q.transact(func(ctx context.Context, tx pgx.Tx) error { return q.apply(ctx, tx, set) })
	if err != nil {
		return err
	}
	return q.empty(http.StatusNoContent)
}

// write applies one change and answers with what was read back in the same transaction.
func (q *request) write(op record.Operation, change *record.Change, query *record.Query, check func(context.Context, pgx.Tx, string) error) error {
	set := &record.Batch{}
	set.Add(q.t, op, change)
	var tag, self string
	out, back := q.buffer()
	defer back()
	readable := record.Readable(q.Side, q.caller.Grants, q.t)
	err := q.transact(func(ctx context.Context, tx pgx.Tx) (err error) {
		if err := q.apply(ctx, tx, set); err != nil {
			return err
		}
		if check != nil {
			if err := check(ctx, tx, change.ID); err != nil {
				return err
			}
		}
		if self = q.Base + "/" + q.t.Name + "/" + change.ID; !readable {
			return nil
		}
		query.Target = resource.Ref{ID: change.ID}
		out.Reset()
		tag, err = q.readOne(out, tx, query, self)
		return err
	})
	if err != nil {
		return err
	}
	status := http.StatusOK
	if op == record.Create {
		status = http.StatusCreated
		q.w.Header().Set("Location", self)
	}
	if !readable {
		return q.empty(http.StatusNoContent)
	}
	q.w.Header().Set("ETag", tag)
	return q.send(status, mediaType, cacheNothing, out.Bytes())
}

// apply writes a batch whose changes must all succeed.
func (q *request) apply(ctx context.Context, tx pgx.Tx, batch *record.Batch) error {
	if err := q.Store.Apply(ctx, tx, q.caller, batch); err != nil {
		return err
	}
	if p := refused(q.Store.Schema(), batch); p != nil {
		return p
	}
	return nil
}

// transact runs f on behalf of the caller and commits.
func (q *request) transact(f func(context.Context, pgx.Tx) error) error {
	ctx := q.r.Context()
	tx, err := q.Database.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := access.Enter(ctx, tx, q.caller); err != nil {
		return err
	}
	if err := f(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	if q.Committed != nil {
		q.Committed()
	}
	return nil
}
