package order

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/commerce/tax"
	"github.com/hanse-commerce/hanse/money"
)

// drawn is an order of any lines, prices, rates of tax and shipping.
func drawn(t *rapid.T) (*draft, tax.Answer) {
	number := func(name string, digits int32, most int64) decimal.Decimal {
		return decimal.New(rapid.Int64Range(0, most).Draw(t, name), -digits)
	}
	o := &draft{currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency")}
	answer := tax.Answer{Included: rapid.Bool().Draw(t, "included"), Shipping: tax.Rate{Percent: number("shipping percent", 2, 3000), Name: "shipping"}}
	n := rapid.IntRange(1, 8).Draw(t, "lines")
	prices := make([]pricing.Price, n)
	for i := range n {
		o.lines = append(o.lines, draftLine{sku: fmt.Sprint("P", i), unitCode: "C62", quantity: number("quantity", 3, 1e6).Add(decimal.New(1, -3))})
		prices[i] = pricing.Price{List: "DEFAULT", Price: money.Price{Amount: money.Of(number("amount", 6, 1e10), o.currency),
			Per: rapid.SampledFrom([]decimal.Decimal{decimal.NewFromInt(1), decimal.NewFromInt(3), decimal.NewFromInt(100)}).Draw(t, "per")}}
		answer.Lines = append(answer.Lines, rapid.SampledFrom([]tax.Rate{{}, {Percent: decimal.NewFromInt(19), Name: "full"},
			{Percent: decimal.NewFromInt(7), Name: "low"}, {Percent: decimal.RequireFromString("8.1"), Name: "odd"}}).Draw(t, "rate"))
	}
	o.way = way{code: "X", name: "X", kind: shipping.Live, cost: money.Of(number("shipping", 3, 1e6), o.currency).Round()}
	o.price(prices)
	if err := o.add(answer); err != nil {
		t.Fatal(err)
	}
	return o, answer
}

// The total is the sum of lines, shipping and tax to the last coin, with prices that include the tax and with such that do not;
// taxes by rate add up to the taxes of the lines; and nothing has more digits than its currency.
func TestTotalIsTheSumOfItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, answer := drawn(t)
		lines, taxes := decimal.Zero, o.shippingTax.Tax.Number
		for i, l := range o.lines {
			lines, taxes = lines.Add(l.total), taxes.Add(l.tax.Tax.Number)
			if _, again, _ := answer.Lines[i].Split(money.Of(l.total, o.currency), o.included); !again.Number.Equal(l.tax.Tax.Number) {
				t.Fatalf("line %d bears %s, its row total %s", i, l.tax.Tax, again)
			}
		}
		want := lines.Add(o.shipping)
		if !o.included {
			want = want.Add(taxes)
		}
		if !o.subtotal.Equal(lines) || !o.taxTotal.Equal(taxes) || !o.total.Equal(want) {
			t.Fatalf("subtotal %s of %s, tax %s of %s, total %s of %s", o.subtotal, lines, o.taxTotal, taxes, o.total, want)
		}
		byRate := decimal.Zero
		for _, s := range taxSums(o.taxes) {
			byRate = byRate.Add(s.Tax)
		}
		if !byRate.Equal(taxes) {
			t.Fatalf("by rate the taxes are %s, of the lines %s", byRate, taxes)
		}
		for _, d := range []decimal.Decimal{o.subtotal, o.shipping, o.taxTotal, o.total} {
			if !d.Equal(d.Round(money.Digits(o.currency))) {
				t.Fatalf("%s has more digits than %s", d, o.currency)
			}
		}
	})
}

// A breakdown that was kept as JSON differs in nothing from itself, and in whatever is changed.
func TestChangesFindEachDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, _ := drawn(t)
		text, err := json.Marshal(o.breakdown())
		if err != nil {
			t.Fatal(err)
		}
		var was breakdown
		if err := json.Unmarshal(text, &was); err != nil {
			t.Fatal(err)
		}
		if f := o.breakdown().changes(&was); len(f) != 0 {
			t.Fatalf("nothing has changed, and yet: %v", f)
		}
		is := o.breakdown()
		i := rapid.IntRange(0, len(is.Lines)-1).Draw(t, "line")
		coin := decimal.New(1, -6)
		dearer := is.Lines[i].Price.Add(coin)
		want := map[string]func(){
			fmt.Sprintf("lines/%d price_changed", i): func() { is.Lines[i].Price = &dearer },
			fmt.Sprintf("lines/%d cart_changed", i):  func() { is.Lines[i].Quantity = is.Lines[i].Quantity.Add(coin) },
			fmt.Sprintf("lines/%d tax_changed", i):   func() { is.Lines[i].TaxPercent = is.Lines[i].TaxPercent.Add(coin) },
			"shippingTotal shipping_changed":         func() { is.Shipping.Amount = is.Shipping.Amount.Add(coin) },
			"total price_changed":                    func() { is.Total = is.Total.Add(coin) },
			"taxTotal tax_changed":                   func() { is.TaxTotal = is.TaxTotal.Add(coin) },
		}
		name := rapid.SampledFrom([]string{fmt.Sprintf("lines/%d price_changed", i), fmt.Sprintf("lines/%d cart_changed", i), fmt.Sprintf("lines/%d tax_changed", i),
			"shippingTotal shipping_changed", "total price_changed", "taxTotal tax_changed"}).Draw(t, "change")
		want[name]()
		f := is.changes(&was)
		if len(f) != 1 || f[0].Field+" "+f[0].Code != name || f[0].Detail == "" {
			t.Fatalf("changed %s, told %v", name, f)
		}
	})
}
