package shop

import (
	"context"
	"errors"
	"net/url"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/cart"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

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

// newCheckout makes a checkout that goes to the company's usual addresses.
func (s *Shop) newCheckout(ctx context.Context, tx pgx.Tx, caller access.Caller, cartID string) (string, error) {
	var addresses []found
	if err := s.Store.ReadAll(ctx, tx, caller, collect(s.addresses(caller), &addresses)); err != nil {
		return "", err
	}
	places, err := placesOf(addresses)
	if err != nil {
		return "", err
	}
	values := map[string]string{"cart": cartID}
	if len(places) > 0 {
		values["shippingAddress"], values["billingAddress"] = places[0].id, invoiceAddress(places)
	}
	batch, c := &record.Batch{}, &record.Change{}
	if err := s.change(batch, record.Create, "checkouts", c, values); err != nil {
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

// invoiceAddress is the address that invoices go to: the one that is for them, else the company's main one, else the first.
func invoiceAddress(places []place) string {
	id := places[0].id
	for i := len(places) - 1; i >= 0; i-- {
		if places[i].Primary {
			id = places[i].id
		}
	}
	for i := len(places) - 1; i >= 0; i-- {
		if places[i].Billing {
			id = places[i].id
		}
	}
	return id
}

// Checkout is the first page of the two. Its form holds what was chosen before.
func (s *Shop) Checkout(ctx context.Context, id string) (storefront.Checkout, error) {
	var shown storefront.Checkout
	caller, err := buyer(ctx)
	if err != nil {
		return shown, err
	}
	if err := s.quote(ctx, caller, id); err != nil {
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
	for _, q := range d.quotes {
		shown.Shipping = append(shown.Shipping, s.method(ctx, q))
	}
	for _, m := range d.methods {
		shown.Payment = append(shown.Payment, storefront.Method{Code: m.Code, Name: s.methodName(ctx, m), Text: d.termOf(m)})
	}
	shown.Problems = s.obstacles(ctx, d, standing)
	if left, limited := standing.Left(); limited {
		shown.CreditLeft = &page.Money{Amount: left, Currency: caller.Currency}
	}
	shown.Form.Values = d.values()
	return shown, nil
}

// quote finds out what shipping costs, where that is not known already. A checkout that cannot be quoted yet, or any more,
// shows what it has.
func (s *Shop) quote(ctx context.Context, caller access.Caller, id string) error {
	if _, ok := resource.ParseUUID(id); !ok {
		return storefront.ErrNotFound
	}
	_, err := s.run(ctx, caller, "checkouts", "quoteShipping", id, nil)
	var refused *command.Error
	if errors.As(err, &refused) {
		if refused.Code() == command.CodeNotFound {
			return storefront.ErrNotFound
		}
		return nil
	}
	return err
}

// method is a way of shipping as the page shows it.
func (s *Shop) method(ctx context.Context, q quoteRow) storefront.Method {
	m := storefront.Method{Code: q.Code, Name: q.Name, Free: q.Amount != nil && q.Amount.IsZero()}
	if q.Amount != nil {
		m.Price = &page.Money{Amount: *q.Amount, Currency: q.Currency}
	}
	switch arrives := day(q.ArrivesOn); {
	case !arrives.IsZero():
		m.Text = s.text(ctx, "shop.checkout.arrives", s.printer(ctx).Date(arrives))
	case q.Days > 0:
		m.Text = s.text(ctx, "shop.checkout.days", q.Days)
	case q.Kind == "later":
		m.Text = s.text(ctx, "shop.checkout.quotedLater")
	}
	return m
}

// obstacles are what keeps the order from being placed whatever is chosen, in words.
func (s *Shop) obstacles(ctx context.Context, d *desk, standing order.Standing) []string {
	var problems []string
	if standing.OrderBlock {
		problems = append(problems, s.text(ctx, "shop.order.blocked"))
	}
	if left, limited := standing.Left(); limited && d.basket.subtotal.Amount.GreaterThan(left) && d.onlyOnAccount() {
		p := s.printer(ctx)
		problems = append(problems, s.text(ctx, "shop.order.credit", p.Amount(d.basket.subtotal), p.Amount(page.Money{Amount: left, Currency: d.basket.subtotal.Currency})))
	}
	if len(d.methods) == 0 {
		problems = append(problems, s.text(ctx, "shop.order.noTerm"))
	}
	if len(d.quotes) == 0 && len(d.places) > 0 {
		problems = append(problems, s.text(ctx, "shop.order.noMethod", d.basket.subtotal.Currency))
	}
	if len(d.basket.lines) == 0 && d.order == "" {
		problems = append(problems, s.text(ctx, "shop.order.empty"))
	}
	return append(problems, d.basket.problems()...)
}

// values are what was chosen before, as the form sends it.
func (d *desk) values() url.Values {
	values := url.Values{"poNumber": {d.PONumber}, "note": {d.Notes}, "requestedDate": {d.RequestedDate}}
	for name, id := range map[string]string{"address": d.chosen["shippingAddress"], "shipping": d.code(), "payment": d.paymentChosen()} {
		if id != "" {
			values.Set(name, id)
		}
	}
	return values
}

// paymentChosen is the code of the way of paying, if it is offered.
func (d *desk) paymentChosen() string {
	for _, m := range d.methods {
		if m.Code == d.PaymentMethod {
			return m.Code
		}
	}
	return ""
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
