package intake

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/record"
)

// lookahead is how many chunks are in the hands of the database and its plans at once: one that is being written and those
// behind it, which are compared with what is stored meanwhile.
const lookahead = 3

// planned is a chunk in a transaction of its own, compared with what was stored when that was done.
type planned struct {
	chunk *Chunk
	tx    pgx.Tx
	plan  *record.Plan
	ready chan error // what came of the planning
}

// overlaps reports whether chunks can be planned before those in front of them are committed: where a row refers to nothing
// that a row before it may have made. What several rows need is seen to by writing.usable.
func (j *Job) overlaps() bool {
	if !j.Unique || j.Type == nil {
		return false
	}
	for i := range j.Type.Relations {
		if r := &j.Type.Relations[i]; !r.ToMany && r.Target == j.Type.Name {
			return false
		}
	}
	return true
}

// ahead begins a transaction for each chunk, in their order so that the foremost always has its connection, and plans them
// side by side.
func (w *writing) ahead(ctx context.Context, chunks <-chan chunkOrError, out chan<- *planned, slots chan struct{}) error {
	for {
		select { // the slot first: a chunk that waits for one is memory too
		case slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		c, more := <-chunks
		if !more {
			return ctx.Err()
		}
		if c.chunk == nil || len(c.chunk.Rows) == 0 {
			return c.err // only the last one has none
		}
		tx, err := w.DB.Begin(ctx)
		if err != nil {
			return fmt.Errorf("beginning a chunk: %w", err)
		}
		p := &planned{chunk: c.chunk, tx: tx, ready: make(chan error, 1)}
		go func() {
			defer func() { // a mistake in a chunk must not end the server
				if r := recover(); r != nil {
					p.ready <- fmt.Errorf("planning panicked: %v", r)
				}
			}()
			p.ready <- w.planOne(ctx, p)
		}()
		select {
		case out <- p:
		case <-ctx.Done():
			<-p.ready
			_ = tx.Rollback(context.WithoutCancel(ctx))
			return ctx.Err()
		}
		if c.err != nil {
			return c.err
		}
	}
}

func (w *writing) planOne(ctx context.Context, p *planned) (err error) {
	if err := w.enter(ctx, p.tx); err != nil {
		return err
	}
	p.plan, err = w.compare(ctx, p.tx, p.chunk)
	return err
}

// usable reports whether a plan that was made ahead still says the truth: what its rows need was not being made just then
// by a chunk before it.
func (w *writing) usable(p *planned) bool { return w.Preview || len(p.chunk.needs) == 0 }

// runAhead writes chunks in their order while those behind them are planned.
func (w *writing) runAhead(ctx context.Context, chunks <-chan chunkOrError) error {
	ctx, cancel := context.WithCancel(ctx)
	out, slots, ended := make(chan *planned, lookahead), make(chan struct{}, lookahead), make(chan error, 1)
	go func() {
		defer close(out)
		ended <- w.ahead(ctx, chunks, out, slots)
	}()
	var failed error
	for p := range out {
		err := <-p.ready
		if failed == nil {
			failed = w.takeOver(ctx, p, err)
		}
		_ = p.tx.Rollback(context.WithoutCancel(ctx))
		if failed != nil {
			cancel()
		}
		<-slots
	}
	cancel()
	if err := <-ended; failed == nil {
		failed = err
	}
	return failed
}

// takeOver writes a chunk by the plan that was made ahead, or from the start if that plan cannot be used.
func (w *writing) takeOver(ctx context.Context, p *planned, err error) error {
	if err == nil && w.usable(p) {
		if err = w.finish(ctx, p.tx, p.chunk, p.plan); err == nil {
			w.committed(p.chunk)
			return nil
		}
	}
	_ = p.tx.Rollback(context.WithoutCancel(ctx))
	if err != nil && !retryable(err) || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	p.chunk.reset()
	return w.write(ctx, p.chunk)
}
