package story

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
)

// shopping: a buyer logs in and sees his own prices and the stock.
func (s *Story) shopping(ctx context.Context) {
	if !s.step("Shop: the buyer logs in", func() error { return s.buyer.session(ctx, s.place.BuyerEmail, s.place.BuyerPass) }) {
		return
	}
	s.step("Shop: another customer's buyer logs in", func() error {
		return s.other.session(ctx, s.plot.Stranger.Email, s.place.BuyerPass)
	})
	for _, see := range []struct {
		what  string
		offer sample.Offer
	}{
		{"contract price (product by CSV)", s.plot.ContractCSV}, {"contract price (product by IDoc)", s.plot.ContractIDoc},
		{"price of his group", s.plot.Group}, {"list price with its tiers", s.plot.List}, {"price per several kilograms", s.plot.Kilograms},
	} {
		s.step("Shop: the buyer sees his "+see.what+" and the stock", func() error { return s.offer(ctx, s.buyer, see.offer, see.offer.Price) })
	}
	s.step("Shop: the other customer sees the list price of the same product", func() error {
		return s.offer(ctx, s.other, s.plot.ContractCSV, s.plot.ContractCSV.ListPrice)
	})
	s.step("Shop: a discontinued product does not exist", func() error {
		_, err := s.buyer.get(ctx, "/products/key:"+url.PathEscape(s.plot.Discontinued))
		return is(err, 404)
	})
}

func (s *Story) offer(ctx context.Context, c *client, o sample.Offer, want decimal.Decimal) error {
	p, err := c.get(ctx, "/products/key:"+url.PathEscape(o.SKU))
	if err != nil {
		return err
	}
	price, _ := p.Attributes["price"].(map[string]any)
	what := o.SKU + ": "
	if err := all(same(what+"price", fmt.Sprint(price["amount"]), want), same(what+"per", fmt.Sprint(price["per"]), o.Per),
		equal(what+"currency", fmt.Sprint(price["currency"]), sample.Currency)); err != nil {
		return err
	}
	if want.Equal(o.Price) && o.HasTiers {
		if err := tiers(p, o); err != nil {
			return err
		}
	}
	return available(p, o.Available)
}

// tiers compares the steps of the price with those of the list.
func tiers(p object, o sample.Offer) error {
	prices, _ := p.Attributes["prices"].([]any)
	if len(prices) != len(o.Tiers)+1 {
		return fmt.Errorf("%s has %d steps, expected %d", o.SKU, len(prices), len(o.Tiers)+1)
	}
	for i, t := range o.Tiers {
		step, _ := prices[i+1].(map[string]any)
		if err := all(same(o.SKU+": quantity of a step", fmt.Sprint(step["minQuantity"]), t.From),
			same(o.SKU+": price of a step", fmt.Sprint(step["amount"]), t.Amount)); err != nil {
			return err
		}
	}
	return nil
}

func available(p object, want decimal.Decimal) error {
	sum := decimal.Zero
	stock, _ := p.Attributes["stock"].([]any)
	for _, s := range stock {
		level, _ := s.(map[string]any)
		n, err := decimal.NewFromString(fmt.Sprint(level["available"]))
		if err != nil {
			return fmt.Errorf("the stock shows %v", level)
		}
		sum = sum.Add(n)
	}
	if !sum.Equal(want) {
		return fmt.Errorf("%s are available, expected %s", sum, want)
	}
	return nil
}

// is expects an answer of that status.
func is(err error, code int) error {
	s, ok := err.(*status) //nolint:errorlint // do returns it as it is
	if !ok || s.code != code {
		return fmt.Errorf("the answer is %v, expected status %d", err, code)
	}
	return nil
}

// ordering: a cart, a checkout, an order on account; every total is computed by the server.
func (s *Story) ordering(ctx context.Context) {
	cart, checkout := "", ""
	if !s.step("Shop: a cart of three lines adds up", func() (err error) { cart, err = s.fillCart(ctx); return err }) {
		return
	}
	if !s.step("Shop: checkout with address, shipping and PO number", func() (err error) { checkout, err = s.checkout(ctx, cart); return err }) {
		return
	}
	if !s.step("Shop: the order is placed; lines, shipping and total are exact", func() error { return s.placeOrder(ctx, checkout) }) {
		return
	}
	s.step("Shop: placing it again gives the same order", func() error {
		again, err := s.buyer.post(ctx, "/checkouts/"+checkout+"/actions/place", nil)
		if err != nil {
			return err
		}
		return equal("order", again.ID, s.order.id)
	})
	s.step("API: the stock is reserved", func() error { return s.stock(ctx, s.plot.ContractCSV.Product, s.order.lines[0].quantity) })
}

func (s *Story) fillCart(ctx context.Context) (string, error) {
	cart, err := s.buyer.post(ctx, "/carts", map[string]any{"data": map[string]any{"type": "carts", "attributes": map[string]any{"name": "Story"}}})
	if err != nil {
		return "", err
	}
	var lines []map[string]string
	for _, w := range []struct {
		offer    sample.Offer
		quantity int64
	}{{s.plot.ContractCSV, 3}, {s.plot.ContractIDoc, 2}, {s.plot.Group, 4}} {
		q := decimal.NewFromInt(w.quantity)
		l := line{sku: w.offer.SKU, quantity: q, price: w.offer.Price, per: w.offer.Per, total: q.Mul(w.offer.Price).DivRound(w.offer.Per, 2)}
		s.order.lines = append(s.order.lines, l)
		s.order.subtotal = s.order.subtotal.Add(l.total)
		lines = append(lines, map[string]string{"sku": l.sku, "quantity": q.String()})
	}
	body := map[string]any{"data": map[string]any{"type": "carts", "attributes": map[string]any{"lines": lines}}}
	filled, err := s.buyer.post(ctx, "/carts/"+cart.ID+"/actions/addLines", body)
	if err != nil {
		return "", err
	}
	return cart.ID, same("subtotal", filled.text("subtotal"), s.order.subtotal)
}

func (s *Story) checkout(ctx context.Context, cart string) (string, error) {
	addresses, err := s.buyer.list(ctx, "/customerAddresses")
	if err != nil {
		return "", err
	}
	if len(addresses) == 0 {
		return "", fmt.Errorf("the customer has no address; SAP sent one")
	}
	method, err := s.buyer.one(ctx, "/shippingMethods?filter[code]=STANDARD")
	if err != nil {
		return "", err
	}
	if s.order.shipping, err = decimal.NewFromString(method.text("amount")); err != nil {
		return "", fmt.Errorf("shipping costs %q", method.text("amount"))
	}
	s.order.total = s.order.subtotal.Add(s.order.shipping)
	c, err := s.buyer.post(ctx, "/checkouts", map[string]any{"data": map[string]any{"type": "checkouts",
		"attributes": map[string]any{"poNumber": "PO-STORY-1", "notes": "Gate 3"},
		"relationships": map[string]any{"cart": relation("carts", cart), "shippingAddress": relation("customerAddresses", addresses[0].ID),
			"shippingMethod": relation("shippingMethods", method.ID)}}})
	return c.ID, err
}

func (s *Story) placeOrder(ctx context.Context, checkout string) error {
	o, err := s.buyer.post(ctx, "/checkouts/"+checkout+"/actions/place", nil)
	if err != nil {
		return err
	}
	s.order.id, s.order.number = o.ID, o.text("number")
	if err := all(equal("poNumber", o.text("poNumber"), "PO-STORY-1"), equal("currency", o.text("currency"), sample.Currency),
		same("subtotal", o.text("subtotal"), s.order.subtotal), same("shippingTotal", o.text("shippingTotal"), s.order.shipping),
		same("total", o.text("total"), s.order.total)); err != nil {
		return err
	}
	lines, err := s.buyer.list(ctx, "/orders/"+o.ID+"/lines?sort=position")
	if err != nil {
		return err
	}
	if len(lines) != len(s.order.lines) {
		return fmt.Errorf("the order has %d lines, expected %d", len(lines), len(s.order.lines))
	}
	for i, l := range lines {
		want := s.order.lines[i]
		if err := all(equal("sku", l.text("sku"), want.sku), same("quantity", l.text("quantity"), want.quantity),
			same("price", l.text("price"), want.price), same("rowTotal", l.text("rowTotal"), want.total)); err != nil {
			return err
		}
	}
	return nil
}

// answering: SAP pulls the order file, checks it and answers; both acknowledgements are seen apart.
func (s *Story) answering(ctx context.Context) {
	if s.order.number == "" {
		return
	}
	start := time.Now()
	if !s.step("SFTP: the order file lies in out/ within 5 s; SAP accepts every value", func() error { return s.pulled(ctx, start) }) {
		return
	}
	s.step("API: the order is collected and, apart from that, accepted, with SAP's number", func() error { return s.acknowledged(ctx) })
	s.step("Shop: the buyer sees the order confirmed in his history", func() error {
		o, err := s.buyer.get(ctx, "/orders/"+s.order.id)
		if err != nil {
			return err
		}
		return all(equal("number", o.text("number"), s.order.number), equal("status", o.text("status"), "confirmed"))
	})
}

func (s *Story) pulled(ctx context.Context, start time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	polling := make(chan error, 1)
	watching, stop := context.WithCancel(ctx)
	go func() { polling <- s.sap.Run(watching) }()
	o, err := s.sap.Await(ctx, s.order.number)
	if err == nil {
		// The answer is dropped after the verdict; it must be through before SAP looks away.
		err = eventually(ctx, 5*time.Second, func() error { return s.answered(ctx) })
	}
	stop()
	<-polling
	if err != nil {
		return err
	}
	if took := o.Received.Sub(start); took > 5*time.Second {
		return fmt.Errorf("SAP found the file only after %s", took)
	}
	if len(o.Problems) > 0 {
		return fmt.Errorf("SAP refuses the order: %s", o.Problems[0])
	}
	if len(o.Lines) != len(s.order.lines) {
		return fmt.Errorf("SAP's file has %d lines, expected %d", len(o.Lines), len(s.order.lines))
	}
	for i, l := range o.Lines {
		want := s.order.lines[i]
		if err := all(equal("material", l.Material, want.sku), same("quantity", l.Quantity.String(), want.quantity),
			same("price", l.Price.String(), want.price), same("net value", l.Net.String(), want.total)); err != nil {
			return err
		}
	}
	return all(equal("status", o.Status, "53"), equal("customer", o.Customer, s.plot.Buyer.Customer), equal("currency", o.Currency, sample.Currency),
		same("sum in SAP's file, shipping included", o.Total.String(), s.order.total))
}

func (s *Story) answered(ctx context.Context) error {
	o, err := s.admin.get(ctx, "/orders/"+s.order.id)
	if err != nil {
		return err
	}
	if o.text("acceptedAt") == "" {
		return fmt.Errorf("SAP's acceptance has not come in")
	}
	return nil
}

func (s *Story) acknowledged(ctx context.Context) error {
	return eventually(ctx, 10*time.Second, func() error {
		o, err := s.admin.get(ctx, "/orders/"+s.order.id)
		if err != nil {
			return err
		}
		if o.text("collectedAt") == "" || o.text("acceptedAt") == "" || o.text("refusedAt") != "" {
			return fmt.Errorf("collected %q, accepted %q, refused %q", o.text("collectedAt"), o.text("acceptedAt"), o.text("refusedAt"))
		}
		ids, _ := o.Attributes["externalIds"].([]any)
		if len(ids) != 1 {
			return fmt.Errorf("the order has %d external ids, expected SAP's number", len(ids))
		}
		return nil
	})
}

// guarding: what must not be possible is not.
func (s *Story) guarding(ctx context.Context) {
	if s.order.id == "" {
		return
	}
	s.step("Shop: another customer's order answers 404, by id and in no list", func() error {
		_, err := s.other.get(ctx, "/orders/"+s.order.id)
		if err := is(err, 404); err != nil {
			return err
		}
		list, err := s.other.list(ctx, "/orders?filter[number]="+url.QueryEscape(s.order.number))
		if err != nil {
			return err
		}
		if len(list) != 0 {
			return fmt.Errorf("the list shows %d foreign orders", len(list))
		}
		return nil
	})
	s.step("Shop: prices and totals that a client sends are refused", func() error {
		_, err := s.buyer.post(ctx, "/carts", map[string]any{"data": map[string]any{"type": "carts", "attributes": map[string]any{"subtotal": "0.01"}}})
		return is(err, 422)
	})
	s.step("Shop: a buyer whose customer is blocked for orders cannot order", func() error { return s.blocked(ctx) })
}

func (s *Story) blocked(ctx context.Context) error {
	c := newClient(s.place.StorefrontURL)
	if err := c.session(ctx, s.plot.Blocked.Email, s.place.BuyerPass); err != nil {
		return err
	}
	cart, err := c.post(ctx, "/carts", map[string]any{"data": map[string]any{"type": "carts", "attributes": map[string]any{}}})
	if err != nil {
		return err
	}
	body := map[string]any{"data": map[string]any{"type": "carts", "attributes": map[string]any{"lines": []map[string]string{{"sku": s.plot.List.SKU, "quantity": "1"}}}}}
	if _, err := c.post(ctx, "/carts/"+cart.ID+"/actions/addLines", body); err != nil {
		return err
	}
	checkout, err := c.post(ctx, "/checkouts", map[string]any{"data": map[string]any{"type": "checkouts",
		"relationships": map[string]any{"cart": relation("carts", cart.ID)}}})
	if err != nil {
		return err
	}
	_, err = c.post(ctx, "/checkouts/"+checkout.ID+"/actions/place", nil)
	return is(err, 422)
}
