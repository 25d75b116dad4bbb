package payment

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
)

// doubt stops asking for a capture, cancellation or refund of which nobody knows whether an earlier call did it. It stays pending
// and counts, so that nothing is taken or given back twice, until a look at the payment tells.
func (b *book) doubt(own *step, code, words string) {
	b.conclude(own, outcome{status: stepPending, code: code, message: words + " The gateway may have done it by an earlier call; it is looked at until that is known."})
	wait := time.Minute
	b.look(own, &wait)
}

// stillInDoubt is a look that did not tell. A gateway that has no such payment has done nothing to it.
func (b *book) stillInDoubt(own *step, e *module.Error) {
	switch {
	case own.status != stepPending:
		b.done(own)
	case e.Class == module.Refused:
		b.undone(own)
	default:
		wait := max(pause(own.tries), e.RetryAfter)
		if !e.Retryable() {
			wait = longestPause
		}
		b.look(own, &wait)
	}
}

// settleDoubt concludes a step by the payment as a look has shown it, where its books did not name the step.
func (b *book) settleDoubt(own *step) {
	switch {
	case own.status != stepPending:
		b.done(own)
	case b.doneAfterAll(own):
		b.conclude(own, outcome{status: stepSucceeded})
		b.done(own)
	default:
		b.undone(own)
	}
}

// doneAfterAll tells by the sums whether a step was done: more was moved than the steps that are known to have moved it.
func (b *book) doneAfterAll(own *step) bool {
	if own.action == module.Cancel {
		return rank(b.word) == 2
	}
	moved := b.captured
	if own.action == module.Refund {
		moved = b.refunded
	}
	var known decimal.Decimal
	for _, s := range b.steps {
		if s.action == own.action && s.source == own.source && s.status == stepSucceeded {
			known = known.Add(s.amount)
		}
	}
	return moved.Sub(known).GreaterThanOrEqual(own.amount)
}

// undone gives up a step that the gateway is known not to have done.
func (b *book) undone(own *step) {
	b.conclude(own, outcome{status: stepFailed, code: own.code, message: own.message})
	b.done(own)
	b.keepRest(own)
}
