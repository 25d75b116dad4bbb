package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/module"
)

// book is a payment whose row is locked, with all its steps. Whatever changes a payment opens its book, and what is to be
// written is gathered there until close.
type book struct {
	account
	was   account
	steps []*step

	writes  *pgx.Batch
	entries []change.Entry
	now     time.Time
}

// account is a payment's row.
type account struct {
	id, organization, order, customer string
	method, channel, currency         string
	online                            bool
	capture                           module.CaptureTime
	once                              bool   // the gateway takes reserved money once and lets go of the rest
	attempt                           string // the transaction that authorizes and counts
	orderStatus                       string

	status                                 Status
	word                                   module.PaymentStatus // the gateway's last
	asked                                  *time.Time           // when the latest call began whose answer was applied
	amount, authorized, captured, refunded decimal.Decimal
	reference, nextURL, instrument         string
	captureBefore                          *time.Time
	code, message                          string
}

// step is a transaction of the payment with what is left to do for it.
type step struct {
	id                 string
	action             module.PaymentAction
	status             string
	amount             decimal.Decimal
	reference          string // the gateway's number of the step
	payment            string // the gateway's number of the payment that an authorization began
	source             string
	reason             string
	final              bool   // of a capture that waits: what it leaves is let go
	ask                string // pay, look, or "" where nothing is to be asked
	claim              string // "" where nobody is asking
	tries              int
	created            time.Time
	code, message, url string
}

const (
	// The order's row comes first: other areas lock it before they ask something of the payment.
	lockOrderSQL   = `SELECT o.id::text, o.status FROM sales_order o WHERE o.id = (SELECT order_id FROM payment WHERE id = $1) FOR NO KEY UPDATE`
	lockPaymentSQL = `SELECT id::text, organization_id::text, coalesce(order_id::text, ''), customer_id::text, method, coalesce(channel_id::text, ''), currency,
  online, capture, coalesce(attempt_id::text, ''), status, gateway_status, nullif(asked_at, '-infinity'), amount, authorized_amount, captured_amount,
  refunded_amount, coalesce(gateway_reference, ''), coalesce(next_url, ''), coalesce(instrument, ''), capture_before, coalesce(code, ''),
  coalesce(message, ''), captures_once, clock_timestamp()
FROM payment WHERE id = $1 FOR NO KEY UPDATE`
	// What nobody has asked for yet is not claimed any more while the book is open: whoever claims skips what is locked.
	lockWorkSQL = `SELECT FROM payment_work WHERE payment_id = $1 AND ask = 'pay' AND tries = 0 FOR UPDATE`
	stepsSQL    = `SELECT t.id::text, t.action, t.status, t.amount, coalesce(t.gateway_reference, ''), coalesce(t.payment_reference, ''),
  coalesce(t.source_id::text, ''), coalesce(t.reason, ''), coalesce(w.ask, ''),
  CASE WHEN w.claimed_until > clock_timestamp() THEN coalesce(w.claim::text, '') ELSE '' END, coalesce(w.tries, 0), t.created_at,
  coalesce(t.code, ''), coalesce(t.message, ''), coalesce(t.next_url, ''), coalesce(w.final, false)
FROM payment_transaction t LEFT JOIN payment_work w ON w.transaction_id = t.id WHERE t.payment_id = $1 ORDER BY t.id`
)

// queueOpen locks a payment and reads it into the book, as statements of a batch.
func (b *book) queueOpen(batch *pgx.Batch, payment string) {
	b.writes = &pgx.Batch{}
	batch.Queue(lockOrderSQL, payment).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := rows.Scan(nil, &b.orderStatus); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	batch.Queue(lockPaymentSQL, payment).QueryRow(func(row pgx.Row) error {
		return row.Scan(&b.id, &b.organization, &b.order, &b.customer, &b.method, &b.channel, &b.currency, &b.online, &b.capture, &b.attempt,
			&b.status, &b.word, &b.asked, &b.amount, &b.authorized, &b.captured, &b.refunded, &b.reference, &b.nextURL, &b.instrument,
			&b.captureBefore, &b.code, &b.message, &b.once, &b.now)
	})
	batch.Queue(lockWorkSQL, payment)
	batch.Queue(stepsSQL, payment).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			s := &step{}
			if err := rows.Scan(&s.id, &s.action, &s.status, &s.amount, &s.reference, &s.payment, &s.source, &s.reason, &s.ask, &s.claim,
				&s.tries, &s.created, &s.code, &s.message, &s.url, &s.final); err != nil {
				return err
			}
			b.steps = append(b.steps, s)
		}
		b.was = b.account
		return rows.Err()
	})
}

// open locks a payment in a transaction that runs on behalf of somebody who sees it, in one round trip with what the batch has
// already.
func open(ctx context.Context, tx pgx.Tx, payment string, batch *pgx.Batch) (*book, error) {
	b := &book{}
	b.queueOpen(batch, payment)
	err := tx.SendBatch(ctx, batch).Close()
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, command.Refuse(command.CodeNotFound, "", "There is no payment %s here.", payment)
	}
	if err != nil {
		return nil, fmt.Errorf("lock the payment %s: %w", payment, err)
	}
	return b, nil
}

// find gives a step, nil if the payment has no such.
func (b *book) find(id string) *step {
	for _, s := range b.steps {
		if s.id == id {
			return s
		}
	}
	return nil
}

// reserved tells that there is money which can still be taken, also where a part was given back meanwhile.
func (b *book) reserved() bool {
	return b.word == module.PaymentAuthorized && !b.status.Waiting() && !b.status.Over()
}

// asks tells whether a step other than this one waits for its call.
func (b *book) asks(than string) bool {
	for _, s := range b.steps {
		if s.ask == "pay" && s.id != than {
			return true
		}
	}
	return false
}

// pending is the sum of the steps of an action that wait for their answer.
func (b *book) pending(action module.PaymentAction) (sum decimal.Decimal, n int) {
	for _, s := range b.steps {
		if s.action == action && s.status == stepPending {
			sum, n = sum.Add(s.amount), n+1
		}
	}
	return sum, n
}

// takable is how much of what is authorized may still be asked for.
func (b *book) takable() decimal.Decimal {
	under, _ := b.pending(module.Capture)
	return b.authorized.Sub(b.captured).Sub(under)
}

// returnable is how much of what was taken may still be given back. A refund counts from when it is asked for, since a
// gateway may carry it out later.
func (b *book) returnable(attempt string, captured, refunded decimal.Decimal) decimal.Decimal {
	var asked, under decimal.Decimal
	for _, s := range b.steps {
		if s.action != module.Refund || s.source != attempt || s.status == stepFailed {
			continue
		}
		if asked = asked.Add(s.amount); s.status == stepPending {
			under = under.Add(s.amount)
		}
	}
	return captured.Sub(decimal.Max(asked, refunded.Add(under)))
}

// cancelling is the cancellation that waits for its answer, nil if there is none.
func (b *book) cancelling(attempt string) *step {
	for _, s := range b.steps {
		if s.action == module.Cancel && s.source == attempt && s.status == stepPending {
			return s
		}
	}
	return nil
}
