package stripe

import (
	"errors"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

func TestCoins(t *testing.T) {
	for _, c := range []struct {
		number, currency string
		want             int64 // 0: refused
	}{
		{"12.34", "EUR", 1234}, {"12.340", "EUR", 1234}, {"12.345", "EUR", 0}, {"0", "EUR", 0}, {"-1", "EUR", 0},
		{"500", "JPY", 500}, {"500.5", "JPY", 0}, {"1.230", "KWD", 1230}, {"1.234", "KWD", 0},
		{"5", "ISK", 500}, {"5.5", "ISK", 0}, {"5000", "UGX", 500000}, {"1", "", 0}, {"99999999999999", "EUR", 0},
	} {
		a, err := money.Parse(c.number, c.currency)
		if err != nil {
			t.Fatal(err)
		}
		got, err := coins(a)
		var e *module.Error
		if got != c.want || (err != nil) != (c.want == 0) || err != nil && (!errors.As(err, &e) || e.Retryable() || e.Code == "") {
			t.Errorf("%s is %d coins, %v; want %d", a, got, err, c.want)
		}
	}
}

// What is charged is exactly what was asked for.
func TestCoinsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.Of(decimal.New(rapid.Int64Range(1, 1e9).Draw(t, "number"), -rapid.Int32Range(0, 4).Draw(t, "digits")),
			rapid.SampledFrom([]string{"EUR", "USD", "JPY", "KWD", "ISK", "HUF"}).Draw(t, "currency"))
		n, err := coins(a)
		if err != nil {
			return
		}
		if back := amount(n, a.Currency); !back.Number.Equal(a.Number) || back.Currency != a.Currency {
			t.Fatalf("%s is charged as %s", a, back)
		}
	})
}
