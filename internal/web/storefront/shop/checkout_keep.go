package shop

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

// Keep keeps what the buyer decided, so that nothing of it is lost if the order cannot be placed.
func (s *Shop) Keep(ctx context.Context, id string, choice storefront.CheckoutChoice) error {
	caller, err := buyer(ctx)
	if err != nil {
		return err
	}
	d, err := s.desk(ctx, caller, id)
	if err != nil {
		return err
	}
	if d.order != "" { // ordered meanwhile, by another click: the next page leads on
		return nil
	}
	moved := d.known(choice) != d.chosen["shippingAddress"]
	if err := s.keep(ctx, caller, d, choice, moved); err != nil {
		return err
	}
	if !moved {
		return nil
	}
	return s.requote(ctx, caller, d, choice)
}

// requote finds what shipping to the new address costs. What the buyer chose stays chosen if it costs there what he was
// shown, else he sees the page again.
func (s *Shop) requote(ctx context.Context, caller access.Caller, d *desk, choice storefront.CheckoutChoice) error {
	if err := s.quote(ctx, caller, d.id); err != nil {
		return err
	}
	fresh, err := s.desk(ctx, caller, d.id)
	if err != nil {
		return err
	}
	for _, q := range fresh.quotes {
		if q.Code == choice.Shipping && q.price() == choice.Price {
			return s.choose(ctx, caller, fresh, map[string]string{"shippingQuote": q.id})
		}
	}
	if choice.Update {
		return nil
	}
	return storefront.ErrChanged
}

// price is the amount as the form sends it back, "" where it is told later.
func (q quoteRow) price() string {
	if q.Amount == nil {
		return ""
	}
	return q.Amount.String()
}

// keep writes the choices into the checkout. A way of shipping is one of the quotes of the address they are for.
func (s *Shop) keep(ctx context.Context, caller access.Caller, d *desk, choice storefront.CheckoutChoice, moved bool) error {
	values := map[string]string{"poNumber": choice.PONumber, "notes": choice.Note, "requestedDate": choice.RequestedDate}
	for _, m := range d.methods {
		if m.Code == choice.Payment {
			values["paymentMethod"] = m.Code
		}
	}
	if !moved {
		for _, q := range d.quotes {
			if q.Code == choice.Shipping {
				values["shippingQuote"], values["shippingMethod"] = q.id, ""
			}
		}
		if values["shippingQuote"] == "" && !choice.Update {
			return refuse("shipping", s.text(ctx, "shop.checkout.shipping"))
		}
	}
	batch, checkout := &record.Batch{}, &record.Change{Target: resource.Ref{ID: d.id}}
	address, err := s.deliverTo(ctx, caller, d, choice, batch)
	if err == nil {
		err = s.change(batch, record.Update, "checkouts", checkout, d.withPlaces(values, choice, address))
	}
	if err != nil {
		return s.misread(ctx, err)
	}
	if address != nil {
		checkout.Links = map[string]*record.Change{"shippingAddress": address}
	}
	return s.apply(ctx, caller, batch)
}

// choose writes some choices into the checkout.
func (s *Shop) choose(ctx context.Context, caller access.Caller, d *desk, values map[string]string) error {
	batch := &record.Batch{}
	if err := s.change(batch, record.Update, "checkouts", &record.Change{Target: resource.Ref{ID: d.id}}, values); err != nil {
		return err
	}
	return s.apply(ctx, caller, batch)
}

func (s *Shop) apply(ctx context.Context, caller access.Caller, batch *record.Batch) error {
	return s.within(ctx, caller, func(tx pgx.Tx) error {
		if err := s.Store.Apply(ctx, tx, caller, batch); err != nil {
			return err
		}
		return s.misread(ctx, faultOf(batch))
	})
}

// withPlaces adds where goods and invoice go, unless the goods go to an address that is about to be made.
func (d *desk) withPlaces(values map[string]string, choice storefront.CheckoutChoice, fresh *record.Change) map[string]string {
	if fresh == nil {
		values["shippingAddress"] = d.known(choice)
	}
	if len(d.places) > 0 {
		values["billingAddress"] = invoiceAddress(d.places)
	}
	return values
}

// known is the id of the company's address that was chosen or typed in anew.
func (d *desk) known(choice storefront.CheckoutChoice) string {
	for _, p := range d.places {
		if p.id == choice.AddressID || choice.Address != nil && typed(choice.Address).same(p.addressRow) {
			return p.id
		}
	}
	return ""
}

// deliverTo makes the address that was typed in, unless the company has it; nil then.
func (s *Shop) deliverTo(ctx context.Context, caller access.Caller, d *desk, choice storefront.CheckoutChoice, batch *record.Batch) (*record.Change, error) {
	if d.known(choice) != "" {
		return nil, nil
	}
	if choice.Address == nil {
		return nil, refuse("address", s.text(ctx, "shop.checkout.address"))
	}
	values := typed(choice.Address).values()
	values["customer"] = caller.Customer
	c := &record.Change{}
	return c, s.change(batch, record.Create, "customerAddresses", c, values)
}

// faultOf is the first thing that was wrong with a batch. A checkout that was placed meanwhile, by another click, is not:
// placing it again gives its order.
func faultOf(batch *record.Batch) error {
	for _, set := range batch.Sets {
		for _, c := range set.Changes {
			if c.Outcome != record.Failed {
				continue
			}
			for _, f := range c.Faults {
				if f.Code != record.CodeDependency && f.Code != record.CodeGroup && f.Code != "already_placed" && f.Code != "paying" {
					return &valueError{f.Field, errors.New(f.Detail)}
				}
			}
		}
	}
	return nil
}

// controls are the form's names of fields that have another one in the definitions.
var controls = map[string]string{"notes": "note", "lastName": "name", "firstName": "name", "shippingAddress": "address", "shippingMethod": "shipping", "shippingQuote": "shipping", "paymentMethod": "payment"}

// misread tells the form which of its fields was not taken.
func (s *Shop) misread(ctx context.Context, err error) error {
	var wrong *valueError
	if !errors.As(err, &wrong) {
		return err
	}
	field := wrong.field
	if name, ok := controls[field]; ok {
		field = name
	}
	return refuse(field, s.text(ctx, "shop.checkout.value"))
}
