package intake

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
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
	// ChunkRows is how many rows one transaction takes, 500 if 0.
	ChunkRows int
	// Filter may mark rows as skipped before their changes are planned; it may be nil.
	Filter func(ctx context.Context, tx pgx.Tx, rows []*Row) error
	// Acknowledge takes the answers to our own messages that a row carries, in the row's transaction.
	Acknowledge func(ctx context.Context, tx pgx.Tx, acks []module.Acknowledgement) ([]module.Notice, error)
	// Commands runs what rows ask for; it may be nil where no row does.
	Commands Commands
	// Committed is called after each chunk; it may be nil.
	Committed func()
}

// Job is one file on its way through an engine.
type Job struct {
	Rows Rows
	// Type is what all rows are about, nil if that differs from row to row.
	Type *resource.Type
	// Unique: of rows with the same key the first counts. Otherwise later ones add to what earlier ones wrote.
	Unique bool
	// Skip is how many rows an earlier run has finished.
	Skip int64
	// Preview: nothing is written or locked, and each Done is only handed to Progress, with a nil transaction.
	Preview  bool
	Progress Progress
}

// expected is how many keys have to be remembered.
func (j *Job) expected() int64 {
	if !j.Unique {
		return 0
	}
	return j.Rows.Count()
}

// Run writes all rows of a file that come after those to skip.
func (e *Engine) Run(ctx context.Context, j Job) error {
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan chunkOrError)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		e.read(ctx, j, chunks)
	}()
	defer func() { // the rows are the caller's to close, so nobody may be reading them any more
		cancel()
		<-ended
	}()
	w := &writing{Engine: e, Job: j, done: j.Skip}
	if j.overlaps() {
		return w.runAhead(ctx, chunks)
	}
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
	chunkRows = 500
	// chunkBytes bounds a chunk whose rows are large.
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
	seen, chunk, size := newKeys(j.expected()), &Chunk{}, 0
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
		size += row.bytes
	}
}
