package tax

import (
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/money"
)

// Rate is a rate of tax; the zero Rate is none.
type Rate struct {
	Percent decimal.Decimal // of the net amount
	Name    string          // "VAT 19 %", "" if no rule applies
}

var hundred = decimal.NewFromInt(100)

// Split says what of an amount is net and what is tax. The amount includes the tax (included) or gets it on top; it is
// rounded, and so is the tax, once: the net is the rest, so that net and tax are gross to the last coin, and who splits the
// gross again gets the same net and tax.
func (r Rate) Split(amount money.Amount, included bool) (net, tax, gross money.Amount) {
	amount = amount.Round()
	digits := money.Digits(amount.Currency)
	if included {
		tax = money.Of(amount.Number.Mul(r.Percent).DivRound(hundred.Add(r.Percent), digits), amount.Currency)
		return money.Of(amount.Number.Sub(tax.Number), amount.Currency), tax, amount
	}
	tax = money.Of(amount.Number.Mul(r.Percent).DivRound(hundred, digits), amount.Currency)
	return amount, tax, money.Of(amount.Number.Add(tax.Number), amount.Currency)
}
