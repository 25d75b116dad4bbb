package order

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/commerce/tax"
	"github.com/hanse-commerce/hanse/money"
)

// breakdown is how a total comes about, as review freezes it and buyers read it.
type breakdown struct {
	Currency    string          `json:"currency"`
	TaxIncluded bool            `json:"taxIncluded"`
	Lines       []lineSum       `json:"lines"`
	Shipping    shippingSum     `json:"shipping"`
	Taxes       []taxSum        `json:"taxes"`
	Subtotal    decimal.Decimal `json:"subtotal"`
	TaxTotal    decimal.Decimal `json:"taxTotal"`
	Total       decimal.Decimal `json:"total"`
}

// lineSum is a line; one without a price has neither price nor per.
type lineSum struct {
	SKU        string           `json:"sku"`
	Name       string           `json:"name"`
	Quantity   decimal.Decimal  `json:"quantity"`
	Unit       string           `json:"unit"`
	Price      *decimal.Decimal `json:"price"`
	Per        *decimal.Decimal `json:"per"`
	RowTotal   decimal.Decimal  `json:"rowTotal"`
	TaxPercent decimal.Decimal  `json:"taxPercent"`
	Tax        decimal.Decimal  `json:"tax"`
}

type shippingSum struct {
	Code    string          `json:"code"`
	Name    string          `json:"name"`
	Kind    shipping.Kind   `json:"kind"`
	Amount  decimal.Decimal `json:"amount"`
	Tax     decimal.Decimal `json:"tax"`
	Expires *time.Time      `json:"expires,omitempty"`
}

type taxSum struct {
	Name    string          `json:"name"`
	Percent decimal.Decimal `json:"percent"`
	Net     decimal.Decimal `json:"net"`
	Tax     decimal.Decimal `json:"tax"`
}

// breakdown says how the order's total comes about.
func (o *draft) breakdown() *breakdown {
	b := &breakdown{Currency: o.currency, TaxIncluded: o.included, Lines: make([]lineSum, len(o.lines)), Taxes: taxSums(o.taxes),
		Shipping: shippingSum{o.way.code, o.way.name, o.way.kind, o.shipping, o.shippingTax.Tax.Number, o.way.expires},
		Subtotal: o.subtotal, TaxTotal: o.taxTotal, Total: o.total}
	for i, l := range o.lines {
		s := lineSum{SKU: l.sku, Name: l.name, Quantity: l.quantity, Unit: l.unitCode, RowTotal: l.total, TaxPercent: l.tax.Percent, Tax: l.tax.Tax.Number}
		if l.price.Found() {
			s.Price, s.Per = &l.price.Number, &l.price.Per
		}
		b.Lines[i] = s
	}
	return b
}

// taxSums leaves out what bears no tax.
func taxSums(parts []tax.Part) []taxSum {
	sums := []taxSum{}
	for _, p := range parts {
		if p.Name != "" || !p.Percent.IsZero() {
			sums = append(sums, taxSum{p.Name, p.Percent, p.Net.Number, p.Tax.Number})
		}
	}
	return sums
}

// changes is what differs from an earlier breakdown: each line, the shipping, the taxes and the total. Names do not count.
func (b *breakdown) changes(was *breakdown) (f faults) {
	if b.Currency != was.Currency {
		f.add("price_changed", "currency", "Prices are now in %s and not in %s.", b.Currency, was.Currency)
		return f
	}
	if b.TaxIncluded != was.TaxIncluded {
		f.add("tax_changed", "taxIncluded", "Prices now stand %s tax.", map[bool]string{true: "with", false: "without"}[b.TaxIncluded])
	}
	b.changedLines(was, &f)
	b.changedShipping(was, &f)
	if !b.TaxTotal.Equal(was.TaxTotal) && len(f) == 0 {
		f.add("tax_changed", "taxTotal", "Taxes are now %s and not %s.", b.amount(b.TaxTotal), b.amount(was.TaxTotal))
	}
	if !b.Total.Equal(was.Total) {
		f.changed(b.amount(b.Total), b.amount(was.Total))
	}
	return f
}

func (b *breakdown) amount(number decimal.Decimal) money.Amount { return money.Of(number, b.Currency) }

// changedLines compares lines by product and unit, of which a cart has one each.
func (b *breakdown) changedLines(was *breakdown, f *faults) {
	type key struct{ sku, unit string }
	before := make(map[key]lineSum, len(was.Lines))
	for _, l := range was.Lines {
		before[key{l.SKU, l.Unit}] = l
	}
	for i, l := range b.Lines {
		old, there := before[key{l.SKU, l.Unit}]
		delete(before, key{l.SKU, l.Unit})
		switch {
		case !there:
			f.line(i, "cart_changed", "%s has been put into the cart.", l.SKU)
		case !l.Quantity.Equal(old.Quantity):
			f.line(i, "cart_changed", "%s: the quantity is now %s %s and not %s.", l.SKU, l.Quantity, l.Unit, old.Quantity)
		case !same(l.Price, old.Price) || !same(l.Per, old.Per) || !l.RowTotal.Equal(old.RowTotal):
			f.line(i, "price_changed", "%s now costs %s and not %s.", l.SKU, b.price(l), b.price(old))
		case !l.TaxPercent.Equal(old.TaxPercent) || !l.Tax.Equal(old.Tax):
			f.line(i, "tax_changed", "%s now bears a tax of %s %% and not of %s %%.", l.SKU, l.TaxPercent, old.TaxPercent)
		}
	}
	for _, l := range was.Lines { // in their order
		if _, gone := before[key{l.SKU, l.Unit}]; gone {
			f.add("cart_changed", "lines", "%s is not in the cart any more.", l.SKU)
		}
	}
}

func same(a, b *decimal.Decimal) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// price is what a line costs, in words.
func (b *breakdown) price(l lineSum) string {
	if l.Price == nil || l.Per == nil {
		return "nothing, for want of a price,"
	}
	return fmt.Sprintf("%s (%s)", b.amount(l.RowTotal), money.Price{Amount: b.amount(*l.Price), Per: *l.Per})
}

func (b *breakdown) changedShipping(was *breakdown, f *faults) {
	is, old := b.Shipping, was.Shipping
	switch {
	case is.Code != old.Code:
		f.add("shipping_changed", "shippingTotal", "The goods now go by %s and not by %s.", named(is), named(old))
	case (is.Kind == shipping.Later) != (old.Kind == shipping.Later):
		f.add("shipping_changed", "shippingTotal", "The price of %s is now %s.", named(is),
			map[bool]string{true: "quoted later", false: "known"}[is.Kind == shipping.Later])
	case !is.Amount.Equal(old.Amount):
		f.add("shipping_changed", "shippingTotal", "%s now costs %s and not %s.", named(is), b.amount(is.Amount), b.amount(old.Amount))
	case !is.Tax.Equal(old.Tax):
		f.add("tax_changed", "shippingTotal", "The tax on %s is now %s and not %s.", named(is), b.amount(is.Tax), b.amount(old.Tax))
	}
}

func named(s shippingSum) string {
	if s.Code == "" {
		return "no way that was chosen"
	}
	return s.Name
}
