package record

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Reading is one of several queries that are answered together.
type Reading struct {
	Query *Query
	Each  func(*Answer, *Row) error

	Answer *Answer // filled by ReadAll
}

// ReadAll answers several queries in one round trip: the caller's context once, then a statement for each. Like Read
// otherwise.
func (s *Store) ReadAll(ctx context.Context, db Batcher, caller access.Caller, readings ...*Reading) error {
	batch := &pgx.Batch{}
	_, inside := db.(pgx.Tx)
	if !inside {
		access.Queue(batch, caller)
	}
	statements := make([]*statement, len(readings))
	for i, r := range readings {
		st, err := s.compile(r.Query, &caller)
		if err != nil {
			return err
		}
		statements[i], r.Answer = st, st.answer(s.schema(), r.Query, &caller)
		if r.Query.Total {
			if err := queue(batch, st.countSQL, st.counters, r.Query, &caller); err != nil {
				return err
			}
		}
		if err := queue(batch, st.sql, st.binders, r.Query, &caller); err != nil {
			return err
		}
	}
	results := db.SendBatch(ctx, batch)
	for i, r := range readings {
		if err := s.receive(results, statements[i], r.Query, inside || i > 0, r.Answer, r.Each); err != nil {
			_ = results.Close()
			return err
		}
	}
	if err := results.Close(); err != nil {
		return fmt.Errorf("reading %s: %w", readings[len(readings)-1].Query.Type.Name, err)
	}
	return nil
}
