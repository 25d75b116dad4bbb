package stripe

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// coinDigits are the currencies whose smallest coin at Stripe is not a hundredth (docs.stripe.com/currencies#zero-decimal and
// #three-decimal). Króna and Uganda shilling have no coins, but Stripe wants two digits that are 00.
var coinDigits = map[string]int32{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "JPY": 0, "KMF": 0, "KRW": 0, "MGA": 0, "PYG": 0, "RWF": 0, "VND": 0, "VUV": 0,
	"XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3,
}

func digits(currency string) int32 {
	if n, ok := coinDigits[currency]; ok {
		return n
	}
	return 2
}

// step is what an amount in smallest coins must be a multiple of.
func step(currency string) int64 {
	switch {
	case digits(currency) == 3:
		return 10 // the last digit is always 0
	case currency == "ISK", currency == "UGX":
		return 100
	}
	return 1
}

// mostCoins is the largest amount that Stripe takes in any currency; for most it refuses more than eight digits.
const mostCoins = 999999999999

// coins gives an amount in the currency's smallest coin. What Stripe cannot charge exactly is refused, never rounded.
func coins(a money.Amount) (int64, error) {
	n := a.Number.Shift(digits(a.Currency))
	switch {
	case len(a.Currency) != 3:
		return 0, &module.Error{Class: module.Invalid, Code: "currency_missing", Detail: "The amount " + a.String() + " has no currency."}
	case !n.IsInteger() || n.IsInteger() && n.IntPart()%step(a.Currency) != 0:
		return 0, &module.Error{Class: module.Invalid, Code: "amount_not_chargeable",
			Detail: "Stripe cannot charge " + a.String() + ": it is no multiple of its smallest coin in this currency. Round totals to it or offer another payment method."}
	case n.Sign() <= 0:
		return 0, &module.Error{Class: module.Invalid, Code: "amount_too_small", Detail: "The amount " + a.String() + " is not above zero."}
	case n.GreaterThan(decimal.NewFromInt(mostCoins)):
		return 0, &module.Error{Class: module.Refused, Code: "amount_too_large", Detail: "Stripe takes no more than twelve digits of the smallest coin; the amount is " + a.String() + "."}
	}
	return n.IntPart(), nil
}

// amount is so many smallest coins.
func amount(n int64, currency string) money.Amount {
	currency = strings.ToUpper(currency)
	return money.Of(decimal.New(n, -digits(currency)), currency)
}
