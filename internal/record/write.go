package record

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/resource"
)

const (
	// raceRounds is how often rows that lost a race are planned anew before they fail.
	raceRounds = 5
	// lastRounds is how often the rest is then written without them.
	lastRounds = 3
)

// Write carries the plan out: it inserts, updates and deletes what differs, adds external ids and logs one change for each
// resource and event. If others changed or created some of the rows since the plan was made, the batch is planned anew
// within a savepoint, so that nothing of a lost round stays; rows that lose five times fail with the code conflict.
func (p *Plan) Write(ctx context.Context, tx pgx.Tx) error {
	saved := false
	for round := 1; ; round++ {
		w := &writer{plan: p, hopeful: !saved}
		if err := w.collect(); err != nil {
			return err
		}
		if w.idle() && !saved {
			return nil
		}
		err := w.write(ctx, tx, !saved)
		saved = true
		if err == nil && len(w.lost) == 0 && !w.short {
			return w.finish(ctx, tx)
		}
		if _, is := refused(err); is {
			found, failing := p.isolate(ctx, tx)
			if failing != nil || !found {
				return errors.Join(err, failing)
			}
			round--
			continue
		}
		if err != nil && !raced(err) || round == raceRounds+lastRounds {
			return w.failure(err)
		}
		if err := w.again(ctx, tx); err != nil {
			return err
		}
		if round >= raceRounds {
			w.refuseLost()
		}
		if err := p.run(ctx, tx); err != nil {
			return err
		}
	}
}

// again goes back before a lost race and locks the stored rows that are to be written, in the order of their ids, so that
// the next round finds them as it left them. Deadlocked with another writer that does the same, it lets go and goes on
// without the locks.
func (w *writer) again(ctx context.Context, tx pgx.Tx) error {
	if err := back(ctx, tx); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	lock := func(t *resource.Type, ids []string) {
		batch.Queue("SELECT FROM "+quote(t.Table)+" WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", ids)
	}
	for _, x := range w.sets {
		if len(x.updates) > 0 {
			ids := make([]string, len(x.updates))
			for i, r := range x.updates {
				ids[i] = r.id
			}
			lock(x.set.t, ids)
		}
	}
	types, of := byType(append(slices.Clone(w.replaced), w.doomed...))
	for _, t := range types {
		lock(t, idsOf(of[t]))
	}
	err := tx.SendBatch(ctx, batch).Close()
	if err != nil && raced(err) {
		return back(ctx, tx)
	}
	if err != nil {
		return fmt.Errorf("locking rows after a lost race: %w", err)
	}
	return nil
}

func back(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "ROLLBACK TO SAVEPOINT hanse_write"); err != nil {
		return fmt.Errorf("going back before a lost race: %w", err)
	}
	return nil
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
	only     map[*row]bool // set: nothing else
	sets     []*written
	doomed   []*doomed
	replaced []*doomed
	lost     []*row
	cleared  []cleared
	hopeful  bool // nobody else is expected to write the same records, so large sets are only counted
	short    bool // fewer rows were written than there are; which ones is not known
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
			case r.failed || s.op == Delete || w.only != nil && !w.only[r]:
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
		case d.root.failed || w.only != nil && !w.only[d.root]:
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

// inOrder leaves an update or delete of staged rows no other plan than to take them as they come, which is in the order of
// their ids, by the primary key. Two writers of the same rows then wait for each other; with rows locked in whatever order
// a hash join gives, they deadlock.
const inOrder = "SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), " +
	"set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)"

// anyOrder ends inOrder.
const anyOrder = "SELECT set_config('enable_hashjoin', NULL, true), set_config('enable_mergejoin', NULL, true), " +
	"set_config('enable_seqscan', NULL, true), set_config('enable_bitmapscan', NULL, true)"

// write sends all statements in one round trip, for the first time behind a new savepoint.
func (w *writer) write(ctx context.Context, tx pgx.Tx, first bool) error {
	batch := &pgx.Batch{}
	if first {
		batch.Queue("SAVEPOINT hanse_write")
	}
	batch.Queue(inOrder)
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
	w.queueDropped(batch)
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
	batch := &pgx.Batch{}
	if entries := w.entries(); len(entries) > 0 {
		if err := change.Queue(batch, w.plan.caller, entries...); err != nil {
			return err
		}
	}
	batch.Queue(anyOrder)
	batch.Queue("RELEASE SAVEPOINT hanse_write")
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("logging what was written: %w", err)
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
