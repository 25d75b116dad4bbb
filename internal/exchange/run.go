package exchange

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/postgres"
)

// Run is the processing of an exchange by one node. It is not for several goroutines.
type Run struct {
	ID, Exchange string
	Attempt      int   // from 1
	Fence        int64 // grows with each node that takes the run over
	// Checkpoint is how many rows of the message are behind us, committed.
	Checkpoint int64
	Counts     Counts
}

const (
	// startSQL takes over a run that was not finished, or makes the next attempt. The exchange's lock lets one node at a
	// time do so.
	lockExchangeSQL = "select 1 from exchange where id = $1 for update"
	takeOverSQL     = `update run set fence = fence + 1, node = $2, updated_at = now() where exchange_id = $1 and state = 'running'
returning id, attempt, fence, checkpoint, read, created, updated, unchanged, failed, warnings`
	attemptSQL = `insert into run (id, organization_id, exchange_id, attempt, fence, state, node)
select $1, $2, $3, coalesce(max(attempt), 0) + 1, 1, 'running', $4 from run where exchange_id = $3 returning attempt`
	// beginSQL forgets what an earlier attempt found.
	forgetSQL = "delete from exchange_error where exchange_id = $1"
	beginSQL  = `update exchange set status = 'processing', started_at = clock_timestamp(), finished_at = null, reason_code = null,
  reason = null, read = 0, created = 0, updated = 0, unchanged = 0, failed = 0, warnings = 0, duplicate_of_id = null,
  updated_at = now(), revision = revision + 1 where id = $1`
)

// StartRun claims the processing of an exchange for a node. A run that another node left unfinished is taken over at its
// checkpoint, and from then on that node's chunks fail with postgres.ErrFenced; otherwise the next attempt begins, which
// processes a duplicate too.
func (l *Ledger) StartRun(ctx context.Context, caller access.Caller, exchange, node string) (*Run, error) {
	r := &Run{Exchange: exchange, Fence: 1}
	err := l.in(ctx, caller, "start the processing of exchange "+exchange, func(tx pgx.Tx) error {
		if err := one(tx.Exec(ctx, lockExchangeSQL, exchange)); err != nil {
			return err
		}
		c := &r.Counts
		err := tx.QueryRow(ctx, takeOverSQL, exchange, node).Scan(&r.ID, &r.Attempt, &r.Fence, &r.Checkpoint,
			&c.Read, &c.Created, &c.Updated, &c.Unchanged, &c.Failed, &c.Warnings)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if r.ID, err = newID(); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, attemptSQL, r.ID, caller.Organization, exchange, node).Scan(&r.Attempt); err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(forgetSQL, exchange)
		b.Queue(beginSQL, exchange)
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Estimate says how many rows the message has, for the progress that people see, and as what it is read ("" if there is
// nothing to say).
func (l *Ledger) Estimate(ctx context.Context, caller access.Caller, r *Run, rows int64, format string) error {
	return l.in(ctx, caller, "note the size of exchange "+r.Exchange, func(tx pgx.Tx) error {
		if err := fenced(tx.Exec(ctx, "update run set estimate = $3 where id = $1 and fence = $2", r.ID, r.Fence, rows)); err != nil {
			return err
		}
		return one(tx.Exec(ctx, "update exchange set format = $2 where id = $1", r.Exchange, optional(clip(format))))
	})
}

// Lock begins a chunk: in its transaction, before anything is written, it locks the run and compares the fence and the
// checkpoint. postgres.ErrFenced: another node goes on with the run, this one has to stop. The transaction of a node that
// died may still be committing; this waits for it.
func (r *Run) Lock(ctx context.Context, tx pgx.Tx) error {
	var fence, checkpoint int64
	var state string
	err := tx.QueryRow(ctx, "select fence, checkpoint, state from run where id = $1 for update", r.ID).Scan(&fence, &checkpoint, &state)
	switch {
	case err != nil:
		return fmt.Errorf("lock the run of exchange %s: %w", r.Exchange, err)
	case fence != r.Fence, state != "running":
		return fmt.Errorf("run of exchange %s: %w", r.Exchange, postgres.ErrFenced)
	case checkpoint != r.Checkpoint:
		return fmt.Errorf("run of exchange %s: %w: it stands at row %d, not at %d", r.Exchange, postgres.ErrFenced, checkpoint, r.Checkpoint)
	}
	return nil
}

const checkpointSQL = `with done as (
  update run set checkpoint = $3, read = $4, created = $5, updated = $6, unchanged = $7, failed = $8, warnings = $9, updated_at = now()
  where id = $1 and fence = $2 returning exchange_id
) update exchange e set read = $4, created = $5, updated = $6, unchanged = $7, failed = $8, warnings = $9, updated_at = now(),
  revision = revision + 1 from done where e.id = done.exchange_id`

// Save ends a chunk, in its transaction: rows is how many rows of the message are behind us with this chunk, and
// delta what became of the chunk's own. The run itself moves on only when the caller says so by Advance after the commit.
func (r *Run) Save(ctx context.Context, tx pgx.Tx, rows int64, delta Counts) error {
	c := r.Counts.Add(delta)
	tag, err := tx.Exec(ctx, checkpointSQL, r.ID, r.Fence, rows, c.Read, c.Created, c.Updated, c.Unchanged, c.Failed, c.Warnings)
	if err := fenced(tag, err); err != nil {
		return fmt.Errorf("set the checkpoint of exchange %s: %w", r.Exchange, err)
	}
	return nil
}

// Advance follows a committed chunk; see Save.
func (r *Run) Advance(rows int64, delta Counts) { r.Checkpoint, r.Counts = rows, r.Counts.Add(delta) }

// one makes an error of a statement that met no row.
func one(tag pgconn.CommandTag, err error) error {
	if err == nil && tag.RowsAffected() == 0 {
		return ErrUnknown
	}
	return err
}

func fenced(tag pgconn.CommandTag, err error) error {
	if err == nil && tag.RowsAffected() == 0 {
		return postgres.ErrFenced
	}
	return err
}
