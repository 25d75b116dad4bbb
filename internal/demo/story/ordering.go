package story

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
)

// wanted is a product that goes into a cart.
type wanted struct {
	offer    sample.Offer
	quantity int64
}

// fill makes a cart of the lines and notes what they come to.
func (s *Story) fill(ctx context.Context, o *placed, lines ...wanted) (string, error) {
	cart, err := s.buyer.post(ctx, "/carts", map[string]any{"data": map[string]any{"type": "carts", "attributes": map[string]any{"name": "Story"}}})
	if err != nil {
		return "", err
	}
	var added []map[string]string
	for _, w := range lines {
		q := decimal.NewFromInt(w.quantity)
		l := line{sku: w.offer.SKU, quantity: q, price: w.offer.Price, per: w.offer.Per, total: q.Mul(w.offer.Price).DivRound(w.offer.Per, 2),
			weight: q.Mul(w.offer.Weight)}
		o.lines = append(o.lines, l)
		o.subtotal = o.subtotal.Add(l.total)
		added = append(added, map[string]string{"sku": l.sku, "quantity": q.String()})
	}
	body := map[string]any{"data": map[string]any{"type": "carts", "attributes": map[string]any{"lines": added}}}
	filled, err := s.buyer.post(ctx, "/carts/"+cart.ID+"/actions/addLines", body)
	if err != nil {
		return "", err
	}
	return cart.ID, same("subtotal", filled.text("subtotal"), o.subtotal)
}

// tax is what the buyer, whose goods stay in the country, pays on an amount.
func (s *Story) tax(amount decimal.Decimal) decimal.Decimal {
	if s.country != sample.TaxCountry {
		return decimal.Zero
	}
	return amount.Mul(decimal.RequireFromString(sample.TaxPercent)).Div(decimal.NewFromInt(100)).Round(2)
}

// add computes taxes and total of an order whose lines and shipping are known: each line is taxed and rounded by itself.
func (s *Story) add(o *placed) {
	o.tax = s.tax(o.shipping)
	for i := range o.lines {
		o.lines[i].tax = s.tax(o.lines[i].total)
		o.tax = o.tax.Add(o.lines[i].tax)
	}
	o.total = o.subtotal.Add(o.shipping).Add(o.tax)
}

// open makes a checkout of a cart that goes to the company's address.
func (s *Story) open(ctx context.Context, cart, poNumber string) (string, error) {
	addresses, err := s.buyer.list(ctx, "/customerAddresses")
	if err != nil {
		return "", err
	}
	if len(addresses) == 0 {
		return "", fmt.Errorf("the customer has no address; SAP sent one")
	}
	s.country, s.postalCode = addresses[0].text("country"), addresses[0].text("postalCode")
	c, err := s.buyer.post(ctx, "/checkouts", map[string]any{"data": map[string]any{"type": "checkouts",
		"attributes":    map[string]any{"poNumber": poNumber, "notes": "Gate 3"},
		"relationships": map[string]any{"cart": relation("carts", cart), "shippingAddress": relation("customerAddresses", addresses[0].ID)}}})
	return c.ID, err
}

// choose decides on something in a checkout.
func (s *Story) choose(ctx context.Context, checkout string, attributes, relationships map[string]any) error {
	return s.buyer.do(ctx, "PATCH", "/checkouts/"+checkout, map[string]any{"data": map[string]any{"type": "checkouts", "id": checkout,
		"attributes": attributes, "relationships": relationships}}, nil)
}

// review lets the server compute the total and compares it.
func (s *Story) review(ctx context.Context, checkout string, o *placed) error {
	c, err := s.buyer.post(ctx, "/checkouts/"+checkout+"/actions/review", nil)
	if err != nil {
		return err
	}
	if problems, _ := c.Attributes["problems"].([]any); len(problems) > 0 {
		return fmt.Errorf("the checkout is not ready: %v", problems)
	}
	if s.till.key = publishable(c); s.till.key == "" {
		return fmt.Errorf("the checkout does not say how a card is taken: %v", c.Attributes["paymentMethods"])
	}
	return all(same("subtotal", c.text("subtotal"), o.subtotal), same("shippingTotal", c.text("shippingTotal"), o.shipping),
		same("taxTotal", c.text("taxTotal"), o.tax), same("total", c.text("total"), o.total))
}

// place orders and compares what was ordered.
func (s *Story) placeOrder(ctx context.Context, checkout string, input map[string]any, o *placed) (object, error) {
	placed, err := s.buyer.post(ctx, "/checkouts/"+checkout+"/actions/place", map[string]any{"data": map[string]any{"attributes": input}})
	if err != nil {
		return placed, err
	}
	o.id, o.number = placed.ID, placed.text("number")
	if err := all(equal("currency", placed.text("currency"), sample.Currency), same("subtotal", placed.text("subtotal"), o.subtotal),
		same("shippingTotal", placed.text("shippingTotal"), o.shipping), same("taxTotal", placed.text("taxTotal"), o.tax),
		same("total", placed.text("total"), o.total)); err != nil {
		return placed, err
	}
	lines, err := s.buyer.list(ctx, "/orders/"+placed.ID+"/lines?sort=position")
	if err != nil {
		return placed, err
	}
	if len(lines) != len(o.lines) {
		return placed, fmt.Errorf("the order has %d lines, expected %d", len(lines), len(o.lines))
	}
	for i, l := range lines {
		want := o.lines[i]
		if err := all(equal("sku", l.text("sku"), want.sku), same("quantity", l.text("quantity"), want.quantity),
			same("price", l.text("price"), want.price), same("rowTotal", l.text("rowTotal"), want.total), same("taxTotal", l.text("taxTotal"), want.tax)); err != nil {
			return placed, err
		}
	}
	return placed, nil
}

// onAccount: a second order, on payment terms and at a flat rate, stands at once.
func (s *Story) onAccount(ctx context.Context) {
	cart, checkout := "", ""
	o := &s.order
	if !s.step("Shop: a cart of three lines adds up", func() (err error) {
		cart, err = s.fill(ctx, o, wanted{s.plot.ContractCSV, 3}, wanted{s.plot.ContractIDoc, 2}, wanted{s.plot.Group, 4})
		return err
	}) {
		return
	}
	if !s.step("Shop: checkout on payment terms, at a flat rate, with the PO number", func() (err error) {
		checkout, err = s.flat(ctx, cart)
		return err
	}) {
		return
	}
	if !s.step("Shop: the order is placed; lines, shipping, tax and total are exact", func() error {
		placed, err := s.placeOrder(ctx, checkout, nil, o)
		if err != nil {
			return err
		}
		return all(equal("poNumber", placed.text("poNumber"), "PO-STORY-1"), equal("status", placed.text("status"), "open"))
	}) {
		return
	}
	s.step("Shop: placing it again gives the same order", func() error {
		again, err := s.buyer.post(ctx, "/checkouts/"+checkout+"/actions/place", nil)
		if err != nil {
			return err
		}
		return equal("order", again.ID, o.id)
	})
	s.step("API: the stock is reserved", func() error { return s.stock(ctx, s.plot.ContractCSV.Product, o.lines[0].quantity) })
}

// flat chooses the shop's own way of shipping; what it costs is known without a quote.
func (s *Story) flat(ctx context.Context, cart string) (string, error) {
	method, err := s.buyer.one(ctx, "/shippingMethods?filter[code]=STANDARD")
	if err != nil {
		return "", err
	}
	if s.order.shipping, err = decimal.NewFromString(method.text("amount")); err != nil {
		return "", fmt.Errorf("shipping costs %q", method.text("amount"))
	}
	checkout, err := s.open(ctx, cart, "PO-STORY-1")
	if err != nil {
		return "", err
	}
	s.add(&s.order)
	return checkout, s.choose(ctx, checkout, map[string]any{"paymentMethod": "paymentTerm"},
		map[string]any{"shippingMethod": relation("shippingMethods", method.ID)})
}

// publishable is the gateway's key for browsers, as the review tells it.
func publishable(checkout object) string {
	ways, _ := checkout.Attributes["paymentMethods"].([]any)
	for _, w := range ways {
		way, _ := w.(map[string]any)
		form, _ := way["form"].(map[string]any)
		options, _ := form["options"].(map[string]any)
		if key, ok := options["publishableKey"].(string); ok && way["code"] == "stripe" {
			return key
		}
	}
	return ""
}
