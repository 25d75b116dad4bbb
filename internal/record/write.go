package record

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/change"
)

const (
	// raceRounds is how often rows that lost a race are planned anew before they fail.
	raceRounds = 5
	// lastRounds is how often the rest is then written without them.
	lastRounds = 3
)

// Write carries the plan out: it inserts, updates and deletes what differs, adds external ids and logs one change for each
// resource and event. Rows that others changed or created since the plan was made are planned anew, within a savepoint,
// so that nothing of a lost round stays; those that lose five times fail with the code conflict.
func (p *Plan) Write(ctx context.Context, tx pgx.Tx) error {
	for round := 1; ; round++ {
		w := &writer{plan: p}
		if err := w.collect(); err != nil {
			return err
		}
		if w.idle() {
			return nil
		}
		err := w.write(ctx, tx)
		if err == nil && len(w.lost) == 0 {
			return w.finish(ctx, tx)
		}
		if err != nil && !raced(err) || round == raceRounds+lastRounds {
			return w.failure(err)
		}
		if _, err := tx.Exec(ctx, "ROLLBACK TO SAVEPOINT hanse_write; RELEASE SAVEPOINT hanse_write"); err != nil {
			return fmt.Errorf("going back before a lost race: %w", err)
		}
		if round >= raceRounds {
			w.refuseLost()
		}
		if err := p.run(ctx, tx); err != nil {
			return err
		}
	}
}

// raced reports whether an error comes of what others did at the same time, so that another look at the rows helps.
func raced(err error) bool {
	var pg *pgconn.PgError
	// unique_violation, foreign_key_violation, deadlock_detected
	return errors.As(err, &pg) && slices.Contains([]string{"23505", "23503", "40P01"}, pg.Code)
}

// writer is one attempt to write a plan.
type writer struct {
	plan     *Plan
	sets     []*written
	doomed   []*doomed
	replaced []*doomed
	lost     []*row
	cleared  []cleared
}

// written are the rows of one set that are to be written.
type written struct {
	set     *set
	creates [][]*row // by how many others of the set must be there before
	updates []*row
}

func (w *writer) collect() error {
	for _, s := range w.plan.sets {
		x := &written{set: s}
		levels := map[*row]int{}
		for _, r := range s.rows {
			switch {
			case r.failed || s.op == Delete:
			case !r.exists:
				level, err := rank(r, levels, 0)
				if err != nil {
					return err
				}
				for len(x.creates) <= level {
					x.creates = append(x.creates, nil)
				}
				x.creates[level] = append(x.creates[level], r)
			case r.changes():
				x.updates = append(x.updates, r)
			}
		}
		if len(x.creates) > 0 || len(x.updates) > 0 {
			w.sets = append(w.sets, x)
		}
	}
	for _, d := range w.plan.doomed {
		switch {
		case d.root.failed:
		case d.replaced != nil || d.root.set.op != Delete:
			w.replaced = append(w.replaced, d)
		default:
			w.doomed = append(w.doomed, d)
		}
	}
	return nil
}

// rank is how many new rows of the same set must be inserted before a row.
func rank(r *row, known map[*row]int, depth int) (int, error) {
	if level, ok := known[r]; ok {
		return level, nil
	}
	if depth > maxDepth {
		return 0, fmt.Errorf("new %s refer to each other in a circle or more than %d deep", r.set.t.Name, maxDepth)
	}
	level := 0
	for _, d := range r.deps {
		if d.set == r.set && !d.exists && d != r {
			below, err := rank(d, known, depth+1)
			if err != nil {
				return 0, err
			}
			level = max(level, below+1)
		}
	}
	known[r] = level
	return level, nil
}

func (w *writer) idle() bool { return len(w.sets) == 0 && len(w.doomed) == 0 && len(w.replaced) == 0 }

// write sends all statements in one round trip.
func (w *writer) write(ctx context.Context, tx pgx.Tx) error {
	batch := &pgx.Batch{}
	batch.Queue("SAVEPOINT hanse_write")
	if err := w.queueDeletes(batch, w.replaced); err != nil {
		return err
	}
	for _, x := range w.sets {
		if err := w.queueInserts(batch, x); err != nil {
			return err
		}
		if err := w.queueUpdates(batch, x); err != nil {
			return err
		}
	}
	w.queueExternalIDs(batch)
	if err := w.queueDeletes(batch, w.doomed); err != nil {
		return err
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("writing changes: %w", err)
	}
	return nil
}

// finish logs what was written and lets the savepoint go.
func (w *writer) finish(ctx context.Context, tx pgx.Tx) error {
	if err := change.Append(ctx, tx, w.plan.caller, w.entries()...); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "RELEASE SAVEPOINT hanse_write"); err != nil {
		return fmt.Errorf("finishing the write: %w", err)
	}
	return nil
}

// refuseLost fails the rows that lost again, for good.
func (w *writer) refuseLost() {
	for _, r := range w.lost {
		w.plan.Refuse(r.change, conflict(r))
	}
}

// ErrConflict says that others kept changing the same records, so that nothing could be written; another try of the
// whole transaction may succeed.
var ErrConflict = errors.New("other writers kept changing the same records: try again")

func (w *writer) failure(err error) error {
	if err == nil || raced(err) {
		return errors.Join(ErrConflict, err)
	}
	return err
}
