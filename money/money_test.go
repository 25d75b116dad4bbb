package money_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/money"
)

func d(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func TestTotal(t *testing.T) {
	for _, c := range []struct{ name, quantity, amount, per, currency, want string }{
		{"plain", "3", "12.50", "1", "EUR", "37.5"},
		{"per hundred", "7", "3.20", "100", "EUR", "0.22"},
		{"half a cent goes up", "1", "0.125", "1", "EUR", "0.13"},
		{"below half goes down", "1", "0.1249999", "1", "EUR", "0.12"},
		{"half a metre", "0.5", "1.99", "1", "EUR", "1"},
		{"third", "1", "1", "3", "EUR", "0.33"},
		{"yen have no coins below one", "3", "33.5", "1", "JPY", "101"},
		{"dinars have three digits", "1", "1.0005", "1", "KWD", "1.001"},
		{"just below half through a division", "1", "0.004999", "1", "EUR", "0"},
		{"unknown currency", "1", "1.005", "1", "XXX", "1.01"},
		{"a return", "-1", "0.125", "1", "EUR", "-0.13"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := money.Price{Amount: money.Of(d(c.amount), c.currency), Per: d(c.per)}.Total(d(c.quantity))
			if !got.Number.Equal(d(c.want)) || got.Currency != c.currency {
				t.Errorf("%s x %s per %s = %s, want %s", c.quantity, c.amount, c.per, got, c.want)
			}
		})
	}
}

func number(digits int32, max int64) *rapid.Generator[decimal.Decimal] {
	return rapid.Map(rapid.Int64Range(1, max), func(n int64) decimal.Decimal { return decimal.New(n, -digits) })
}

// The total lies within half a coin of the exact value, and exactly half a coin only above it.
func TestTotalIsTheNearestCoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quantity, amount := number(6, 1e12).Draw(t, "quantity"), number(6, 1e12).Draw(t, "amount")
		per := number(3, 1e9).Draw(t, "per")
		code := rapid.SampledFrom([]string{"EUR", "JPY", "KWD", "CLF"}).Draw(t, "currency")
		total := money.Price{Amount: money.Of(amount, code), Per: per}.Total(quantity).Number

		exact := new(big.Rat).Quo(new(big.Rat).Mul(quantity.Rat(), amount.Rat()), per.Rat())
		half := new(big.Rat).Quo(decimal.New(1, -money.Digits(code)).Rat(), big.NewRat(2, 1))
		off := new(big.Rat).Sub(total.Rat(), exact)
		if off.Cmp(half) > 0 || off.Cmp(new(big.Rat).Neg(half)) <= 0 {
			t.Fatalf("%s x %s per %s gives %s, which is off by %s", quantity, amount, per, total, off.FloatString(12))
		}
		if !total.Equal(total.Round(money.Digits(code))) {
			t.Fatalf("%s has more digits than %s", total, code)
		}
	})
}

func TestRoundingTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.Of(number(6, 1e15).Draw(t, "amount"), rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency"))
		if once := a.Round(); !once.Round().Number.Equal(once.Number) {
			t.Fatalf("%s rounds to %s and then to %s", a, once, once.Round())
		}
	})
}

func TestSum(t *testing.T) {
	got, err := money.Sum(money.Of(d("1.10"), "EUR"), money.Amount{}, money.Of(d("2.20"), "EUR"))
	if err != nil || got.String() != "3.30 EUR" {
		t.Errorf("sum is %s, %v", got, err)
	}
	if _, err := money.Sum(money.Of(d("1"), "EUR"), money.Of(d("1"), "USD")); err == nil {
		t.Error("euros and dollars were added")
	}
}

func TestText(t *testing.T) {
	price := money.Price{Amount: money.Of(d("3.2"), "EUR"), Per: d("100")}
	if got := price.String(); got != "3.20 EUR per 100" {
		t.Error(got)
	}
	if got := money.Of(d("1234.5"), "EUR").Format("de"); got != "1.234,50\u00a0€" {
		t.Errorf("%q", got)
	}
	if got := money.Of(d("0.0125"), "USD").Format("en"); got != "$0.0125" {
		t.Errorf("%q", got)
	}
	if b, err := money.Of(d("12.50"), "EUR").MarshalJSON(); err != nil || string(b) != `{"amount":"12.5","currency":"EUR"}` {
		t.Errorf("%s, %v", b, err)
	}
	for _, want := range []money.Amount{{}, money.Of(d("12.5"), "EUR"), money.Of(d("0.000001"), "JPY")} {
		var got money.Amount
		text, _ := want.MarshalJSON()
		if err := got.UnmarshalJSON(text); err != nil || !got.Number.Equal(want.Number) || got.Currency != want.Currency {
			t.Errorf("%s is read as %s, %v", text, got, err)
		}
	}
	if err := new(money.Amount).UnmarshalJSON([]byte(`{"amount":"12,50","currency":"EUR"}`)); err == nil {
		t.Error("12,50 was read as a decimal")
	}
	if _, err := money.Parse("12,50", "EUR"); err == nil {
		t.Error("12,50 was read as a decimal")
	}
}

func TestAmountIsSaidWithoutTheZerosOfItsColumn(t *testing.T) {
	for number, want := range map[string]string{"27.9900": "27.99 EUR", "12.5": "12.50 EUR", "0.0040": "0.004 EUR", "-3": "-3.00 EUR"} {
		if got := money.Of(d(number), "EUR").String(); got != want {
			t.Errorf("%s EUR is said as %s, expected %s", number, got, want)
		}
	}
}
