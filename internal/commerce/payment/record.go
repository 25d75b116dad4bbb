package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// patience is how long a capture, cancellation or refund is asked for again while its gateway does not answer.
const patience = 3 * 24 * time.Hour

// work does the three steps of one task that is claimed: the claim was the first, here are the call and what is written of it.
// What it gives is how the payment stands behind it.
func (d *Desk) work(ctx context.Context, t *task) (after Standing, err error) {
	ctx = context.WithoutCancel(ctx) // money that was asked for is written down, whoever has gone meanwhile
	s, failed := d.call(ctx, t)
	if t.payment == "" {
		return after, d.recordCheck(ctx, t, s, failed)
	}
	err = d.within(ctx, t.organization, t.payment, func(b *book) error {
		err := d.record(b, t, s, failed)
		after = Standing{Status: b.status, Code: b.code, more: b.asks(t.transaction)}
		return err
	})
	return after, err
}

// Standing is how a payment stands.
type Standing struct {
	Status Status
	Code   string // why it came to nothing
	more   bool   // there is something else to be asked
}

// within opens a payment's book in a transaction of the platform's own, and closes it.
func (d *Desk) within(ctx context.Context, organization, payment string, do func(b *book) error) error {
	caller := d.caller(organization)
	err := d.transact(ctx, func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		access.Queue(batch, caller)
		b, err := open(ctx, tx, payment, batch)
		if err != nil {
			return err
		}
		if err := do(b); err != nil {
			return err
		}
		return b.close(ctx, tx, caller, d.Orders)
	})
	if err == nil && d.Committed != nil {
		d.Committed()
	}
	return err
}

// transact runs a transaction, and again when it lost against another.
func (d *Desk) transact(ctx context.Context, do func(tx pgx.Tx) error) (err error) {
	for range 6 {
		err = pgx.BeginFunc(ctx, d.DB, do)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "40001" && pg.Code != "40P01" {
			return err
		}
	}
	return err
}

// record writes what a gateway answered. A claim that ran out meanwhile does not matter to what the gateway has, only to who
// asks next.
func (d *Desk) record(b *book, t *task, s *module.PaymentState, err error) error {
	own := b.find(t.transaction)
	attempt := b.find(t.attempt)
	if own == nil || attempt == nil {
		return fmt.Errorf("the payment %s has lost its transaction %s", t.payment, t.transaction)
	}
	if err != nil {
		if own.claim != "" && own.claim != t.claim {
			return nil // another node asks by now
		}
		if t.ask == "look" {
			b.unseen(own, failure(err))
		} else {
			b.unpaid(own, t, failure(err))
		}
		return nil
	}
	if t.ask == "pay" && own.status == stepPending {
		if !b.online {
			s = b.noted(own, t, s)
		}
		if own != attempt && !b.answered(own, s) {
			return nil
		}
		own.reference = s.Step
	} else if t.ask == "pay" && own.reference == "" && s.Step != "" { // a message of the gateway was quicker
		b.number(own, s.Step)
	}
	if err := b.apply(s, attempt, t.started); err != nil {
		d.log().Error("what a gateway answered cannot be applied", "payment", b.id, "transaction", own.id, "error", err)
		if own.ask != "" {
			b.later(own, pause(t.tries))
		}
		return nil
	}
	if t.ask == "look" && own != attempt {
		b.settleDoubt(own)
	}
	return nil
}

// noted makes a state of what a module that asks nobody took note of: the sums are kept here alone.
func (b *book) noted(own *step, t *task, told *module.PaymentState) *module.PaymentState {
	s := *told
	authorized, captured, refunded := b.authorized, b.captured, b.refunded
	s.Status, s.Step = b.word, ""
	switch own.action {
	case module.Authorize:
		authorized, s.Status = own.amount, module.PaymentAuthorized
	case module.Capture:
		if captured = captured.Add(own.amount); t.final || captured.GreaterThanOrEqual(authorized) {
			s.Status = module.PaymentCaptured
		}
	case module.Cancel:
		if s.Status = module.PaymentVoided; captured.IsPositive() {
			s.Status = module.PaymentCaptured
		}
	case module.Refund:
		refunded = refunded.Add(own.amount)
	}
	s.Authorized, s.Captured, s.Refunded = money.Of(authorized, b.currency), money.Of(captured, b.currency), money.Of(refunded, b.currency)
	return &s
}

// answered concludes a capture, cancellation or refund. It reports false where the state is the refusal of the step and says
// nothing of the payment.
func (b *book) answered(own *step, s *module.PaymentState) bool {
	o := outcome{status: stepSucceeded, reference: s.Step}
	switch {
	case s.Status == module.PaymentFailed && own.action != module.Cancel:
		o = outcome{status: stepFailed, code: or(s.Code, "refused"), message: s.Message, reference: s.Step}
	case own.action == module.Cancel && s.Status == module.PaymentAuthorized:
		o = outcome{status: stepFailed, code: or(s.Code, "not_cancelled"), message: or(s.Message, "The gateway still has the money reserved.")}
	case own.action == module.Cancel && rank(s.Status) == 0:
		b.later(own, pause(own.tries))
		return true
	}
	b.conclude(own, o)
	b.done(own)
	if o.status == stepFailed {
		b.keepRest(own)
		b.ask(own.source)
		return s.Status != module.PaymentFailed
	}
	return true
}

// ask has the payment of an attempt looked at as soon as may be.
func (b *book) ask(attempt string) {
	if a := b.find(attempt); a != nil && b.online && a.ask != "pay" {
		b.look(a, new(time.Duration))
	}
}

// unseen puts off a look that had no answer. An attempt that is over and of which the gateway knows nothing is left alone.
func (b *book) unseen(own *step, e *module.Error) {
	if own.action != module.Authorize {
		b.stillInDoubt(own, e)
		return
	}
	if (b.status.Over() || own.id != b.attempt) && (!e.Retryable() || own.tries > 20) {
		b.done(own)
		return
	}
	wait := max(pause(own.tries), e.RetryAfter)
	if !e.Retryable() {
		wait = longestPause
	}
	b.look(own, &wait)
}

// unpaid decides what becomes of a step that the gateway did not do, or of which it is not known.
// What an earlier call may have reached the gateway with is not given up before a look tells that it was not done.
func (b *book) unpaid(own *step, t *task, e *module.Error) {
	first := own.action == module.Authorize
	later := e.Retryable() || e.Class == module.Unauthorized && !first
	switch {
	case own.status != stepPending: // a message of the gateway was quicker
	case later && (first || b.now.Sub(own.created) < patience):
		wait := max(pause(own.tries), e.RetryAfter)
		if e.Class == module.Unauthorized {
			wait = longestPause
		}
		b.conclude(own, outcome{status: stepPending, code: code(e), message: words(t, e)})
		b.later(own, wait)
	case b.online && !first && e.Class != module.Refused && (own.tries > 1 || e.Retryable()):
		b.doubt(own, code(e), words(t, e))
	default:
		b.conclude(own, outcome{status: stepFailed, code: code(e), message: words(t, e)})
		b.done(own)
		if !first {
			b.keepRest(own)
			b.ask(own.source)
			return
		}
		if own.id == b.attempt && b.status.Waiting() {
			b.word = module.PaymentFailed
			b.fail(Failed, code(e), words(t, e))
		}
		if own.tries > 1 { // an earlier call may have reached the gateway after all
			wait := time.Minute
			b.look(own, &wait)
		}
	}
}

// code is the stable code of an error for whoever asked: what is wrong with the channel is no business of the buyer's.
func code(e *module.Error) string {
	switch {
	case e.Class == module.Refused:
		return or(e.Code, "refused")
	case e.Retryable():
		return "unreachable"
	}
	return codeNotConfigured
}

// codeNotConfigured is the code of what a channel cannot do, whatever is wrong with it.
const codeNotConfigured = "not_configured"

// words tell staff what is wrong and what to do.
func words(t *task, e *module.Error) string {
	switch {
	case e.Class == module.Refused:
		return e.Error()
	case e.Class == module.Unauthorized:
		return fmt.Sprintf("The channel %s is not let in by its gateway, or cannot be used as it is set: %s. Mend its credentials and settings and test the connection.", t.code, e)
	case e.Retryable():
		return fmt.Sprintf("The gateway of the channel %s did not answer and is asked again: %s", t.code, e)
	}
	return fmt.Sprintf("The channel %s cannot do this: %s", t.code, e)
}
