package order_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
)

// written is an order as its row and the breakdown of its checkout have it.
type written struct {
	Included                                          bool
	Subtotal, Shipping, ShippingTax, TaxTotal, Total  decimal.Decimal
	Lines                                             []struct{ RowTotal, Percent, Tax decimal.Decimal }
	Taxes                                             []struct{ Percent, Net, Tax decimal.Decimal }
	BreakSubtotal, BreakTax, BreakTotal, BreakLineTax decimal.Decimal
}

const writtenSQL = `SELECT json_build_object('included', o.tax_included, 'subtotal', o.subtotal, 'shipping', o.shipping_total,
  'shippingTax', o.shipping_tax, 'taxTotal', o.tax_total, 'total', o.total, 'taxes', o.taxes,
  'lines', (SELECT json_agg(json_build_object('rowTotal', l.row_total, 'percent', l.tax_percent, 'tax', l.tax_total)) FROM order_line l WHERE l.order_id = o.id),
  'breakSubtotal', k.breakdown->'subtotal', 'breakTax', k.breakdown->'taxTotal', 'breakTotal', k.breakdown->'total',
  'breakLineTax', (SELECT sum((b->>'tax')::numeric) FROM jsonb_array_elements(k.breakdown->'lines') b))::text
FROM sales_order o JOIN checkout k ON k.order_id = o.id WHERE o.id = $1`

// Whatever the prices, quantities and rates, whether tax is included or not, and the goods go at a flat rate or a carrier's: the
// order's totals, its lines, its taxes by rate, the breakdown that the buyer confirmed, and what is due part by part as the
// goods leave agree to the cent. A carrier's amount is the net of the shipping, and what was shown at the choice its total.
func TestEveryCentIsAccountedFor(t *testing.T) {
	s := ironmonger(t)
	taxed(s, false)
	buyer, address := s.Trader("1000")
	caller := s.As(buyer)
	carrier, runner := couriered(s)
	s.Exec("UPDATE unit SET precision = 3")
	s.Exec("UPDATE inventory_level SET on_hand = 1e11")
	goods := []commercetest.Item{{Unit: "C62", SKU: "bolt"}, {Unit: "MTR", SKU: "wire"}, {Unit: "C62", SKU: "screw"}, {Unit: "C62", SKU: "service"}}
	rapid.Check(t, func(t *rapid.T) {
		number := func(name string, digits int32, most int64) decimal.Decimal {
			return decimal.New(rapid.Int64Range(1, most).Draw(t, name), -digits)
		}
		s.Exec("UPDATE website SET tax_included = $1", rapid.Bool().Draw(t, "included"))
		s.Exec("UPDATE tax_rule SET rate = CASE name WHEN 'VAT 7 %' THEN $1::numeric ELSE $2::numeric END", number("low", 4, 200_000), number("full", 4, 500_000))
		s.Exec("UPDATE shipping_method SET amount = $1", number("shipping", 4, 1_000_000))
		s.Exec("UPDATE price SET amount = $1 + amount / 7, per = $2", number("price", 6, 100_000_000), rapid.SampledFrom([]string{"1", "3", "100"}).Draw(t, "per"))
		var items []commercetest.Item
		for _, it := range rapid.Permutation(goods).Draw(t, "goods")[:rapid.IntRange(1, len(goods)).Draw(t, "lines")] {
			it.Quantity = number("quantity", 3, 300_000).String()
			items = append(items, it)
		}
		checkout := s.Checkout(s.Cart(buyer, items...), address)
		live := rapid.Bool().Draw(t, "carrier") && (len(items) > 1 || items[0].SKU != "service") // which weighs nothing
		var shown decimal.Decimal
		if live {
			carrier.amount = number("rate", 3, 1_000_000)
			shown = byCourier(s, runner, buyer, checkout)
		}
		if _, _, err := s.Run(s.Runner, caller, "checkouts", "review", checkout, nil, ""); err != nil {
			t.Fatal(err)
		}
		id, err := s.Place(caller, checkout)
		if err != nil {
			t.Fatal(err)
		}
		var text string
		var w written
		s.Scan(&text, writtenSQL, id)
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			t.Fatal(err)
		}
		if fault := w.fault(); fault != "" {
			t.Fatalf("%s: %s", fault, text)
		}
		if live && (!w.Shipping.Equal(shown) || !w.shippingNet().Equal(carrier.amount.Round(2))) {
			t.Fatalf("the carrier takes %s, the buyer was shown %s: %s", carrier.amount, shown, text)
		}
		leave(t, s, id, w.Total)
	})
}

// shippingNet is the shipping without its tax.
func (w *written) shippingNet() decimal.Decimal {
	if w.Included {
		return w.Shipping.Sub(w.ShippingTax)
	}
	return w.Shipping
}

// fault says which sums differ.
func (w *written) fault() string {
	rows, taxes, nets, byRate := decimal.Zero, w.ShippingTax, decimal.Zero, decimal.Zero
	for _, l := range w.Lines {
		rows, taxes = rows.Add(l.RowTotal), taxes.Add(l.Tax)
	}
	for _, r := range w.Taxes {
		nets, byRate = nets.Add(r.Net), byRate.Add(r.Tax)
	}
	total := rows.Add(w.Shipping)
	if !w.Included {
		total = total.Add(taxes)
	}
	for _, c := range []struct {
		what string
		a, b decimal.Decimal
	}{
		{"subtotal and lines", w.Subtotal, rows}, {"tax and the taxes of lines and shipping", w.TaxTotal, taxes}, {"tax and the taxes by rate", w.TaxTotal, byRate},
		{"total and its parts", w.Total, total}, {"total and net with tax by rate", w.Total, nets.Add(byRate)}, {"reviewed subtotal", w.BreakSubtotal, w.Subtotal},
		{"reviewed tax", w.BreakTax, w.TaxTotal}, {"reviewed total", w.BreakTotal, w.Total}, {"reviewed taxes of lines", w.BreakLineTax.Add(w.ShippingTax), w.TaxTotal},
		{"total in whole cents", w.Total, w.Total.Round(2)}, {"tax in whole cents", w.TaxTotal, w.TaxTotal.Round(2)},
	} {
		if !c.a.Equal(c.b) {
			return fmt.Sprintf("%s: %s is not %s", c.what, c.a, c.b)
		}
	}
	return ""
}

// leave lets the goods go in parts and looks at what is due: it never falls, and in the end it is the total.
func leave(t *rapid.T, s *commercetest.Shop, id string, total decimal.Decimal) {
	var o *order.Held
	err := pgx.BeginFunc(context.Background(), s.Pool, func(tx pgx.Tx) (err error) {
		if err = access.Enter(context.Background(), tx, s.Caller); err != nil {
			return err
		}
		o, err = order.Hold(context.Background(), tx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before := decimal.Zero
	for _, part := range []int64{rapid.Int64Range(1, 99).Draw(t, "first part"), rapid.Int64Range(1, 99).Draw(t, "second part"), 100} {
		for i := range o.Lines {
			l := &o.Lines[i]
			l.Shipped = decimal.Max(l.Shipped, l.Quantity.Mul(decimal.New(part, -2)).Round(3))
		}
		due, _ := o.Due()
		if due.Number.LessThan(before) || due.Number.GreaterThan(total) || !due.Number.Equal(due.Round().Number) {
			t.Fatalf("when %d %% have left, %s are due of %s; before it were %s", part, due, total, before)
		}
		before = due.Number
	}
	if due, final := o.Due(); !due.Number.Equal(total) || !final {
		t.Fatalf("when all has left, %s are due of %s (final: %t)", due, total, final)
	}
}
