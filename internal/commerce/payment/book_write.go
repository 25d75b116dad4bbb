package payment

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// What can come of a step.
const (
	stepPending        = "pending"
	stepSucceeded      = "succeeded"
	stepFailed         = "failed"
	stepRequiresAction = "requiresAction"
)

const (
	insertStepSQL = `INSERT INTO payment_transaction (id, organization_id, action, status, method, amount, currency, customer_id, payment_id, channel_id,
  order_id, source_id, gateway_reference, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, '')::uuid, nullif($11, '')::uuid, nullif($12, '')::uuid, nullif($13, ''), nullif($14, ''))`
	insertWorkSQL = `INSERT INTO payment_work (transaction_id, organization_id, customer_id, payment_id, final, token, return_url, cancel_url, language, due_at)
VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7, $8, $9, clock_timestamp() + CASE WHEN $10 THEN interval '0' ELSE interval '3 seconds' END)`
	// The number that the gateway gave is kept for one step alone: a gateway may use the same for an authorization and its capture.
	updateStepSQL = `UPDATE payment_transaction t SET status = $2, code = nullif($3, ''), message = nullif($4, ''), next_url = nullif($5, ''),
  gateway_reference = CASE WHEN $6 = '' OR EXISTS (SELECT FROM payment_transaction o WHERE o.organization_id = t.organization_id
    AND o.method = t.method AND o.gateway_reference = $6 AND o.id <> t.id) THEN t.gateway_reference ELSE $6 END,
  payment_reference = coalesce(nullif($7, ''), payment_reference), instrument = coalesce(nullif($8, ''), instrument),
  updated_at = now(), revision = revision + 1 WHERE id = $1`
	updatePaymentSQL = `UPDATE payment SET status = $2, gateway_status = $3, asked_at = coalesce($4, asked_at), authorized_amount = $5, captured_amount = $6,
  refunded_amount = $7, gateway_reference = nullif($8, ''), next_url = nullif($9, ''), instrument = nullif($10, ''), capture_before = $11,
  code = nullif($12, ''), message = nullif($13, ''), attempt_id = $14, captures_once = $15, updated_at = now(), revision = revision + 1 WHERE id = $1`
)

// asking is what goes with a step that is to be asked for.
type asking struct {
	final                                 bool
	soon                                  bool // nobody asks behind the commit, so the sweep need not wait for him
	token, returnURL, cancelURL, language string
}

// add writes a further step that waits for its call.
func (b *book) add(action module.PaymentAction, amount decimal.Decimal, source, reason string, a asking) *step {
	s := b.note(action, stepPending, amount, source, "", reason)
	s.ask, s.final = "pay", a.final
	b.writes.Queue(insertWorkSQL, s.id, b.organization, b.customer, b.id, a.final, a.token, a.returnURL, a.cancelURL, a.language, a.soon)
	return s
}

// note writes a further step, done or to be done.
func (b *book) note(action module.PaymentAction, status string, amount decimal.Decimal, source, reference, reason string) *step {
	s := &step{id: uuid.Must(uuid.NewV7()).String(), action: action, status: status, amount: amount, source: source, reference: reference,
		reason: reason, created: b.now}
	b.steps = append(b.steps, s)
	b.writes.Queue(insertStepSQL, s.id, b.organization, string(action), status, b.method, amount, b.currency, b.customer, b.id, b.channel,
		b.order, source, reference, reason)
	b.entries = append(b.entries, change.Entry{Resource: Transactions.Name, Event: change.Created, IDs: []string{s.id}})
	return s
}

// outcome is what came of a step.
type outcome struct {
	status, code, message, url string
	reference, payment         string // the gateway's numbers of the step and of the payment
	instrument                 string
}

// conclude writes what came of a step, if that is news. A step that is done stays as it is.
func (b *book) conclude(s *step, o outcome) {
	news := o.status != s.status || o.code != s.code || o.message != s.message || o.url != s.url ||
		o.payment != "" && o.payment != s.payment
	if s.status == stepSucceeded || s.status == stepFailed || !news {
		return
	}
	s.status, s.code, s.message, s.url = o.status, o.code, o.message, o.url
	if o.payment != "" {
		s.payment = o.payment
	}
	if o.reference != "" {
		s.reference = o.reference
	}
	b.writes.Queue(updateStepSQL, s.id, o.status, o.code, o.message, o.url, o.reference, o.payment, o.instrument)
	b.entries = append(b.entries, change.Entry{Resource: Transactions.Name, Event: change.Updated, IDs: []string{s.id}, Fields: []string{"status", "code", "message"}})
	if o.status == stepFailed && b.order != "" {
		switch {
		case s.action == module.Refund:
			b.toNothing("order.refundFailed", s)
		case s.action == module.Capture && s.reason == reasonShipped && o.code != CodeShort:
			b.toNothing("order.captureFailed", s)
		}
	}
}

// toNothing tells of an order's refund, or of a capture for goods that have left, that came to nothing, perhaps days after it was
// asked for.
func (b *book) toNothing(event string, s *step) {
	data, _ := json.Marshal(map[string]string{"payment": b.id, "transaction": s.id, "amount": s.amount.String(), "currency": b.currency,
		"reason": s.reason, "code": s.code}) // strings always marshal
	b.entries = append(b.entries, change.Entry{Resource: "orders", Event: event, IDs: []string{b.order}, Data: data})
}

// number keeps the gateway's number of a step that is done.
func (b *book) number(s *step, reference string) {
	s.reference = reference
	b.writes.Queue(`UPDATE payment_transaction t SET gateway_reference = $2, updated_at = now(), revision = revision + 1
		WHERE id = $1 AND gateway_reference IS NULL AND NOT EXISTS (SELECT FROM payment_transaction o
		WHERE o.organization_id = t.organization_id AND o.method = t.method AND o.gateway_reference = $2)`, s.id, reference)
}

// later puts off what is to be asked for a step; the token stays for a call that has not been answered yet.
func (b *book) later(s *step, pause time.Duration) {
	b.writes.Queue(`UPDATE payment_work SET due_at = clock_timestamp() + make_interval(secs => $2), claim = NULL, claimed_until = NULL WHERE transaction_id = $1`,
		s.id, pause.Seconds())
}

// look has the payment of an attempt looked at after a pause, nil for never unless something happens.
func (b *book) look(s *step, pause *time.Duration) {
	s.ask = "look"
	var seconds *float64
	if pause != nil {
		v := pause.Seconds()
		seconds = &v
	}
	b.writes.Queue(`INSERT INTO payment_work (transaction_id, organization_id, customer_id, payment_id, ask, due_at)
		VALUES ($1, $2, $3, $4, 'look', coalesce(clock_timestamp() + make_interval(secs => $5), 'infinity'))
		ON CONFLICT (transaction_id) DO UPDATE SET ask = 'look', token = NULL, due_at = excluded.due_at, claim = NULL, claimed_until = NULL`,
		s.id, b.organization, b.customer, b.id, seconds)
}

// done takes a step off the list of what is to be asked, and its token with it.
func (b *book) done(s *step) {
	if s.ask != "" {
		b.writes.Queue(`DELETE FROM payment_work WHERE transaction_id = $1`, s.id)
		s.ask = ""
	}
}

// finish queues the payment's row where it changed, and gives what the change log is to be told.
func (b *book) finish() []change.Entry {
	changed := b.fields()
	if len(changed) > 0 || !sameTime(b.asked, b.was.asked) || b.word != b.was.word || b.attempt != b.was.attempt ||
		b.once != b.was.once {
		b.writes.Queue(updatePaymentSQL, b.id, b.status, string(b.word), b.asked, b.authorized, b.captured, b.refunded, b.reference, b.nextURL,
			b.instrument, b.captureBefore, b.code, b.message, b.attempt, b.once)
	}
	if len(changed) > 0 {
		return append([]change.Entry{b.entry(changed)}, b.entries...)
	}
	return b.entries
}

// write writes what was gathered, and gives what the change log is to be told.
func (b *book) write(ctx context.Context, tx pgx.Tx) ([]change.Entry, error) {
	entries := b.finish()
	return entries, b.send(ctx, tx)
}

func (b *book) send(ctx context.Context, tx pgx.Tx) error {
	if b.writes.Len() == 0 {
		return nil
	}
	if err := tx.SendBatch(ctx, b.writes).Close(); err != nil {
		return fmt.Errorf("write the payment %s: %w", b.id, err)
	}
	return nil
}

// close writes what was gathered, logs, and tells the order, all in the transaction that opened the book.
func (b *book) close(ctx context.Context, tx pgx.Tx, caller access.Caller, orders Orders) error {
	if entries := b.finish(); len(entries) > 0 {
		if err := change.Queue(b.writes, caller, entries...); err != nil {
			return err
		}
	}
	if err := b.send(ctx, tx); err != nil {
		return err
	}
	if !b.moved() || b.order == "" || orders == nil {
		return nil
	}
	if err := orders.PaymentChanged(ctx, tx, caller, b.change()); err != nil {
		return fmt.Errorf("tell the order %s of its payment: %w", b.order, err)
	}
	return nil
}

// moved tells that status or sums are others than before.
func (b *book) moved() bool {
	return b.status != b.was.status || !b.authorized.Equal(b.was.authorized) || !b.captured.Equal(b.was.captured) || !b.refunded.Equal(b.was.refunded)
}

func (b *book) change() Change {
	return Change{Order: b.order, Payment: b.id, From: b.was.status, To: b.status, Authorized: money.Of(b.authorized, b.currency),
		Captured: money.Of(b.captured, b.currency), Refunded: money.Of(b.refunded, b.currency), Code: b.code, Message: b.message}
}

// fields are the wire names of what changed.
func (b *book) fields() (names []string) {
	for _, f := range []struct {
		name string
		same bool
	}{
		{"status", b.status == b.was.status},
		{"authorizedAmount", b.authorized.Equal(b.was.authorized)}, {"capturedAmount", b.captured.Equal(b.was.captured)},
		{"refundedAmount", b.refunded.Equal(b.was.refunded)},
		{"gatewayReference", b.reference == b.was.reference}, {"nextUrl", b.nextURL == b.was.nextURL},
		{"instrument", b.instrument == b.was.instrument}, {"captureBefore", sameTime(b.captureBefore, b.was.captureBefore)},
		{"code", b.code == b.was.code}, {"message", b.message == b.was.message},
	} {
		if !f.same {
			names = append(names, f.name)
		}
	}
	return names
}

// entry is what the change log is told: an event of the status's name where that changed.
func (b *book) entry(fields []string) change.Entry {
	e := change.Entry{Resource: Payments.Name, Event: change.Updated, IDs: []string{b.id}, Fields: fields}
	if b.status != b.was.status {
		e.Event = "payment." + string(b.status)
	}
	e.Data, _ = json.Marshal(map[string]string{"status": string(b.status), "order": b.order, "currency": b.currency,
		"authorizedAmount": b.authorized.String(), "capturedAmount": b.captured.String(), "refundedAmount": b.refunded.String()}) // strings always marshal
	return e
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}
