// Package banktransfer lets customers pay by bank transfer: they are told the account, and staff notes what has arrived.
package banktransfer

import (
	"context"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

func init() { module.Register(transfer{}) }

type transfer struct{}

func (transfer) Info() module.Info {
	return module.Info{Name: "banktransfer", Title: "Bank transfer",
		Doc: "Sells against a bank transfer: the buyer is told the account, and what arrives on it is noted as captured.",
		Settings: resource.Fields{
			resource.Text("accountHolder").Max(70).Required().Eg("Acme GmbH").Doc("To whom the money goes."),
			resource.Text("iban").Max(42).Required().Eg("DE89 3704 0044 0532 0130 00").Doc("Account, as buyers read it."),
			resource.Text("bic").Max(11).Eg("COBADEFFXXX").Doc("Bank, where the buyer's bank asks for it."),
			resource.Text("bank").Max(70).Eg("Commerzbank Köln").Doc("Name of the bank."),
			resource.LongText("note").Doc("What else buyers should know, such as what to write as the purpose."),
		}}
}

// PaymentTraits say that nobody is asked, and that money is taken when it is there.
func (transfer) PaymentTraits(module.Settings) module.PaymentTraits {
	return module.PaymentTraits{Capture: module.ByHand}
}

// PaymentForm is empty: there is nothing to enter.
func (transfer) PaymentForm(module.Settings, module.PaymentQuestion) module.PaymentForm {
	return module.PaymentForm{}
}

// Pay takes note of what staff says: a capture is money that has arrived, a refund money that was sent back.
func (transfer) Pay(_ context.Context, _ *module.Channel, r module.PaymentRequest) (*module.PaymentState, error) {
	return module.Noted(r, "A bank transfer has no card that could be checked.")
}

// Look has nobody to ask.
func (transfer) Look(context.Context, *module.Channel, module.PaymentLookup) (*module.PaymentState, error) {
	return nil, &module.Error{Class: module.Invalid, Code: "nobody_to_ask",
		Detail: "Bank transfers are kept in Hanse alone; there is no gateway that could be asked."}
}

// Checks test the connection: there is none, but an account number with a slip of the pen costs money.
func (transfer) Checks() []module.Check {
	return []module.Check{{Name: "The IBAN is free of slips of the pen", Run: func(_ context.Context, c *module.Channel) error {
		return checkIBAN(c.Settings["iban"])
	}}}
}
