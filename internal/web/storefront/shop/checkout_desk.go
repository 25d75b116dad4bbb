package shop

import (
	"context"
	"fmt"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

// desk reads a checkout with all that it is made of, in one round trip.
func (s *Shop) desk(ctx context.Context, caller access.Caller, id string) (*desk, error) {
	id, ok := resource.ParseUUID(id)
	if !ok {
		return nil, storefront.ErrNotFound
	}
	q := s.query("checkouts")
	q.Target = resource.Ref{ID: id}
	q.Include = []string{"order"}
	q.Fields = map[string][]string{"orders": {"number"}}
	carts := withLines(&record.Query{Type: s.query("carts").Type, Fields: map[string][]string{},
		Of: &record.Origin{Type: q.Type, Target: q.Target, Relation: "cart"}})
	methods := s.query("shippingMethods")
	methods.Filters = []record.Filter{{Path: "currency", Operator: resource.Eq, Values: []string{caller.Currency}}}
	methods.Sort, methods.Size = []record.Sort{{Path: "position"}, {Path: "code"}}, record.MaxPageSize
	var checkouts, inCart, addresses, ways, companies []found
	err := s.read(ctx, caller, collect(q, &checkouts), collect(carts, &inCart), collect(s.addresses(caller), &addresses),
		collect(methods, &ways), collect(s.company(caller.Customer), &companies))
	if err != nil {
		return nil, err
	}
	if len(checkouts) == 0 || len(companies) == 0 {
		return nil, storefront.ErrNotFound
	}
	d := &desk{id: id, chosen: checkouts[0].ones, basket: basket{subtotal: page.Money{Currency: caller.Currency}}}
	if err := d.take(&checkouts[0], &companies[0], addresses, ways); err != nil {
		return nil, err
	}
	if len(inCart) > 0 {
		d.basket, err = s.basket(ctx, caller, &inCart[0])
	}
	return d, err
}

func (d *desk) take(checkout, company *found, addresses, ways []found) (err error) {
	if d.checkoutRow, err = decode[checkoutRow](checkout.attributes); err != nil {
		return err
	}
	o, err := decodeRelated[struct{ Number string }](checkout.one("order", d.id))
	if err != nil {
		return err
	}
	d.order = o.Number
	if d.term, err = company.nameOf("paymentTerm"); err != nil {
		return err
	}
	if d.places, err = placesOf(addresses); err != nil {
		return err
	}
	for i := range ways {
		m, err := decode[methodRow](ways[i].attributes)
		if err != nil {
			return err
		}
		d.methods, d.methodIDs = append(d.methods, m), append(d.methodIDs, ways[i].id)
	}
	return nil
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
