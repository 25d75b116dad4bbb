// Package terms lets customers buy on account: by a payment term that is agreed with them, within their credit limit.
package terms

import (
	"context"

	"github.com/hanse-commerce/hanse/module"
)

func init() { module.Register(terms{}) }

type terms struct{}

func (terms) Info() module.Info {
	return module.Info{Name: "terms", Title: "Payment terms",
		Doc: "Sells on account: an order is paid after its invoice, within the days of the customer's payment term."}
}

// PaymentTraits say that nobody is asked, and that an order counts against the customer's credit.
func (terms) PaymentTraits(module.Settings) module.PaymentTraits {
	return module.PaymentTraits{OnAccount: true, Capture: module.ByHand}
}

// PaymentForm is empty: there is nothing to enter.
func (terms) PaymentForm(module.Settings, module.PaymentQuestion) module.PaymentForm {
	return module.PaymentForm{}
}

// Pay takes note of what staff or the ERP says: what is due counts as authorized, a capture is an invoice that was paid, a
// refund a credit note. The amounts of the state are those of the step; Hanse keeps the sums, since there is no gateway that
// would.
func (terms) Pay(_ context.Context, _ *module.Channel, r module.PaymentRequest) (*module.PaymentState, error) {
	s := &module.PaymentState{Reference: r.Reference, Attempt: r.Attempt, Status: module.PaymentAuthorized, Authorized: r.Amount}
	switch r.Action {
	case module.Authorize:
	case module.Capture:
		s.Captured = r.Amount
		if r.Final {
			s.Status = module.PaymentCaptured
		}
	case module.Cancel:
		s.Status = module.PaymentVoided
	case module.Refund:
		s.Captured, s.Refunded = r.Amount, r.Amount
	default:
		return nil, &module.Error{Class: module.Invalid, Code: "not_offered", Detail: "An account has no card that could be checked."}
	}
	return s, nil
}

// Look has nobody to ask.
func (terms) Look(context.Context, *module.Channel, module.PaymentLookup) (*module.PaymentState, error) {
	return nil, &module.Error{Class: module.Invalid, Code: "nobody_to_ask",
		Detail: "Payments on account are kept in Hanse alone; there is no gateway that could be asked."}
}
