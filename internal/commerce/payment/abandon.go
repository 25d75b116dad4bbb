package payment

import (
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
)

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

// abandon stops a payment that waits: what was never asked for is over at once, the rest is cancelled at the gateway.
func (b *book) abandon(attempt *step, reason string) *step {
	if attempt.ask == "pay" && attempt.tries == 0 {
		b.done(attempt)
		s := b.note(module.Cancel, stepSucceeded, decimal.Zero, attempt.id, "", reason)
		code := codeCancelled
		if reason == reasonAbandoned {
			code = reasonAbandoned
		}
		b.word = module.PaymentVoided
		b.fail(Voided, code, "")
		b.conclude(attempt, outcome{status: stepFailed, code: code})
		return s
	}
	if attempt.ask == "pay" { // it is not asked for again; what became of it the cancellation finds out
		b.look(attempt, nil)
	}
	return b.add(module.Cancel, decimal.Zero, attempt.id, reason, asking{})
}
