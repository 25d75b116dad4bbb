package payment

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/module"
)

// giveUpAll looks for payments that wait for too long, whosever they are, and gives up each in a transaction of its own. One
// that cannot be is put off on this node, and stands in nobody's way.
func (d *Desk) giveUpAll(ctx context.Context) error {
	off := d.putOff.names(time.Now())
	var waiting [][2]string // organization, payment
	err := pgx.BeginFunc(ctx, d.DB, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT p.organization_id::text, p.id::text
			FROM payment p JOIN payment_transaction a ON a.id = p.attempt_id
			WHERE p.status IN ('pending', 'requiresAction') AND a.created_at < now() - make_interval(secs => $1)
			  AND (a.created_at < now() - make_interval(secs => 2 * $1) OR NOT EXISTS (SELECT FROM payment_transaction t
			    WHERE t.payment_id = p.id AND t.action = 'cancel' AND t.status = 'pending'))
			  AND NOT EXISTS (SELECT FROM payment_work w WHERE w.payment_id = p.id AND w.ask = 'pay'
			    AND w.claimed_until > clock_timestamp())
			  AND p.id <> ALL ($3::uuid[])
			ORDER BY a.created_at LIMIT $2`, d.giveUp().Seconds(), giveUpMost, off)
		if err != nil {
			return err
		}
		waiting, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (w [2]string, err error) {
			return w, row.Scan(&w[0], &w[1])
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("look for payments that nobody goes on with: %w", err)
	}
	var failed []error
	for _, w := range waiting {
		err := d.within(ctx, w[0], w[1], func(b *book) error { d.giveUpOne(b); return nil })
		if err != nil {
			d.putOff.add(w[1], time.Now().Add(longestPause))
			failed = append(failed, fmt.Errorf("give up the payment %s: %w", w[1], err))
			continue
		}
		d.Nudge()
	}
	return errors.Join(failed...)
}

// putOff are payments that this node leaves alone for a while.
type putOff struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func (p *putOff) add(payment string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until == nil {
		p.until = map[string]time.Time{}
	}
	p.until[payment] = until
}

// names forgets whose time is over and gives the others.
func (p *putOff) names(now time.Time) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.until, func(_ string, until time.Time) bool { return until.Before(now) })
	return slices.AppendSeq([]string{}, maps.Keys(p.until))
}

// giveUpOne gives up a payment that nobody goes on with. First the gateway is asked to cancel, and only its answer ends the
// payment: money that arrives at the last moment is still taken. A gateway that does not answer for as long again is not waited
// for; should there be money after all, it goes back when it is heard of.
func (d *Desk) giveUpOne(b *book) {
	attempt := b.find(b.attempt)
	began := b.now
	if attempt != nil {
		began = attempt.created
	}
	if !b.status.Waiting() || b.now.Sub(began) < d.giveUp() || attempt == nil || attempt.ask == "pay" && attempt.claim != "" {
		return
	}
	late := b.now.Sub(began) > 2*d.giveUp()
	if late && b.unaskable(attempt.id) {
		b.fail(Voided, reasonAbandoned, "The channel cannot be asked whether there is money; what it has is cancelled or goes back when it is heard of.")
		b.conclude(attempt, outcome{status: stepFailed, code: reasonAbandoned})
		return
	}
	if b.cancelling(attempt.id) == nil {
		if b.refusedLately(attempt.id) {
			return
		}
		b.abandon(attempt, reasonAbandoned)
		return
	}
	if late {
		b.fail(Voided, reasonAbandoned, "The gateway did not answer whether it cancelled the payment; money that it has goes back when it is heard of.")
		b.conclude(attempt, outcome{status: stepFailed, code: reasonAbandoned})
	}
}

// unaskable tells that the last cancellation failed since the channel is misconfigured, or does not exist any more.
func (b *book) unaskable(attempt string) (so bool) {
	for _, s := range b.steps {
		if s.action == module.Cancel && s.source == attempt {
			so = s.status == stepFailed && s.code == codeNotConfigured
		}
	}
	return so
}

// refusedLately tells that the gateway would not cancel a moment ago; a look at what it has is on its way.
func (b *book) refusedLately(attempt string) bool {
	for _, s := range b.steps {
		if s.action == module.Cancel && s.source == attempt && s.status == stepFailed && b.now.Sub(s.created) < longestPause {
			return true
		}
	}
	return false
}
