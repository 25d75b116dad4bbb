package payment

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/module"
)

// recordCheck writes what a gateway answered to the check of a card, which belongs to no payment.
func (d *Desk) recordCheck(ctx context.Context, t *task, s *module.PaymentState, err error) error {
	o := outcome{status: stepPending}
	var wait *float64
	again := func(seconds float64) { wait = &seconds }
	e := failure(err)
	switch {
	case err == nil:
		if o = checkOutcome(s); t.ask == "pay" {
			o.reference = s.Step
		}
		if o.status == stepPending || o.status == stepRequiresAction {
			again(pause(t.tries + 3).Seconds())
		}
	case e.Retryable() && t.tries < 8 || t.ask == "look" && t.tries < 20:
		o.status, o.code, o.message = "", code(e), words(t, e)
		again(max(pause(t.tries), e.RetryAfter).Seconds())
	default:
		o.status, o.code, o.message = stepFailed, code(e), words(t, e)
	}
	caller := d.caller(t.organization)
	err = d.transact(ctx, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return writeCheck(ctx, tx, caller, t.transaction, o, err == nil, wait)
	})
	if err == nil && d.Committed != nil {
		d.Committed()
	}
	return err
}

func checkOutcome(s *module.PaymentState) outcome {
	o := outcome{status: stepPending, payment: s.Reference, instrument: s.Instrument}
	switch s.Status {
	case module.PaymentValidated, module.PaymentAuthorized, module.PaymentCaptured:
		o.status = stepSucceeded
	case module.PaymentRequiresAction:
		o.status, o.url = stepRequiresAction, s.NextURL
	case module.PaymentFailed, module.PaymentVoided, module.PaymentExpired:
		o.status, o.code, o.message = stepFailed, or(s.Code, "refused"), s.Message
	default:
		o.url = s.NextURL
	}
	return o
}

// writeCheck concludes a check. wait says in how many seconds it is asked for again, nil never; answered that from now on it
// is looked at only.
func writeCheck(ctx context.Context, tx pgx.Tx, caller access.Caller, transaction string, o outcome, answered bool, wait *float64) error {
	var status string
	err := tx.QueryRow(ctx, "SELECT status FROM payment_transaction WHERE id = $1 FOR NO KEY UPDATE", transaction).Scan(&status)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && (status == stepSucceeded || status == stepFailed) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("lock the check %s: %w", transaction, err)
	}
	if o.status == "" {
		o.status = status
	}
	batch := &pgx.Batch{}
	batch.Queue(updateStepSQL, transaction, o.status, o.code, o.message, o.url, o.reference, o.payment, o.instrument)
	if wait == nil {
		batch.Queue("DELETE FROM payment_work WHERE transaction_id = $1", transaction)
	} else {
		batch.Queue(`UPDATE payment_work SET ask = CASE WHEN $3 THEN 'look' ELSE ask END, token = CASE WHEN $3 THEN NULL ELSE token END,
			due_at = clock_timestamp() + make_interval(secs => $2), claim = NULL, claimed_until = NULL WHERE transaction_id = $1`, transaction, *wait, answered)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("write the check %s: %w", transaction, err)
	}
	return change.Append(ctx, tx, caller, change.Entry{Resource: Transactions.Name, Event: change.Updated, IDs: []string{transaction},
		Fields: []string{"status", "code", "message"}})
}
