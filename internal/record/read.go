package record

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// Batcher sends statements in one round trip: a pool, a connection or a transaction.
type Batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Read answers a query with one statement in one round trip, the caller's context set in the same, and hands each row on
// as it comes. Within a transaction the context must be set already. A *QueryError says what the definitions do not allow.
func (s *Store) Read(ctx context.Context, db Batcher, caller access.Caller, q *Query, each func(*Answer, *Row) error) (*Answer, error) {
	r := Reading{Query: q, Each: each}
	err := s.ReadAll(ctx, db, caller, &r)
	return r.Answer, err
}

// Reading is one of several queries that are answered together.
type Reading struct {
	Query *Query
	Each  func(*Answer, *Row) error

	Answer    *Answer // filled by ReadAll
	statement *statement
	schema    *resource.Schema
}

// ReadAll answers several queries in one round trip: the caller's context once, then a statement for each. Like Read
// otherwise.
func (s *Store) ReadAll(ctx context.Context, db Batcher, caller access.Caller, readings ...*Reading) error {
	batch := &pgx.Batch{QueuedQueries: make([]*pgx.QueuedQuery, 0, 2*len(readings)+1)}
	_, inside := db.(pgx.Tx)
	if !inside {
		access.Queue(batch, caller)
	}
	for _, r := range readings {
		statements, err := s.statements(r, &caller)
		if err != nil {
			return err
		}
		for _, st := range statements {
			batch.Queue(st.SQL, st.Parameters...)
		}
	}
	results := db.SendBatch(ctx, batch)
	if err := receiveAll(results, !inside, readings); err != nil {
		_ = results.Close()
		return err
	}
	if err := results.Close(); err != nil {
		return fmt.Errorf("reading %s: %w", readings[len(readings)-1].Query.Type.Name, err)
	}
	return nil
}

// Statement is one statement that answers a query, with its parameters.
type Statement struct {
	SQL        string
	Parameters []any
}

// Statements are what Read sends for a query after the caller's context: the count where one is asked for, and the records.
func (s *Store) Statements(q *Query, caller access.Caller) ([]Statement, error) {
	return s.statements(&Reading{Query: q}, &caller)
}

// Statement is the statement that reads the records of a query, with its parameters.
func (s *Store) Statement(q *Query, caller access.Caller) (sql string, parameters []any, err error) {
	all, err := s.Statements(q, caller)
	if err != nil {
		return "", nil, err
	}
	last := all[len(all)-1]
	return last.SQL, last.Parameters, nil
}

// renew takes the definitions of this moment. A query that was made with those of the moment before, when an administrator
// has just added a field, is answered by the new ones, so that one statement never mixes both.
func (s *Store) renew(r *Reading) error {
	r.schema = s.schema()
	current := func(t *resource.Type) (*resource.Type, error) {
		if now, ok := r.schema.Type(t.Name); ok {
			return now, nil
		}
		return nil, queryError("type", t.Name, "unknown_type", "there is no resource %q any more", t.Name)
	}
	t, err := current(r.Query.Type)
	if err != nil || t == r.Query.Type {
		return err
	}
	q := *r.Query
	q.Type = t
	if q.Of != nil {
		of := *q.Of
		if of.Type, err = current(of.Type); err != nil {
			return err
		}
		q.Of = &of
	}
	r.Query = &q
	return nil
}

func (s *Store) statements(r *Reading, caller *access.Caller) ([]Statement, error) {
	if err := s.renew(r); err != nil {
		return nil, err
	}
	st, err := s.compile(r.Query, r.schema, caller)
	if err != nil {
		return nil, err
	}
	r.statement, r.Answer = st, &Answer{Type: r.Query.Type, Paths: st.paths, Many: st.many, Total: -1}
	var all []Statement
	if r.Query.Total {
		parameters, err := bind(st.counters, r.Query, caller)
		if err != nil {
			return nil, err
		}
		all = append(all, Statement{st.countSQL, parameters})
	}
	parameters, err := bind(st.binders, r.Query, caller)
	return append(all, Statement{st.sql, parameters}), err
}

func bind(binders []binder, q *Query, caller *access.Caller) ([]any, error) {
	parameters := make([]any, len(binders))
	for i, b := range binders {
		v, err := b(q, caller)
		if err != nil {
			return nil, err
		}
		parameters[i] = v
	}
	return parameters, nil
}

func receiveAll(results pgx.BatchResults, entering bool, readings []*Reading) error {
	if entering {
		if _, err := results.Exec(); err != nil {
			return fmt.Errorf("setting the caller's context: %w", err)
		}
	}
	for _, r := range readings {
		if r.Query.Total {
			if err := results.QueryRow().Scan(&r.Answer.Total); err != nil {
				return fmt.Errorf("counting %s: %w", r.Query.Type.Name, err)
			}
		}
		rows, err := results.Query()
		if err == nil {
			err = r.receive(rows)
		}
		var refused *QueryError
		if errors.As(err, &refused) {
			return err
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", r.Query.Type.Name, err)
		}
	}
	return nil
}

func (r *Reading) receive(rows pgx.Rows) error {
	defer rows.Close()
	q, st := r.Query, r.statement
	row := &Row{Ones: make([]One, len(st.ones)), Includes: make([][]Included, len(st.includes))}
	included := 0
	for n := 0; rows.Next(); n++ {
		if q.Size > 0 && q.Target.IsZero() && n == q.Size {
			r.Answer.More = true
			continue
		}
		if err := st.fill(rows, row, q.Type); err != nil {
			return err
		}
		for k := range row.Includes {
			if included += len(row.Includes[k]); q.MaxIncluded > 0 && included > q.MaxIncluded {
				return queryError("include", st.paths[k].Name, "too_many",
					"more than %d related records would come along; ask for a smaller page or by the records' own list", q.MaxIncluded)
			}
		}
		if err := r.Each(r.Answer, row); err != nil {
			return err
		}
	}
	return rows.Err()
}
