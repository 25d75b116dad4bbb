package payment

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
)

// apply writes what the gateway has of an attempt to pay. A state is all that the gateway has and not what changed, so it
// may be applied late, twice or in any order: sums only grow, and its word goes one way. started is when the call began that
// told it: where a call that began later was applied before, nobody knows which answer is the newer, and the gateway is asked
// once more.
func (b *book) apply(s *module.PaymentState, attempt *step, started time.Time) error {
	for _, a := range []struct{ currency, of string }{{s.Authorized.Currency, "authorized"}, {s.Captured.Currency, "captured"}, {s.Refunded.Currency, "refunded"}} {
		if a.currency != "" && a.currency != b.currency {
			return fmt.Errorf("the gateway has %s in %s of the payment %s, which is in %s; the reference is that of another payment", a.of, a.currency, b.id, b.currency)
		}
	}
	if s.Refunded.Number.GreaterThan(s.Captured.Number) {
		return fmt.Errorf("the gateway says that it gave back %s of %s for the payment %s", s.Refunded, s.Captured, b.id)
	}
	if attempt.id != b.attempt { // an attempt that was thought to have failed
		b.concludeAttempt(s, attempt)
		b.giveBack(s, attempt)
		b.watch(s, attempt)
		return nil
	}
	b.adopt(s)
	certain := b.count(s, started)
	b.tell(s)
	b.concludeAttempt(s, attempt)
	if certain { // what may be old says nothing of what there is now
		if b.status.Over() || b.online && b.orderStatus == "cancelled" && !b.status.Waiting() {
			b.giveBack(s, attempt)
		}
		b.watch(s, attempt)
	} else {
		b.look(attempt, new(time.Duration))
	}
	return nil
}

// count takes the sums and the word of a state and gives the status that they mean. It reports whether the state is known
// not to be older than what was applied before.
func (b *book) count(s *module.PaymentState, started time.Time) (certain bool) {
	last := b.asked == nil || !started.Before(*b.asked)
	lower := s.Captured.Number.LessThan(b.captured) || s.Refunded.Number.LessThan(b.refunded)
	grew := s.Authorized.Number.GreaterThan(b.authorized) || s.Captured.Number.GreaterThan(b.captured) || s.Refunded.Number.GreaterThan(b.refunded)
	doubtful := !last && s.Refunded.Number.GreaterThan(b.refunded) && b.bounced() // it may be from before the refund came back
	b.captured = decimal.Max(b.captured, s.Captured.Number)
	if !doubtful {
		b.refunded = decimal.Max(b.refunded, s.Refunded.Number)
	}
	b.authorized = decimal.Max(b.authorized, s.Authorized.Number, b.captured)
	if last {
		b.asked = &started
	}
	next, now := rank(s.Status), rank(b.word)
	taken := !lower && (next > now || next == now && (next == 0 || s.Status == b.word) || grew && last)
	if taken {
		b.word = s.Status
	}
	b.rest()
	return (taken || last) && !doubtful
}

// bounced tells that a refund came back, the one reason for which a sum gets less.
func (b *book) bounced() bool {
	for _, s := range b.steps {
		if s.action == module.Refund && s.code == codeRefundFailed {
			return true
		}
	}
	return false
}

// rank is how far a word of the gateway's goes; it never goes back by an older answer.
func rank(word module.PaymentStatus) int {
	switch word {
	case module.PaymentAuthorized:
		return 1
	case module.PaymentCaptured, module.PaymentVoided, module.PaymentExpired, module.PaymentFailed:
		return 2
	}
	return 0
}

// rest gives the payment the status that follows from word and sums.
func (b *book) rest() {
	next := statusOf(b.word, b.captured, b.refunded)
	switch {
	case b.status.Over(): // money that arrives now goes back; the order is not told that there is any
		if next == Refunded {
			b.status = next
		}
	case b.status.Waiting() && next == Authorized && b.cancelling(b.attempt) != nil: // not before the cancellation is answered
	case b.status.Waiting() && next.money() && b.authorized.LessThan(b.amount):
		b.fail(Failed, "amount_differs", fmt.Sprintf("The gateway has %s of %s %s; what there is goes back.", b.authorized, b.amount, b.currency))
	case b.status.Waiting() && next.money() && b.orderStatus == "cancelled":
		b.fail(Voided, CodeOrderCancelled, "The order was cancelled meanwhile; what there is goes back.")
	case b.status.Waiting() && next == Refunded: // at the gateway's own screens, before it was heard of
		b.fail(Failed, "refunded", "The gateway took the money and has given all of it back.")
	default:
		b.status = next
	}
}

// fail ends a payment that waits.
func (b *book) fail(status Status, code, message string) {
	b.status, b.code, b.message, b.nextURL = status, code, message, ""
}

// tell takes over what a state says for people.
func (b *book) tell(s *module.PaymentState) {
	if s.Reference != "" {
		b.reference = s.Reference
	}
	if s.Instrument != "" {
		b.instrument = s.Instrument
	}
	if !s.CaptureBefore.IsZero() {
		b.captureBefore = &s.CaptureBefore
	}
	if s.Status == module.PaymentAuthorized {
		b.once = s.CapturesOnce
	}
	b.nextURL = ""
	if b.status.Waiting() {
		b.nextURL = s.NextURL
	}
	switch {
	case b.status == Failed && b.code == "":
		b.code, b.message = or(s.Code, "refused"), s.Message
	case b.status == Voided && b.was.status.Waiting() && b.code == "":
		if b.code = codeCancelled; b.abandoned() {
			b.code = reasonAbandoned
		}
	}
}

// abandoned tells that the payment was cancelled because nobody went on with it.
func (b *book) abandoned() bool {
	for _, s := range b.steps {
		if s.action == module.Cancel && s.reason == reasonAbandoned {
			return true
		}
	}
	return false
}

// concludeAttempt writes what came of the step that began the payment.
func (b *book) concludeAttempt(s *module.PaymentState, attempt *step) {
	o := outcome{status: stepPending, payment: s.Reference, instrument: s.Instrument, reference: attempt.reference}
	switch s.Status {
	case module.PaymentRequiresAction:
		o.status, o.url = stepRequiresAction, s.NextURL
	case module.PaymentAuthorized, module.PaymentCaptured, module.PaymentValidated:
		o.status = stepSucceeded
	case module.PaymentVoided, module.PaymentExpired, module.PaymentFailed:
		o.status, o.code, o.message = stepFailed, or(s.Code, string(s.Status)), s.Message
		if s.Status == module.PaymentVoided && b.code != "" {
			o.code = b.code
		}
	}
	b.conclude(attempt, o)
}

// watch says when the gateway is to be asked unasked: soon while the buyer is busy, when an authorization ends, never where
// nothing can come any more. Messages of the gateway come in between.
func (b *book) watch(s *module.PaymentState, attempt *step) {
	switch rank(s.Status) {
	case 0:
		wait := pause(attempt.tries + 3)
		b.look(attempt, &wait)
	case 1:
		var wait *time.Duration
		if !s.CaptureBefore.IsZero() {
			until := max(s.CaptureBefore.Sub(b.now)+time.Minute, time.Hour)
			if s.CaptureBefore.After(b.now) {
				until = s.CaptureBefore.Sub(b.now) + time.Minute
			}
			wait = &until
		}
		b.look(attempt, wait)
	default:
		if b.online && s.Status == module.PaymentVoided && s.Reference == "" && attempt.tries > 0 {
			wait := longestCall // the gateway knew of nothing; a call whose node died may still reach it
			b.look(attempt, &wait)
			return
		}
		b.done(attempt)
	}
}

// adopt takes over steps that the gateway has on its books: those of ours whose answer was lost, and those that were made at
// its own screens.
func (b *book) adopt(s *module.PaymentState) {
	for _, d := range s.Done {
		if d.Step == "" || d.Action != module.Capture && d.Action != module.Refund && d.Action != module.Cancel {
			continue
		}
		if own := b.find(d.Attempt); own != nil {
			if own.action == d.Action && own.status == stepPending {
				b.conclude(own, doneOutcome(d))
				b.done(own)
				if d.Failed {
					b.keepRest(own)
				}
			}
			if d.Action == module.Refund && d.Failed && own.status == stepSucceeded {
				b.bounce(own, s)
			}
			continue
		}
		if _, waiting := b.pending(d.Action); d.Attempt == "" && !d.Failed && waiting == 0 && !b.knows(d.Step) {
			b.note(d.Action, stepSucceeded, d.Amount.Number, b.attempt, d.Step, "made at the gateway")
		}
	}
}

// bounce takes a refund back that did not arrive after all: gateways tell so days later.
func (b *book) bounce(own *step, s *module.PaymentState) {
	b.refunded = decimal.Max(s.Refunded.Number, b.refunded.Sub(own.amount))
	own.status = stepPending
	b.conclude(own, outcome{status: stepFailed, code: codeRefundFailed, message: "The refund did not reach the buyer; give the money back in another way."})
}

func doneOutcome(d module.PaymentStep) outcome {
	if d.Failed {
		return outcome{status: stepFailed, code: "refused", reference: d.Step}
	}
	return outcome{status: stepSucceeded, reference: d.Step}
}

// knows tells whether the gateway's number of a step is that of one here.
func (b *book) knows(reference string) bool {
	for _, s := range b.steps {
		if s.reference == reference {
			return true
		}
	}
	return false
}

// giveBack sends money back that arrived for an attempt that counts no more: what is reserved is cancelled, what was taken is
// refunded, each by a step of its own. What the gateway refuses some times over is left to staff.
func (b *book) giveBack(s *module.PaymentState, attempt *step) {
	if s.Status == module.PaymentAuthorized && b.cancelling(attempt.id) == nil && b.failures(module.Cancel, attempt.id) < giveBackTries {
		b.add(module.Cancel, decimal.Zero, attempt.id, reasonLate, asking{})
	}
	if left := b.returnable(attempt.id, s.Captured.Number, s.Refunded.Number); left.IsPositive() && b.failures(module.Refund, attempt.id) < giveBackTries {
		b.add(module.Refund, left, attempt.id, reasonLate, asking{})
	}
}

const giveBackTries = 3

// failures counts the steps of an attempt that came to nothing.
func (b *book) failures(action module.PaymentAction, attempt string) (n int) {
	for _, s := range b.steps {
		if s.action == action && s.source == attempt && s.status == stepFailed {
			n++
		}
	}
	return n
}

// codeCancelled is the code of a payment that was stopped before there was money.
const codeCancelled = "cancelled"

// codeRefundFailed is the code of a refund that the gateway sent and that came back.
const codeRefundFailed = "refund_failed"

// Reasons of steps that nobody asked for.
const (
	reasonAbandoned = "abandoned"
	reasonLate      = "arrived too late"
)

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
