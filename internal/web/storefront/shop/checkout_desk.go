package shop

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

type checkoutRow struct {
	Status, PONumber, Notes, RequestedDate, PaymentMethod, Currency string
	Subtotal, ShippingTotal, TaxTotal, Total                        decimal.Decimal
	TaxIncluded                                                     bool
	Breakdown                                                       json.RawMessage
	Problems, Changes                                               []finding
}

// finding is what review found: an obstacle, or something that has changed.
type finding struct{ Code, Field, Detail string }

type quoteRow struct {
	Code, Name, Kind, Currency, ArrivesOn string
	Amount                                *decimal.Decimal
	Days                                  int
	PickUp                                bool

	id string
}

// desk is all that a checkout is made of.
type desk struct {
	checkoutRow
	id      string
	chosen  map[string]string // ids by relation of the checkout
	order   string            // number of the order that came of it
	orderID string
	basket  basket
	places  []place
	quotes  []quoteRow
	methods []payment.Method
	term    string // name of the company's payment term, "" if none is agreed
}

// code is that of the way of shipping that was chosen.
func (d *desk) code() string {
	for _, q := range d.quotes {
		if q.id == d.chosen["shippingQuote"] {
			return q.Code
		}
	}
	return ""
}

// termOf is the term by which a way of paying is paid.
func (d *desk) termOf(m payment.Method) string {
	if m.Traits.OnAccount {
		return d.term
	}
	return ""
}

func (d *desk) onlyOnAccount() bool {
	for _, m := range d.methods {
		if !m.Traits.OnAccount {
			return false
		}
	}
	return true
}

// desk reads a checkout with all that it is made of.
func (s *Shop) desk(ctx context.Context, caller access.Caller, id string) (*desk, error) {
	id, ok := resource.ParseUUID(id)
	if !ok {
		return nil, storefront.ErrNotFound
	}
	q := s.query("checkouts")
	q.Target = resource.Ref{ID: id}
	q.Include = []string{"order", "quotes"}
	q.Fields = map[string][]string{"orders": {"number"}}
	carts := withLines(&record.Query{Type: s.query("carts").Type, Fields: map[string][]string{},
		Of: &record.Origin{Type: q.Type, Target: q.Target, Relation: "cart"}})
	var checkouts, inCart, addresses, companies []found
	err := s.read(ctx, caller, collect(q, &checkouts), collect(carts, &inCart), collect(s.addresses(caller), &addresses),
		collect(s.company(caller.Customer), &companies))
	if err != nil {
		return nil, err
	}
	if len(checkouts) == 0 || len(companies) == 0 {
		return nil, storefront.ErrNotFound
	}
	d := &desk{id: id, chosen: checkouts[0].ones, basket: basket{subtotal: page.Money{Currency: caller.Currency}}}
	if err := d.take(&checkouts[0], &companies[0], addresses); err != nil {
		return nil, err
	}
	if d.methods, err = s.methods(ctx, caller, d.term != ""); err != nil {
		return nil, err
	}
	if len(inCart) > 0 {
		d.basket, err = s.basket(ctx, caller, &inCart[0])
	}
	return d, err
}

func (d *desk) take(checkout, company *found, addresses []found) (err error) {
	if d.checkoutRow, err = decode[checkoutRow](checkout.attributes); err != nil {
		return err
	}
	placed, ok := checkout.one("order", d.id)
	o, err := decodeRelated[struct{ Number string }](placed, ok)
	if err != nil {
		return err
	}
	d.order, d.orderID = o.Number, placed.id
	if d.term, err = company.nameOf("paymentTerm"); err != nil {
		return err
	}
	if d.places, err = placesOf(addresses); err != nil {
		return err
	}
	for _, r := range checkout.below("quotes", d.id) {
		q, err := decode[quoteRow]([]byte(r.attributes))
		if err != nil {
			return err
		}
		q.id = r.id
		d.quotes = append(d.quotes, q)
	}
	return nil
}

// methods are the ways of paying that the buyer has: on account only where a term is agreed.
func (s *Shop) methods(ctx context.Context, caller access.Caller, term bool) (methods []payment.Method, err error) {
	err = s.within(ctx, caller, func(tx pgx.Tx) error {
		offered, err := s.Payments.Offered(ctx, tx, caller.Organization, caller.Website)
		for _, m := range offered {
			if term || !m.Traits.OnAccount {
				methods = append(methods, m)
			}
		}
		return err
	})
	return methods, err
}

// methodName is what buyers call a way of paying.
func (s *Shop) methodName(ctx context.Context, m payment.Method) string {
	if m.Traits.OnAccount && len(m.Label) == 0 {
		return s.text(ctx, "shop.checkout.onAccount")
	}
	return m.Title(page.LanguageOf(ctx).String())
}

// change fills in a change with the texts of fields and references, an empty text clears, and adds it to the batch.
func (s *Shop) change(batch *record.Batch, op record.Operation, typeName string, c *record.Change, values map[string]string) error {
	t, ok := s.Store.Schema().Type(typeName)
	if !ok {
		return fmt.Errorf("the resource %s is not defined", typeName)
	}
	c.Values = t.NewRecord()
	for name, text := range values {
		at := t.At(name)
		if at < 0 {
			return fmt.Errorf("%s have no %s", typeName, name)
		}
		value := resource.Cleared
		if text != "" {
			canonical := text
			if f, ok := t.Field(name); ok {
				var err error
				if canonical, err = f.Kind.ParseText(text); err != nil {
					return &valueError{name, err}
				}
			}
			value = resource.Of(canonical)
		}
		c.Values[at] = value
	}
	batch.Add(t, op, c)
	return nil
}

// valueError is a text that a field does not take.
type valueError struct {
	field string
	err   error
}

func (e *valueError) Error() string { return e.field + ": " + e.err.Error() }
func (e *valueError) Unwrap() error { return e.err }
