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

// Pay takes note of what staff or the ERP says: a capture is an invoice that was paid, a refund a credit note.
func (terms) Pay(_ context.Context, _ *module.Channel, r module.PaymentRequest) (*module.PaymentState, error) {
	return module.Noted(r, "An account has no card that could be checked.")
}

// Look has nobody to ask.
func (terms) Look(context.Context, *module.Channel, module.PaymentLookup) (*module.PaymentState, error) {
	return nil, &module.Error{Class: module.Invalid, Code: "nobody_to_ask",
		Detail: "Payments on account are kept in Hanse alone; there is no gateway that could be asked."}
}
