package shop

import (
	"context"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/cart"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

type checkoutRow struct{ Status, PONumber, Notes, RequestedDate string }

type methodRow struct {
	Code, Name string
	Amount     decimal.Decimal
}

// desk is all that a checkout is made of.
type desk struct {
	checkoutRow
	id        string
	chosen    map[string]string // ids by relation of the checkout
	order     string            // number of the order that came of it
	basket    basket
	places    []place
	methods   []methodRow
	methodIDs []string
	term      string
}

// Start gives the checkout of the buyer's cart, the one that he left before or a new one.
func (s *Shop) Start(ctx context.Context) (string, error) {
	caller, err := buyer(ctx)
	if err != nil {
		return "", err
	}
	var id string
	err = s.within(ctx, caller, func(tx pgx.Tx) error {
		current, err := cart.Current(ctx, tx, caller) // it holds off a second click meanwhile
		if err != nil {
			return err
		}
		q := s.query("checkouts")
		q.Filters = []record.Filter{{Path: "cart", Operator: resource.Eq, Values: []string{current}},
			{Path: "status", Operator: resource.Eq, Values: []string{"open"}}}
		q.Sort, q.Size = []record.Sort{{Path: "createdAt", Descending: true}}, 1
		q.Include, q.Fields = []string{"cart"}, map[string][]string{"checkouts": {"cart"}, "carts": {"lineCount"}}
		var open []found
		if err := s.Store.ReadAll(ctx, tx, caller, collect(q, &open)); err != nil {
			return err
		}
		if len(open) > 0 {
			id = open[0].id
			return nil
		}
		id, err = s.newCheckout(ctx, tx, caller, current)
		return err
	})
	return id, err
}

func (s *Shop) newCheckout(ctx context.Context, tx pgx.Tx, caller access.Caller, cartID string) (string, error) {
	batch := &record.Batch{}
	c := &record.Change{}
	if err := s.change(batch, record.Create, "checkouts", c, map[string]string{"cart": cartID}); err != nil {
		return "", err
	}
	if err := s.Store.Apply(ctx, tx, caller, batch); err != nil {
		return "", err
	}
	if c.Outcome == record.Failed {
		return "", storefront.ErrNotFound
	}
	return c.ID, nil
}

// Checkout is the one page between cart and order. Its form holds what was chosen before.
func (s *Shop) Checkout(ctx context.Context, id string) (storefront.Checkout, error) {
	var shown storefront.Checkout
	caller, err := buyer(ctx)
	if err != nil {
		return shown, err
	}
	d, err := s.desk(ctx, caller, id)
	if err != nil {
		return shown, err
	}
	standing, err := order.StandingOf(ctx, s.Pool, caller)
	if err != nil {
		return shown, err
	}
	shown = storefront.Checkout{ID: d.id, Order: d.order, Subtotal: d.basket.subtotal, Countries: s.countriesFor(ctx, d)}
	for _, p := range d.places {
		shown.Addresses = append(shown.Addresses, p.address(ctx, p.id))
	}
	for _, l := range d.basket.lines {
		line := storefront.OrderLine{SKU: l.SKU, Name: l.Name, Unit: l.Unit.Name, Quantity: l.Quantity, Total: l.Total}
		if l.Price != nil {
			line.Price = *l.Price
		}
		shown.Lines = append(shown.Lines, line)
	}
	s.methodsOf(d, caller.Currency, &shown)
	if d.term != "" {
		shown.Payment = []storefront.Method{{Code: "paymentTerm", Name: s.text(ctx, "shop.checkout.onAccount"), Text: d.term}}
	}
	shown.Problems = s.obstacles(ctx, d, standing, shown.Total)
	if left, limited := standing.Left(); limited {
		shown.CreditLeft = &page.Money{Amount: left, Currency: caller.Currency}
	}
	shown.Form.Values = d.values()
	return shown, nil
}

// methodsOf fills in the ways of shipping, each with the total that it leads to, and the sums of the chosen one.
func (s *Shop) methodsOf(d *desk, currency string, shown *storefront.Checkout) {
	money := func(amount decimal.Decimal) page.Money { return page.Money{Amount: amount, Currency: currency} }
	shown.ShippingTotal, shown.Total = money(decimal.Zero), d.basket.subtotal
	for i, m := range d.methods {
		price, total := money(m.Amount), money(d.basket.subtotal.Amount.Add(m.Amount))
		shown.Shipping = append(shown.Shipping, storefront.Method{Code: m.Code, Name: m.Name, Price: &price, Total: &total})
		if i == 0 || d.methodIDs[i] == d.chosen["shippingMethod"] {
			shown.ShippingTotal, shown.Total = price, total
		}
	}
}

// obstacles are what keeps the order from being placed, in words.
func (s *Shop) obstacles(ctx context.Context, d *desk, standing order.Standing, total page.Money) []string {
	var problems []string
	if standing.OrderBlock {
		problems = append(problems, s.text(ctx, "shop.order.blocked"))
	}
	if left, limited := standing.Left(); limited && total.Amount.GreaterThan(left) {
		p := s.printer(ctx)
		problems = append(problems, s.text(ctx, "shop.order.credit", p.Amount(total), p.Amount(page.Money{Amount: left, Currency: total.Currency})))
	}
	if d.term == "" {
		problems = append(problems, s.text(ctx, "shop.order.noTerm"))
	}
	if len(d.methods) == 0 {
		problems = append(problems, s.text(ctx, "shop.order.noMethod", total.Currency))
	}
	if len(d.basket.lines) == 0 && d.order == "" {
		problems = append(problems, s.text(ctx, "shop.order.empty"))
	}
	return append(problems, d.basket.problems()...)
}

// values are what was chosen before, as the form sends it.
func (d *desk) values() url.Values {
	values := url.Values{"poNumber": {d.PONumber}, "note": {d.Notes}, "requestedDate": {d.RequestedDate}}
	if id := d.chosen["shippingAddress"]; id != "" {
		values.Set("address", id)
	}
	for i, m := range d.methods {
		if d.methodIDs[i] == d.chosen["shippingMethod"] {
			values.Set("shipping", m.Code)
		}
	}
	return values
}

// countriesFor lists the countries, that of the company's usual address chosen.
func (s *Shop) countriesFor(ctx context.Context, d *desk) []page.Option {
	list := append([]page.Option{{Text: "–"}}, s.countries[page.LanguageOf(ctx)]...)
	if len(d.places) > 0 {
		for i := range list {
			list[i].Selected = list[i].Value == d.places[0].Country
		}
	}
	return list
}
