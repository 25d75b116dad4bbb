package exchange

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

const (
	closeRunSQL = `update run set state = 'finished', finished_at = clock_timestamp(), updated_at = now()
where id = $1 and fence = $2 and state = 'running'`
	remarkedSQL = `with r as (update run set warnings = warnings + $3 where id = $1)
update exchange set warnings = warnings + $3 where id = $2`
	// endSQL ends an exchange, and with it those that brought the same content while it was being processed.
	endSQL = `update exchange set status = $2, reason_code = $3, reason = $4, finished_at = clock_timestamp(),
  started_at = coalesce(started_at, clock_timestamp()), updated_at = now(), revision = revision + 1
where id = $1 or (duplicate_of_id = $1 and status in ('received', 'processing'))`
)

// Finish ends a run by what became of its rows and gives the exchange's status. Remarks about the message as a whole are
// recorded with it, since a run that is taken over must not say them twice.
func (l *Ledger) Finish(ctx context.Context, caller access.Caller, r *Run, remarks ...Issue) (Status, error) {
	status, warnings := r.Counts.Status(), 0
	err := l.in(ctx, caller, "finish exchange "+r.Exchange, func(tx pgx.Tx) (err error) {
		if err := fenced(tx.Exec(ctx, closeRunSQL, r.ID, r.Fence)); err != nil {
			return err
		}
		if len(remarks) > 0 {
			if warnings, err = Record(ctx, tx, caller, r.Exchange, remarks...); err != nil {
				return err
			}
			if err := one(tx.Exec(ctx, remarkedSQL, r.ID, r.Exchange, warnings)); err != nil {
				return err
			}
		}
		return one(tx.Exec(ctx, endSQL, r.Exchange, string(status), nil, nil))
	})
	if err == nil {
		r.Counts.Warnings += warnings
	}
	return status, err
}

// Reason says why a message as a whole was not taken: a stable code and words for people.
type Reason struct{ Code, Text string }

// Refuse ends an exchange whose message as a whole cannot be taken, such as a broken envelope. Its run, if there is one,
// ends with it; r may be nil.
func (l *Ledger) Refuse(ctx context.Context, caller access.Caller, exchange string, r *Run, reason Reason) error {
	return l.in(ctx, caller, "refuse exchange "+exchange, func(tx pgx.Tx) error {
		if r != nil {
			if err := fenced(tx.Exec(ctx, closeRunSQL, r.ID, r.Fence)); err != nil {
				return err
			}
		}
		return one(tx.Exec(ctx, endSQL, exchange, string(Refused), reason.Code, clip(reason.Text)))
	})
}

// Progress is how far an exchange has come, for a screen or a waiting command.
type Progress struct {
	Status     Status
	Counts     Counts
	Checkpoint int64 // rows behind us
	Estimate   int64 // rows the message has, 0 if that is not known
	Attempts   int
	Reason     Reason
}

// Progress tells how far an exchange has come.
func (l *Ledger) Progress(ctx context.Context, caller access.Caller, exchange string) (p Progress, err error) {
	err = l.in(ctx, caller, "look up exchange "+exchange, func(tx pgx.Tx) error {
		c := &p.Counts
		err := tx.QueryRow(ctx, `select e.status, e.read, e.created, e.updated, e.unchanged, e.failed, e.warnings,
			coalesce(e.reason_code, ''), coalesce(e.reason, ''), coalesce(r.checkpoint, 0), coalesce(r.estimate, 0), coalesce(r.attempt, 0)
			from exchange e left join run r on r.exchange_id = e.id where e.id = $1 order by r.attempt desc limit 1`, exchange).
			Scan(&p.Status, &c.Read, &c.Created, &c.Updated, &c.Unchanged, &c.Failed, &c.Warnings, &p.Reason.Code, &p.Reason.Text,
				&p.Checkpoint, &p.Estimate, &p.Attempts)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrUnknown
		}
		return err
	})
	return p, err
}

// StateError says that an exchange is not in a state for what was asked of it, in words for who asked.
type StateError struct{ text string }

func (e *StateError) Error() string { return e.text }

// Reopen makes an inbound file that has come to its end wait for processing again, from the content that was kept, and
// tells whose it is. A *StateError says why that cannot be.
func Reopen(ctx context.Context, tx pgx.Tx, exchange string) (partner string, err error) {
	err = tx.QueryRow(ctx, `update exchange set status = 'received', duplicate_of_id = null, finished_at = null, reason_code = null, reason = null,
		updated_at = now(), revision = revision + 1 where id = $1 and direction = 'in' and point = 'files' and content_hash is not null
		and partner_id is not null and status in ('done', 'partlyDone', 'refused') returning partner_id::text`, exchange).Scan(&partner)
	if !errors.Is(err, pgx.ErrNoRows) {
		return partner, err
	}
	var direction, point, status string
	err = tx.QueryRow(ctx, "select direction, point, status from exchange where id = $1", exchange).Scan(&direction, &point, &status)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "", ErrUnknown
	case err != nil:
		return "", err
	case direction != string(In) || point != string(FilesPoint):
		return "", &StateError{"Only files that came in can be processed again."}
	case !Status(status).Finished():
		return "", &StateError{"The file is still being processed; wait for its end."}
	}
	return "", &StateError{"The content of the file was not kept; have it sent again."}
}
