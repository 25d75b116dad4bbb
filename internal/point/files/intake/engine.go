package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
)

// Database opens transactions; a *pgxpool.Pool.
type Database interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Progress keeps how far a run has come, in the transactions of the run itself.
type Progress interface {
	// Lock locks the run and fails if it is no longer ours or not where we believe it is.
	Lock(ctx context.Context, tx pgx.Tx) error
	// Advance writes what a chunk did.
	Advance(ctx context.Context, tx pgx.Tx, done *Done) error
	// Committed says that the transaction of the last Advance is through.
	Committed()
}

// Done is what became of the rows of one chunk.
type Done struct {
	Rows  int64 // rows of the file that are finished, from its start
	Lines []Line
	Counts
}

// Counts count rows of a file.
type Counts struct {
	Read      int64 `json:"read"`
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Failed    int64 `json:"failed"`
}

// Line is what became of one row, as in the result file.
type Line struct {
	Line          int
	Resource, Key string
	Outcome       record.Outcome
	Notices       []module.Notice // faults and warnings
	Message       module.Message
	hash          string // of the document
}

// Engine writes the rows of files.
type Engine struct {
	DB     Database
	Store  *record.Store
	Caller access.Caller
	// ChunkRows is how many rows one transaction takes, 2,000 if 0.
	ChunkRows int
	// Filter may mark rows as skipped before their changes are planned; it may be nil.
	Filter func(ctx context.Context, tx pgx.Tx, rows []*Row) error
	// Acknowledge takes the answers to our own messages that a row carries, in the row's transaction.
	Acknowledge func(ctx context.Context, tx pgx.Tx, acks []module.Acknowledgement) ([]module.Notice, error)
	// Committed is called after each chunk; it may be nil.
	Committed func()
}

// Job is one file on its way through an engine.
type Job struct {
	Rows Rows
	// Unique: of rows with the same key the first counts. Otherwise later ones add to what earlier ones wrote.
	Unique bool
	// Skip is how many rows an earlier run has finished.
	Skip int64
	// Preview: nothing is written or locked, and each Done is only handed to Progress, with a nil transaction.
	Preview  bool
	Progress Progress
}

// Run writes all rows of a file that come after those to skip.
func (e *Engine) Run(ctx context.Context, j Job) error {
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan chunkOrError, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		e.read(ctx, j, chunks)
	}()
	defer func() { // the rows are the caller's to close, so nobody may be reading them any more
		cancel()
		<-ended
	}()
	w := &writing{Engine: e, Job: j, done: j.Skip, known: map[string]bool{}}
	for c := range chunks {
		if c.chunk != nil && len(c.chunk.Rows) > 0 {
			if err := w.write(ctx, c.chunk); err != nil {
				return err
			}
		}
		if c.err != nil {
			return c.err
		}
	}
	return ctx.Err()
}

type chunkOrError struct {
	chunk *Chunk
	err   error
}

const (
	chunkRows = 2000
	// chunkBytes bounds a chunk whose rows are large, such as documents.
	chunkBytes = 8 << 20
)

// read fills chunks while the database works on the one before. Keys seen are rebuilt by reading finished rows again.
func (e *Engine) read(ctx context.Context, j Job, out chan<- chunkOrError) {
	defer close(out)
	send := func(c *Chunk, err error) bool {
		select {
		case out <- chunkOrError{c, err}:
			return true
		case <-ctx.Done():
			return false
		}
	}
	defer func() { // a module's mistake must not end the server
		if r := recover(); r != nil {
			send(nil, fmt.Errorf("reading the rows panicked: %v\n%s", r, debug.Stack()))
		}
	}()
	limit := e.ChunkRows
	if limit == 0 {
		limit = chunkRows
	}
	schema := e.Store.Schema()
	seen, chunk, size := newKeys(), &Chunk{}, 0
	for n := int64(0); ; n++ {
		row, err := j.Rows.Next(ctx)
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			send(chunk, err)
			return
		}
		if j.Unique && row.identity != "" && !seen.add(row.identity) {
			row.fault("", "duplicate", record.CodeDuplicate, fmt.Sprintf("The key %q stands in an earlier row of this file already; the first one counts.", row.Key))
		}
		if n < j.Skip {
			continue
		}
		clash := !j.Unique && chunk.meets(schema, row)
		if len(chunk.Rows) >= limit || size > chunkBytes || clash {
			if !send(chunk, nil) {
				return
			}
			chunk, size = &Chunk{}, 0
			if !j.Unique {
				chunk.meets(schema, row)
			}
		}
		chunk.Rows = append(chunk.Rows, row)
		size += len(row.Raw)
	}
}

// writing is the second half of a job: chunks on their way into the database.
type writing struct {
	*Engine
	Job
	done  int64
	known map[string]bool // needs that this run has seen to
}

// attempts bounds how often a chunk that lost against another transaction is written again.
const attempts = 6

// write writes one chunk. Where the database refuses a value that the checks let pass, the chunk is halved until the row
// is found, so that it costs only itself.
func (w *writing) write(ctx context.Context, chunk *Chunk) error {
	for n := 1; ; n++ {
		err := w.once(ctx, chunk)
		if err == nil {
			w.committed(chunk)
			return nil
		}
		var pg *pgconn.PgError
		if conflict := errors.Is(err, record.ErrConflict); !conflict && !errors.As(err, &pg) || n >= attempts || ctx.Err() != nil {
			return err
		} else if conflict {
			pg = &pgconn.PgError{Code: "40001"}
		}
		chunk.reset()
		switch pg.Code[:2] {
		case "40", "55": // lost a race, a deadlock or a lock timeout
			continue
		case "22", "23": // data exception, integrity violation
			if len(chunk.Rows) == 1 {
				chunk.Rows[0].fault("", "value", "database_refused", refusal(pg))
				continue
			}
			for _, half := range chunk.halves() {
				if err := w.write(ctx, half); err != nil {
					return err
				}
			}
			return nil
		}
		return err
	}
}

// maxKnown bounds the memory of a file in which each row needs something else.
const maxKnown = 100_000

func (w *writing) committed(chunk *Chunk) {
	w.done += int64(len(chunk.Rows))
	if len(w.known) > maxKnown {
		clear(w.known)
	}
	for name, need := range chunk.needs {
		if o := need.Change.Outcome; o == record.Unchanged || o == record.Created && !w.Preview {
			w.known[name] = true
		}
	}
	w.Progress.Committed()
	if w.Engine.Committed != nil && !w.Preview {
		w.Engine.Committed()
	}
}

func refusal(pg *pgconn.PgError) string {
	text := "The database refused the row: " + pg.Message
	if pg.ConstraintName != "" {
		text += " (rule " + pg.ConstraintName + ")"
	}
	return text + "."
}

// once writes a chunk in one transaction.
func (w *writing) once(ctx context.Context, chunk *Chunk) error {
	tx, err := w.DB.Begin(ctx)
	if err != nil {
		return fmt.Errorf("beginning a chunk: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := w.enter(ctx, tx); err != nil {
		return err
	}
	if err := w.apply(ctx, tx, chunk); err != nil {
		return err
	}
	done := chunk.result(w.done)
	if w.Preview {
		return w.Progress.Advance(ctx, nil, done)
	}
	if err := w.Progress.Advance(ctx, tx, done); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("committing rows %d to %d: %w", w.done+1, done.Rows, err)
	}
	return nil
}

// enter begins the transaction: a preview's can write nothing at all, the others belong to the run.
func (w *writing) enter(ctx context.Context, tx pgx.Tx) error {
	if err := access.Enter(ctx, tx, w.Caller); err != nil {
		return err
	}
	if !w.Preview {
		return w.Progress.Lock(ctx, tx)
	}
	if _, err := tx.Exec(ctx, "SET TRANSACTION READ ONLY"); err != nil {
		return fmt.Errorf("beginning a preview: %w", err)
	}
	return nil
}

// apply plans and writes a chunk's changes and takes the answers that it carries.
func (w *writing) apply(ctx context.Context, tx pgx.Tx, chunk *Chunk) error {
	if w.Filter != nil {
		if err := w.Filter(ctx, tx, chunk.Rows); err != nil {
			return err
		}
	}
	if err := w.lend(ctx, tx, chunk.Rows); err != nil {
		return err
	}
	if batch := chunk.batch(w.known); len(batch.Sets) > 0 {
		plan, err := w.Store.Plan(ctx, tx, w.Caller, batch, record.AsOwner())
		if err != nil {
			return err
		}
		chunk.require(plan)
		if !w.Preview {
			if err := plan.Write(ctx, tx); err != nil {
				return err
			}
		}
	}
	if !w.Preview {
		if err := chunk.supersede(ctx, tx, w.Caller); err != nil {
			return err
		}
	}
	if w.Acknowledge == nil || w.Preview {
		return nil
	}
	for _, r := range chunk.Rows {
		if len(r.Acknowledgements) == 0 || r.failed() || r.Skipped != "" {
			continue
		}
		notices, err := w.Acknowledge(ctx, tx, r.Acknowledgements)
		if err != nil {
			return err
		}
		r.answers = notices
	}
	return nil
}
