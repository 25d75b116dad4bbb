// Package money is exact amounts of a currency, and prices per so many units.
package money

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bojanz/currency"
	"github.com/shopspring/decimal"
)

// Amount is so much of one currency. The zero Amount is nothing of no currency, and can be added to any.
type Amount struct {
	Number   decimal.Decimal
	Currency string // ISO 4217, "EUR"
}

// Of is so much of a currency.
func Of(number decimal.Decimal, currency string) Amount { return Amount{number, currency} }

// Parse reads a decimal such as "12.50".
func Parse(number, currency string) (Amount, error) {
	d, err := decimal.NewFromString(number)
	if err != nil {
		return Amount{}, fmt.Errorf(`read the amount %.40q %s: expected a decimal such as "12.50"`, number, currency)
	}
	return Amount{d, currency}, nil
}

// Digits is how many digits of a currency stand behind the point: 2 for EUR, 0 for JPY, 3 for KWD. A currency that ISO
// 4217 does not list has 2.
func Digits(code string) int32 {
	if digits, ok := currency.GetDigits(code); ok {
		return int32(digits)
	}
	return 2
}

// Round gives the amount in whole smallest coins, half of one up (away from zero). Amounts are rounded once, where a sum
// is written down: a line's total, a tax, never a unit price.
func (a Amount) Round() Amount { return Amount{a.Number.Round(Digits(a.Currency)), a.Currency} }

// Add fails for two currencies: a sum of them means nothing.
func (a Amount) Add(b Amount) (Amount, error) {
	switch {
	case a.Currency == "":
		return Amount{a.Number.Add(b.Number), b.Currency}, nil
	case b.Currency != "" && a.Currency != b.Currency:
		return Amount{}, fmt.Errorf("add %s to %s: they are of two currencies", b, a)
	}
	return Amount{a.Number.Add(b.Number), a.Currency}, nil
}

// Sum adds amounts of one currency.
func Sum(amounts ...Amount) (total Amount, err error) {
	for _, a := range amounts {
		if total, err = total.Add(a); err != nil {
			return Amount{}, err
		}
	}
	return total, nil
}

// String is the amount for logs and errors: "12.50 EUR". Digits beyond the currency's are shown, not dropped; zeros that only
// a column's scale puts there are none.
func (a Amount) String() string {
	_, fraction, _ := strings.Cut(a.Number.String(), ".")
	return a.Number.StringFixed(max(Digits(a.Currency), int32(len(fraction)))) + " " + a.Currency // #nosec G115 -- a few digits
}

// Format is the amount as people of a language read it: "12,50 €".
func (a Amount) Format(language string) string {
	amount, err := currency.NewAmount(a.Number.String(), a.Currency)
	if err != nil {
		return a.String()
	}
	f := currency.NewFormatter(currency.NewLocale(language))
	f.MaxDigits = 6
	return f.Format(amount)
}

// MarshalJSON writes {"amount":"12.50","currency":"EUR"}: a number of JSON would lose digits on its way.
func (a Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Amount   string `json:"amount"`
		Currency string `json:"currency"`
	}{a.Number.String(), a.Currency})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Amount) UnmarshalJSON(text []byte) error {
	var read struct{ Amount, Currency string }
	if err := json.Unmarshal(text, &read); err != nil {
		return fmt.Errorf("read an amount: %w", err)
	}
	if read.Amount == "" && read.Currency == "" {
		*a = Amount{}
		return nil
	}
	parsed, err := Parse(read.Amount, read.Currency)
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}
