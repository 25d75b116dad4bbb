package shop

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

// Place keeps what the buyer decided and orders. The checkout is the order's idempotency key: whoever sends the form twice,
// even at once, gets the one order's number.
func (s *Shop) Place(ctx context.Context, id string, choice storefront.CheckoutChoice) (string, error) {
	caller, err := buyer(ctx)
	if err != nil {
		return "", err
	}
	d, err := s.desk(ctx, caller, id)
	if err != nil {
		return "", err
	}
	if d.order != "" {
		return d.order, nil
	}
	if err := s.keep(ctx, caller, d, choice); err != nil {
		return "", err
	}
	input := map[string]any{}
	if choice.Total != "" {
		input["total"] = choice.Total
	}
	placed, err := s.run(ctx, caller, "checkouts", "place", d.id, input)
	if err != nil {
		return "", s.explain(ctx, err)
	}
	q := s.query("orders")
	q.Target, q.Fields = resource.Ref{ID: placed}, map[string][]string{"orders": {"number"}}
	var orders []found
	if err := s.read(ctx, caller, collect(q, &orders)); err != nil {
		return "", err
	}
	if len(orders) == 0 {
		return "", fmt.Errorf("the order %s of checkout %s cannot be read by its buyer", placed, d.id)
	}
	o, err := decode[orderRow](orders[0].attributes)
	return o.Number, err
}

// keep writes the choices into the checkout, so that nothing of them is lost if the order cannot be placed.
func (s *Shop) keep(ctx context.Context, caller access.Caller, d *desk, choice storefront.CheckoutChoice) error {
	values := map[string]string{"poNumber": choice.PONumber, "notes": choice.Note, "requestedDate": choice.RequestedDate}
	for i, m := range d.methods {
		if m.Code == choice.Shipping {
			values["shippingMethod"] = d.methodIDs[i]
		}
	}
	if values["shippingMethod"] == "" {
		return refuse("shipping", s.text(ctx, "shop.checkout.shipping"))
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
	for _, p := range d.places {
		if p.Billing || p.Primary && values["billingAddress"] == "" {
			values["billingAddress"] = p.id
		}
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
				if f.Code != record.CodeDependency && f.Code != record.CodeGroup && f.Code != "already_placed" {
					return &valueError{f.Field, errors.New(f.Detail)}
				}
			}
		}
	}
	return nil
}

// controls are the form's names of fields that have another one in the definitions.
var controls = map[string]string{"notes": "note", "lastName": "name", "firstName": "name", "shippingAddress": "address", "shippingMethod": "shipping"}

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

// explain says in the buyer's words why an order was refused. What concerns lines or credit stands on the page already.
func (s *Shop) explain(ctx context.Context, err error) error {
	var refused *command.Error
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Code() {
	case "price_changed":
		return refuse("", s.text(ctx, "shop.order.changed"))
	case "short_stock":
		return refuse("", s.text(ctx, "shop.order.short"))
	case "empty_cart", "already_placed":
		return refuse("", s.text(ctx, "shop.order.empty"))
	case "customer_disabled":
		return storefront.ErrSignIn
	case command.CodeBusy, command.CodeForbidden:
		return err
	}
	return refuse("", s.text(ctx, "shop.order.refused"))
}
