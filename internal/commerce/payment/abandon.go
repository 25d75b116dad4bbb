package payment

import (
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
)

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
