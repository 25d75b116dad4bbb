package money

import "github.com/shopspring/decimal"

// Price is what so many units cost, as sellers state it: 3.20 EUR per 100. It is kept as it was said and divided late, so
// that no digit is lost.
type Price struct {
	Amount
	Per decimal.Decimal // above zero
}

// Total is what a quantity costs: quantity times amount divided by per, rounded once to the currency's digits, half up.
func (p Price) Total(quantity decimal.Decimal) Amount {
	return Amount{quantity.Mul(p.Number).DivRound(p.Per, Digits(p.Currency)), p.Currency}
}

// String is the price for logs and errors: "3.20 EUR per 100".
func (p Price) String() string {
	if p.Per.Equal(decimal.NewFromInt(1)) {
		return p.Amount.String()
	}
	return p.Amount.String() + " per " + p.Per.String()
}
