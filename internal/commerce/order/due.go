package order

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/money"
)

// Capture takes what is due for all that has left, where payment follows the shipment. Told twice it takes nothing twice.
func (o *Held) Capture(ctx context.Context, tx pgx.Tx, caller access.Caller) ([]change.Entry, error) {
	due, final := o.Due()
	if o.External || !due.Number.IsPositive() {
		return nil, nil
	}
	return payment.CaptureShipped(ctx, tx, caller, o.ID, due, final)
}

// Due is what is to be paid for all that has left, by the ERP's own way of charging: each line's part is rounded once, as a
// line of its own would be, with its tax; shipping comes with the first parcel. When everything has left it is the order's
// total, to the cent. It never falls when more leaves. Final says that nothing more will leave; services, of which no parcel
// tells, come with the last one.
func (o *Held) Due() (due money.Amount, final bool) {
	some, all := o.left()
	whole := all
	for _, l := range o.Lines {
		whole = whole && l.Wanted().Equal(l.Quantity)
	}
	switch {
	case !some:
		return money.Of(decimal.Zero, o.Currency), false
	case whole:
		return money.Of(o.Total, o.Currency), true
	}
	sum := o.goods(o.provided()).Add(o.Shipping)
	if !o.TaxIncluded {
		sum = sum.Add(o.ShippingTax)
	}
	return money.Of(decimal.Min(sum, o.Total), o.Currency), all
}

// provided tells how much of a line the buyer has: what has left, and, once no more will leave, all that is wanted of services.
func (o *Held) provided() func(*HeldLine) decimal.Decimal {
	_, all := o.left()
	return func(l *HeldLine) decimal.Decimal {
		if l.Service && all {
			return decimal.Max(l.Wanted(), l.Shipped)
		}
		return l.Shipped
	}
}

// left tells whether some of the goods have left, and whether all have. Services do not count beside goods that come.
func (o *Held) left() (some, all bool) {
	goods := false
	for _, l := range o.Lines {
		goods = goods || !l.Service && l.Wanted().IsPositive()
	}
	all = true
	for _, l := range o.Lines {
		some = some || l.Shipped.IsPositive()
		all = all && (l.Service && goods || l.Shipped.GreaterThanOrEqual(l.Wanted()))
	}
	return some, all && some
}

// goods is what quantities of the lines cost with their taxes, less their share of the discount, in whole coins.
func (o *Held) goods(quantity func(*HeldLine) decimal.Decimal) decimal.Decimal {
	sum, whole := decimal.Zero, decimal.Zero
	for i := range o.Lines {
		l := &o.Lines[i]
		sum = sum.Add(o.cost(l, quantity(l)))
		whole = whole.Add(o.cost(l, l.Quantity))
	}
	if o.Discount.IsZero() || whole.IsZero() {
		return sum
	}
	return sum.Sub(o.round(o.Discount.Mul(sum).Div(whole)))
}

// cost is what so much of a line costs with its tax.
func (o *Held) cost(l *HeldLine, quantity decimal.Decimal) decimal.Decimal {
	net, tax := l.RowTotal, l.Tax
	if !quantity.Equal(l.Quantity) {
		net = o.part(l, quantity)
		if o.round(l.RowTotal.Mul(l.TaxPercent).Shift(-2)).Equal(l.Tax) {
			tax = o.round(net.Mul(l.TaxPercent).Shift(-2))
		} else {
			tax = o.round(l.Tax.Mul(quantity).Div(l.Quantity))
		}
	}
	if o.TaxIncluded {
		return net
	}
	return net.Add(tax)
}

// part is the row total that a line of so much would have. Where the line's own is not its quantity times its price, as the
// ERP's may be, it is split by quantity.
func (o *Held) part(l *HeldLine, quantity decimal.Decimal) decimal.Decimal {
	price := money.Price{Amount: money.Of(l.Price, o.Currency), Per: l.Per}
	if price.Total(l.Quantity).Number.Equal(l.RowTotal) {
		return price.Total(quantity).Number
	}
	return o.round(l.RowTotal.Mul(quantity).Div(l.Quantity))
}

func (o *Held) round(number decimal.Decimal) decimal.Decimal {
	return money.Of(number, o.Currency).Round().Number
}
