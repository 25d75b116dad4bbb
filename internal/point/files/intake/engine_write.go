package intake

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
)

// writing is the second half of a job: chunks on their way into the database.
type writing struct {
	*Engine
	Job
	done  int64
	known knownNeeds
}

// knownNeeds are the needs that a run has seen to.
type knownNeeds struct {
	mu   sync.RWMutex
	have map[string]bool
}

// maxKnown bounds the memory of a file in which each row needs something else.
const maxKnown = 100_000

func (k *knownNeeds) has(name string) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.have[name]
}

func (k *knownNeeds) add(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.have == nil || len(k.have) >= maxKnown {
		k.have = map[string]bool{}
	}
	k.have[name] = true
}

// attempts bounds how often a chunk that lost against another transaction is written again.
const attempts = 6

// retryable reports whether another try of the chunk, whole or in parts, may succeed.
func retryable(err error) bool {
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, record.ErrConflict):
		return true
	case !errors.As(err, &pg):
		return false
	}
	switch pg.Code[:2] {
	case "22", "23", "40", "55":
		return true
	}
	return false
}

// refused gives the database's reason for refusing a value that the checks let pass.
func refused(err error) (*pgconn.PgError, bool) {
	var pg *pgconn.PgError
	if errors.Is(err, record.ErrConflict) || !errors.As(err, &pg) {
		return nil, false
	}
	return pg, pg.Code[:2] == "22" || pg.Code[:2] == "23" // data exception, integrity violation
}

// write writes one chunk. One that lost a race is tried again; where the database refuses a value, the chunk is halved until
// the row is found, so that it costs only itself.
func (w *writing) write(ctx context.Context, chunk *Chunk) error {
	for n := 1; ; n++ {
		err := w.once(ctx, chunk)
		if err == nil {
			w.committed(chunk)
			return nil
		}
		if !retryable(err) || n >= attempts || ctx.Err() != nil {
			return err
		}
		chunk.reset()
		reason, is := refused(err)
		if !is {
			continue
		}
		if len(chunk.Rows) == 1 {
			chunk.Rows[0].fault("", "value", "database_refused", refusal(reason))
			continue
		}
		for _, half := range chunk.halves() {
			if err := w.write(ctx, half); err != nil {
				return err
			}
		}
		return nil
	}
}

func refusal(pg *pgconn.PgError) string {
	text := "The database refused the row: " + pg.Message
	if pg.ConstraintName != "" {
		text += " (rule " + pg.ConstraintName + ")"
	}
	return text + "."
}

func (w *writing) committed(chunk *Chunk) {
	w.done += int64(len(chunk.Rows))
	for name, need := range chunk.needs {
		if o := need.Change.Outcome; o == record.Unchanged || o == record.Created && !w.Preview {
			w.known.add(name)
		}
	}
	w.Progress.Committed()
	if w.Engine.Committed != nil && !w.Preview {
		w.Engine.Committed()
	}
}

// once plans and writes a chunk in one transaction.
func (w *writing) once(ctx context.Context, chunk *Chunk) error {
	tx, err := w.DB.Begin(ctx)
	if err != nil {
		return fmt.Errorf("beginning a chunk: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := w.enter(ctx, tx); err != nil {
		return err
	}
	plan, err := w.compare(ctx, tx, chunk)
	if err != nil {
		return err
	}
	return w.finish(ctx, tx, chunk, plan)
}

// enter begins the transaction. A preview's can write nothing at all. A chunk's does not wait for the disk: what a crash of
// the server takes from its end takes the checkpoint with it, and the end of the run waits for all of them.
func (w *writing) enter(ctx context.Context, tx pgx.Tx) error {
	batch := &pgx.Batch{}
	access.Queue(batch, w.Caller)
	if w.Preview {
		batch.Queue("SET TRANSACTION READ ONLY")
	} else {
		batch.Queue("SET LOCAL synchronous_commit TO off")
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("beginning a chunk: %w", err)
	}
	return nil
}

// compare plans a chunk's changes; nil if it has none.
func (w *writing) compare(ctx context.Context, tx pgx.Tx, chunk *Chunk) (*record.Plan, error) {
	if w.Filter != nil {
		if err := w.Filter(ctx, tx, chunk.Rows); err != nil {
			return nil, err
		}
	}
	if err := w.lend(ctx, tx, chunk.Rows); err != nil {
		return nil, err
	}
	batch := chunk.batch(&w.known)
	if len(batch.Sets) == 0 {
		return nil, nil
	}
	plan, err := w.Store.Plan(ctx, tx, w.Caller, batch, record.AsOwner())
	if err != nil {
		return nil, err
	}
	chunk.require(plan)
	return plan, nil
}

// finish carries a chunk's plan out, takes the answers that it carries, runs what it asks for, and commits it with the run's
// progress. The run is locked before anything is written.
func (w *writing) finish(ctx context.Context, tx pgx.Tx, chunk *Chunk, plan *record.Plan) error {
	if w.Preview {
		if err := w.command(ctx, tx, chunk.Rows); err != nil {
			return err
		}
		return w.Progress.Advance(ctx, nil, chunk.result(w.done))
	}
	if err := w.Progress.Lock(ctx, tx); err != nil {
		return err
	}
	if plan != nil {
		if err := plan.Write(ctx, tx); err != nil {
			return err
		}
	}
	if err := chunk.supersede(ctx, tx, w.Caller); err != nil {
		return err
	}
	if err := w.acknowledge(ctx, tx, chunk.Rows); err != nil {
		return err
	}
	if err := w.command(ctx, tx, chunk.Rows); err != nil {
		return err
	}
	done := chunk.result(w.done)
	if err := w.Progress.Advance(ctx, tx, done); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("committing rows %d to %d: %w", w.done+1, done.Rows, err)
	}
	return nil
}

func (w *writing) acknowledge(ctx context.Context, tx pgx.Tx, rows []*Row) error {
	if w.Acknowledge == nil {
		return nil
	}
	for _, r := range rows {
		if len(r.Acknowledgements) == 0 || r.failed() || r.Skipped != "" {
			continue
		}
		notices, err := w.Engine.Acknowledge(ctx, tx, r.Acknowledgements)
		if err != nil {
			return err
		}
		r.answers, r.taken = notices, len(r.Acknowledgements) > len(notices)
	}
	return nil
}
