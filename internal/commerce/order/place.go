package order

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/resource"
)

// Place makes an order of a checkout. Prices, shipping and totals are computed here; nothing that a client sends counts.
var Place = resource.Command{
	Name: "place", On: "checkouts", Result: "orders", Event: "order.placed", Idempotent: true, Admin: true, Storefront: true,
	Doc: "Places the order: computes prices and totals, checks credit and order block, reserves stock. A checkout gives one " +
		"order; placing it again answers with the same one.",
	Input: resource.Fields{
		resource.Text("poNumber").Max(35).Doc("The buyer's own order number, in place of the checkout's."),
		resource.Decimal("total", 18, 4).Doc("What the buyer was shown. It is never charged: an order that would come to " +
			"another total is refused (price_changed)."),
	},
}

// Outbox takes notice of a placed order in the order's own transaction, so that what must follow cannot be lost.
type Outbox interface {
	OrderPlaced(ctx context.Context, tx pgx.Tx, organization, order string) error
}

// Bindings ties the commands of this area to their functions.
func Bindings(outbox Outbox) []command.Binding {
	p := &placing{outbox}
	return []command.Binding{{On: Place.On, Name: Place.Name, Run: p.place}}
}

type placing struct{ outbox Outbox }

// place runs in one transaction: lock checkout and cart, price the lines, check credit, write the order and reserve stock,
// log, and hand over to the outbox. Each step is one round trip.
func (p *placing) place(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	o, err := load(ctx, tx, call)
	if err != nil {
		return "", err
	}
	if o.id != "" {
		return o.id, nil // placed before: a double click, a second node, a repeated request
	}
	if err := o.ready(); err != nil {
		return "", err
	}
	if err := o.price(ctx, tx, call); err != nil {
		return "", err
	}
	stock, err := o.write(ctx, tx, call)
	if err != nil {
		return "", err
	}
	if err := change.Append(ctx, tx, call.Caller, o.entries(stock)...); err != nil {
		return "", err
	}
	if err := p.outbox.OrderPlaced(ctx, tx, call.Caller.Organization, o.id); err != nil {
		return "", err
	}
	return o.id, nil
}

// entries are what the order did, for the change log.
func (o *draft) entries(stock change.Entry) []change.Entry {
	data, _ := json.Marshal(map[string]string{"number": o.number, "poNumber": o.poNumber, "currency": o.currency, "total": o.total.String(),
		"customer": o.buyer.customer}) // strings always marshal
	entries := []change.Entry{
		{Resource: "orders", Event: change.Created, IDs: []string{o.id}},
		{Resource: "orderLines", Event: change.Created, IDs: o.lineIDs()},
		{Resource: "orderAddresses", Event: change.Created, IDs: o.addresses[:]},
		{Resource: "carts", Event: change.Updated, IDs: []string{o.cart}, Fields: []string{"status"}},
		{Resource: "checkouts", Event: change.Updated, IDs: []string{o.checkout}, Fields: []string{"status", "poNumber", "paymentTerm", "order"}},
		{Resource: "orders", Event: Place.Event, IDs: []string{o.id}, Data: data},
	}
	if len(stock.IDs) > 0 {
		entries = append(entries, stock)
	}
	return entries
}
