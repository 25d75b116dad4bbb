package intake

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"runtime/debug"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
	// ChunkRows is how many rows one transaction takes, 2,000 if 0.
	ChunkRows int
	// Filter may mark rows as skipped before their changes are planned; it may be nil.
	Filter func(ctx context.Context, tx pgx.Tx, rows []*Row) error
	// Acknowledge takes the answers to our own messages that a row carries, in the row's transaction.
	Acknowledge func(ctx context.Context, tx pgx.Tx, acks []module.Acknowledgement) ([]module.Notice, error)
	// Committed is called after each chunk; it may be nil.
	Committed func()
}

// Run writes all rows of a file that come after the first skip ones, which an earlier run has finished. With a preview
// nothing is written or locked, and each Done is only handed to Advance, with a nil transaction.
func (e *Engine) Run(ctx context.Context, rows Rows, unique bool, skip int64, preview bool, p Progress) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	chunks := make(chan chunkOrError, 1)
	go e.read(ctx, rows, unique, skip, chunks)
	done := skip
	for c := range chunks {
		if c.chunk != nil && len(c.chunk.Rows) > 0 {
			if err := e.write(ctx, c.chunk, &done, preview, p); err != nil {
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

// read fills chunks while the database works on the one before. Keys seen are rebuilt by reading finished rows again.
func (e *Engine) read(ctx context.Context, rows Rows, unique bool, skip int64, out chan<- chunkOrError) {
	defer close(out)
	defer func() {
		if r := recover(); r != nil { // a fault of ours in one file must not stop the node
			select {
			case out <- chunkOrError{err: fmt.Errorf("reading the file panicked: %v\n%s", r, debug.Stack())}:
			case <-ctx.Done():
			}
		}
	}()
	size := e.ChunkRows
	if size == 0 {
		size = 2000
	}
	send := func(c chunkOrError) bool {
		select {
		case out <- c:
			return true
		case <-ctx.Done():
			return false
		}
	}
	seen := newKeys()
	chunk, held := &Chunk{}, map[string]bool{}
	for n := int64(0); ; n++ {
		chunk.touched = chunk.touched[:0]
		row, err := rows.Next(ctx, chunk)
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			send(chunkOrError{chunk, err})
			return
		}
		if unique && row.Key != "" && !row.failed() && !seen.add(row.Resource, row.Key) {
			row.fault("", "duplicate", "duplicate_key", fmt.Sprintf("The key %q stands in an earlier row of this file already; the first one counts.", row.Key))
		}
		if n < skip {
			chunk = &Chunk{}
			continue
		}
		if len(chunk.Rows) >= size || !unique && e.clashes(held, row) {
			if !send(chunkOrError{chunk, nil}) {
				return
			}
			chunk, held = chunk.after(), map[string]bool{}
			e.clashes(held, row)
		}
		chunk.Rows = append(chunk.Rows, row)
	}
}

// clashes reports whether a row speaks of a record that a row of the same chunk speaks of already, and notes it. Documents
// may do so on purpose: the later one counts, so it must come in a later transaction.
func (e *Engine) clashes(held map[string]bool, row *Row) (clash bool) {
	schema := e.Store.Schema()
	for _, d := range row.Drafts {
		k := d.Type.Name + "\x00" + d.Change.Target.String()
		if d.Change.Target.IsZero() {
			k = d.Type.Name + "\x00" + resource.ByKey(keyParts(schema, d.Type, d.Change)...).String()
		}
		clash = clash || held[k]
		held[k] = true
	}
	return clash
}

// keys remembers keys by 16 bytes each.
type keys struct {
	seen map[[2]uint64]struct{}
	a, b maphash.Seed
}

func newKeys() *keys {
	return &keys{seen: map[[2]uint64]struct{}{}, a: maphash.MakeSeed(), b: maphash.MakeSeed()}
}

func (k *keys) add(resource, key string) bool {
	text := resource + "\x00" + key
	h := [2]uint64{maphash.String(k.a, text), maphash.String(k.b, text)}
	if _, have := k.seen[h]; have {
		return false
	}
	k.seen[h] = struct{}{}
	return true
}

// attempts bounds how often a chunk that lost against another transaction is written again.
const attempts = 6

// write writes one chunk. Where the database refuses a value that the checks let pass, the chunk is halved until the row
// is found, so that it costs only itself.
func (e *Engine) write(ctx context.Context, chunk *Chunk, done *int64, preview bool, p Progress) error {
	for n := 1; ; n++ {
		err := e.once(ctx, chunk, *done, preview, p)
		if err == nil {
			*done += int64(len(chunk.Rows))
			p.Committed()
			if e.Committed != nil && !preview {
				e.Committed()
			}
			return nil
		}
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || n >= attempts {
			return err
		}
		chunk.reset()
		switch pg.Code[:2] {
		case "40", "55": // lost a race, a deadlock or a lock timeout
			continue
		case "22", "23": // data exception, integrity violation
			if len(chunk.Rows) == 1 {
				chunk.Rows[0].fault(pg.ColumnName, "value", "database_refused", refusal(pg))
				continue
			}
			for _, half := range chunk.halves() {
				if err := e.write(ctx, half, done, preview, p); err != nil {
					return err
				}
			}
			return nil
		}
		return err
	}
}

func refusal(pg *pgconn.PgError) string {
	text := "The database refused the row: " + pg.Message
	if pg.ConstraintName != "" {
		text += " (rule " + pg.ConstraintName + ")"
	}
	return text + "."
}

func (c *Chunk) halves() [2]*Chunk {
	m := len(c.Rows) / 2
	return [2]*Chunk{{Rows: c.Rows[:m], ensured: c.ensured, needs: c.needs}, {Rows: c.Rows[m:], ensured: c.ensured, needs: c.needs}}
}

// reset makes the chunk's changes as they were before they were planned.
func (c *Chunk) reset() {
	again := func(d Draft) { d.Change.Reset() }
	for _, d := range c.needs {
		again(d)
	}
	for _, r := range c.Rows {
		for _, d := range r.Drafts {
			again(d)
		}
	}
}

func (e *Engine) once(ctx context.Context, chunk *Chunk, before int64, preview bool, p Progress) error {
	tx, err := e.DB.Begin(ctx)
	if err != nil {
		return fmt.Errorf("beginning a chunk: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := access.Enter(ctx, tx, e.Caller); err != nil {
		return err
	}
	if !preview {
		if err := p.Lock(ctx, tx); err != nil {
			return err
		}
	}
	if err := e.change(ctx, tx, chunk, preview); err != nil {
		return err
	}
	done := chunk.result(before)
	if preview {
		return p.Advance(ctx, nil, done)
	}
	if err := p.Advance(ctx, tx, done); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("committing rows %d to %d: %w", before+1, done.Rows, err)
	}
	return nil
}

func (e *Engine) change(ctx context.Context, tx pgx.Tx, chunk *Chunk, preview bool) error {
	if e.Filter != nil {
		if err := e.Filter(ctx, tx, chunk.Rows); err != nil {
			return err
		}
	}
	if err := e.lend(ctx, tx, chunk.Rows); err != nil {
		return err
	}
	batch := chunk.batch()
	if len(batch.Sets) > 0 {
		plan, err := e.Store.Plan(ctx, tx, e.Caller, batch, record.AsOwner())
		if err != nil {
			return err
		}
		chunk.require(plan)
		if !preview {
			if err := plan.Write(ctx, tx); err != nil {
				return err
			}
		}
	}
	if e.Acknowledge == nil || preview {
		return nil
	}
	for _, r := range chunk.Rows {
		if len(r.Acknowledgements) == 0 || r.failed() {
			continue
		}
		notices, err := e.Acknowledge(ctx, tx, r.Acknowledgements)
		if err != nil {
			return err
		}
		r.Notices = append(r.Notices, notices...)
	}
	return nil
}

// result says what became of each row.
func (c *Chunk) result(before int64) *Done {
	d := &Done{Rows: before + int64(len(c.Rows))}
	for _, r := range c.Rows {
		l := Line{Line: r.Line, Resource: r.Resource, Key: r.Key, Message: r.Message, hash: r.hash, Outcome: r.outcome(), Notices: r.notices()}
		d.Read++
		switch l.Outcome {
		case record.Failed:
			d.Failed++
		case record.Created:
			d.Created++
		case record.Updated:
			d.Updated++
		default:
			d.Unchanged++
		}
		d.Lines = append(d.Lines, l)
	}
	return d
}

// notices are a row's own and those of its changes.
func (r *Row) notices() []module.Notice {
	all := r.Notices
	if r.Skipped != "" {
		all = append(all[:len(all):len(all)], module.Notice{Warning: true, Class: "value", Code: "skipped", Detail: r.Skipped})
	}
	for _, d := range r.Drafts {
		for _, f := range d.Change.Faults {
			if f.Code == record.CodeGroup {
				continue // the member that failed says why
			}
			all = append(all[:len(all):len(all)], module.Notice{Field: f.Field, Class: classOf(f.Code), Code: f.Code, Detail: f.Detail})
		}
		for _, w := range d.Change.Warnings {
			all = append(all[:len(all):len(all)], module.Notice{Warning: true, Field: w.Field, Class: classOf(w.Code), Code: w.Code, Detail: w.Detail})
		}
	}
	return all
}

// classOf sorts codes into the classes of an error desk.
func classOf(code string) string {
	switch code {
	case "required", "not_found":
		return "missing"
	case "duplicate_key", "already_exists":
		return "duplicate"
	case "conflict":
		return "intermittent"
	}
	return "value"
}
