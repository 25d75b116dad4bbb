package unit_test

import (
	"errors"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/unit"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		number    string
		precision int
		code      string
	}{
		{"1", 0, ""}, {"1.000", 0, ""}, {"0.5", 1, ""}, {"0.125", 3, ""},
		{"0", 0, "quantity_not_positive"}, {"-1", 3, "quantity_not_positive"},
		{"0.5", 0, "quantity_too_fine"}, {"0.1251", 3, "quantity_too_fine"},
	} {
		err := unit.Quantity{Number: decimal.RequireFromString(c.number), Unit: "MTR"}.Check(c.precision)
		var fault *unit.Fault
		switch {
		case c.code == "" && err != nil:
			t.Errorf("%s with %d digits: %v", c.number, c.precision, err)
		case c.code != "" && (!errors.As(err, &fault) || fault.Code() != c.code || fault.Error() == ""):
			t.Errorf("%s with %d digits: got %v, want %s", c.number, c.precision, err, c.code)
		}
	}
}

// A quantity of at most so many digits passes, and in base units it is as many times as much.
func TestCheckAndBase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		precision := rapid.IntRange(0, 6).Draw(t, "precision")
		q := unit.Quantity{Number: decimal.New(rapid.Int64Range(1, 1e12).Draw(t, "n"), -int32(precision)), Unit: "XCT"}
		if err := q.Check(precision); err != nil {
			t.Fatal(err)
		}
		factor := decimal.New(rapid.Int64Range(1, 1e6).Draw(t, "factor"), -3)
		if base := q.Base(factor, "C62"); !base.Number.Equal(q.Number.Mul(factor)) || base.Unit != "C62" {
			t.Fatalf("%s holds %s", q, base)
		}
	})
}
