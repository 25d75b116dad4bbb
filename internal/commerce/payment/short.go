package payment

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/module"
)

// CodeShort is the code of a capture that cannot be asked for: goods have left, and of the payment nothing can be taken any more.
const CodeShort = "payment_short"

// short tells staff what is missing of what is due for goods that have left. Told again it says nothing new.
func (b *book) short(due decimal.Decimal) {
	under, _ := b.pending(module.Capture)
	missing := decimal.Min(due, b.amount).Sub(b.captured).Sub(under)
	if !missing.IsPositive() || b.shortOf().Equal(missing) {
		return
	}
	state := "is " + string(b.status) + ", so nothing more can be taken"
	if b.cancelling(b.attempt) != nil {
		state = "is being cancelled, so nothing can be taken unless its gateway refuses that"
	}
	s := b.note(module.Capture, stepPending, missing, b.attempt, "", reasonShipped)
	b.conclude(s, outcome{status: stepFailed, code: CodeShort, message: fmt.Sprintf("Goods worth %s have left and %s were taken for them. "+
		"The payment %s: ask the buyer to pay the missing %s in another way.", b.say(due), b.say(b.captured), state, b.say(missing))})
	data, _ := json.Marshal(map[string]string{"payment": b.id, "missing": missing.String(), "currency": b.currency}) // strings always marshal
	b.entries = append(b.entries, change.Entry{Resource: "orders", Event: "order.paymentShort", IDs: []string{b.order}, Data: data})
}

// shortOf is what was last told to be missing.
func (b *book) shortOf() (missing decimal.Decimal) {
	for _, s := range b.steps {
		if s.code == CodeShort {
			missing = s.amount
		}
	}
	return missing
}
