package pricing_test

import (
	"context"
	"testing"

	"github.com/bojanz/currency"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/money"
)

func TestDigitsInSQL(t *testing.T) {
	h := commercetest.New(t)
	rows, err := h.Pool.Query(context.Background(), "SELECT c, money_digits(c) FROM unnest($1::text[]) c",
		append(currency.GetCurrencyCodes(), "XXX", "ZZZ"))
	if err != nil {
		t.Fatal(err)
	}
	var code string
	var digits int32
	if _, err := pgx.ForEachRow(rows, []any{&code, &digits}, func() error {
		if digits != money.Digits(code) {
			t.Errorf("%s has %d digits in SQL and %d in Go", code, digits, money.Digits(code))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// SQL and Go round a line's total to the same coin.
func TestTotalInSQL(t *testing.T) {
	h := commercetest.New(t)
	number := func(digits int32, max int64) *rapid.Generator[decimal.Decimal] {
		return rapid.Map(rapid.Int64Range(1, max), func(n int64) decimal.Decimal { return decimal.New(n, -digits) })
	}
	rapid.Check(t, func(t *rapid.T) {
		quantity, amount := number(6, 1e11).Draw(t, "quantity"), number(6, 1e11).Draw(t, "amount")
		per := number(3, 1e9).Draw(t, "per")
		code := rapid.SampledFrom([]string{"EUR", "JPY", "KWD", "CLF"}).Draw(t, "currency")
		var got decimal.Decimal
		h.Scan(&got, "SELECT money_total($1, $2, $3, $4)", quantity, amount, per, code)
		if want := (money.Price{Amount: money.Of(amount, code), Per: per}).Total(quantity).Number; !got.Equal(want) {
			t.Fatalf("SQL gives %s, Go %s", got, want)
		}
	})
}
