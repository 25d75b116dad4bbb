package order

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/resource"
)

// Place makes an order of a checkout. Prices, shipping, tax and totals are computed here; nothing that a client sends counts.
//
// What locks rows of checkouts and orders does so in this order, so that nobody deadlocks:
//
//   - from a checkout to a new order: checkout, cart, customer (if there is a credit limit), order and payment (new, so nobody
//     waits for them), stock by id;
//   - at an order that exists: order, payment, checkout, cart, stock by id.
//
// The first way waits for no order or payment that exists, so the two never wait for each other.
var Place = resource.Command{
	Name: "place", On: "checkouts", Result: "orders", Event: "order.placed", Idempotent: true, Admin: true, Storefront: true,
	Doc: "Places the order: computes prices, shipping, tax and totals, checks credit and order block, reserves stock, and begins the " +
		"payment. What differs from the last review is refused, one fault a difference. A checkout gives one order; placing it " +
		"again answers with the same one. An order that a gateway decides on is pending until it has; if the gateway refuses, so " +
		"does this command, and the checkout is open again.",
	Input: resource.Fields{
		resource.Text("poNumber").Max(35).Doc("The buyer's own order number, in place of the checkout's."),
		resource.Decimal("total", 18, 4).Doc("What the buyer was shown. It is never charged: an order that would come to " +
			"another total is refused (price_changed)."),
		resource.Text("paymentToken").Max(500).WriteOnly().Doc("What the gateway gave the buyer's browser for his card; without one the " +
			"buyer is sent to the gateway's page (paymentUrl of the order)."),
		resource.Text("returnUrl").Max(2000).Doc("Where the gateway sends the buyer back to."),
		resource.Text("cancelUrl").Max(2000).Doc("Where the gateway's page sends a buyer who does not want to pay; returnUrl if empty."),
		resource.Text("language").Max(10).Doc("Language of the gateway's page; the buyer's if empty."),
	},
}

// Outbox takes notice of a placed order in the order's own transaction, so that what must follow cannot be lost.
type Outbox interface {
	OrderPlaced(ctx context.Context, tx pgx.Tx, organization, order string) error
}

// place runs in one transaction: lock checkout and cart, price and tax the lines, check credit, write the order with its
// payment and reserve stock, log, and hand over to the outbox. Each step is one round trip.
func (d *desk) place(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	if err := payment.CheckToken("paymentToken", call.Value("paymentToken")); err != nil {
		return "", err
	}
	o, err := load(ctx, tx, call)
	if err != nil {
		return "", err
	}
	if o.id != "" { // placed before: a double click, a second node, a repeated request
		if o.status == "placed" {
			call.Left = nothing
		}
		return o.id, nil
	}
	if err := d.compute(ctx, tx, call, o); err != nil {
		return "", err
	}
	o.checkPayment(call)
	if err := o.asShown(call); err != nil {
		return "", err
	}
	o.pay.Begun = d.Payments != nil
	stock, err := o.write(ctx, tx, call)
	if err != nil {
		return "", err
	}
	if err := change.Append(ctx, tx, call.Caller, o.entries(stock)...); err != nil {
		return "", err
	}
	if o.pay.Method.Traits.Online {
		call.Left = o.pay
		return o.id, nil // it is placed when the payment stands
	}
	call.Left = nothing
	return o.id, d.Outbox.OrderPlaced(ctx, tx, call.Caller.Organization, o.id)
}

// entries are what the order did, for the change log.
func (o *draft) entries(stock change.Entry) []change.Entry {
	entries := []change.Entry{
		{Resource: "orders", Event: change.Created, IDs: []string{o.id}},
		{Resource: "orderLines", Event: change.Created, IDs: o.lineIDs()},
		{Resource: "orderAddresses", Event: change.Created, IDs: o.addresses[:]},
		{Resource: "carts", Event: change.Updated, IDs: []string{o.cart}, Fields: []string{"status"}},
		{Resource: "checkouts", Event: change.Updated, IDs: []string{o.checkout}, Fields: []string{"status", "poNumber", "paymentTerm", "order"}},
	}
	entries = append(entries, o.pay.Entries()...)
	if !o.pay.Method.Traits.Online {
		entries = append(entries, placed(o.id, o.number, o.poNumber, o.currency, o.total.String(), o.buyer.customer))
	}
	if len(stock.IDs) > 0 {
		entries = append(entries, stock)
	}
	return entries
}

// placed is the event that tells of an order that stands.
func placed(id, number, poNumber, currency, total, customer string) change.Entry {
	data, _ := json.Marshal(map[string]string{"number": number, "poNumber": poNumber, "currency": currency, "total": total,
		"customer": customer}) // strings always marshal
	return change.Entry{Resource: "orders", Event: Place.Event, IDs: []string{id}, Data: data}
}
