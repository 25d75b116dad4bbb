// Package unit is quantities of goods: a number of some unit, as exact as the unit allows.
package unit

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Quantity is so many of a unit.
type Quantity struct {
	Number decimal.Decimal
	Unit   string // UN/ECE Recommendation 20 or 21 code, "C62" is the piece
}

// String is the quantity for logs and errors: "2.5 MTR".
func (q Quantity) String() string { return q.Number.String() + " " + q.Unit }

// Fault says what is wrong with a quantity.
type Fault struct {
	Quantity  Quantity
	Precision int
}

// Code is stable: "quantity_not_positive" or "quantity_too_fine".
func (f *Fault) Code() string {
	if !f.Quantity.Number.IsPositive() {
		return "quantity_not_positive"
	}
	return "quantity_too_fine"
}

func (f *Fault) Error() string {
	switch {
	case !f.Quantity.Number.IsPositive():
		return fmt.Sprintf("the quantity %s must be above zero", f.Quantity)
	case f.Precision == 0:
		return fmt.Sprintf("the quantity %s must be a whole number", f.Quantity)
	case f.Precision == 1:
		return fmt.Sprintf("the quantity %s may have at most one digit behind the point", f.Quantity)
	}
	return fmt.Sprintf("the quantity %s may have at most %d digits behind the point", f.Quantity, f.Precision)
}

// Check says whether the quantity can be ordered in a unit of so many digits behind the point: it must be above zero and
// not finer than that. The error is a *Fault.
func (q Quantity) Check(precision int) error {
	if q.Number.IsPositive() && q.Number.Equal(q.Number.Truncate(int32(precision))) { // #nosec G115 -- a few digits
		return nil
	}
	return &Fault{q, precision}
}

// Base is the quantity in base units, where one of its unit holds factor of them.
func (q Quantity) Base(factor decimal.Decimal, base string) Quantity {
	return Quantity{q.Number.Mul(factor), base}
}
