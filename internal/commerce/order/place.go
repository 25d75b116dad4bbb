package order

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// Place makes an order of a checkout. Prices, shipping and totals are computed here; nothing that a client sends counts.
var Place = resource.Command{
	Name: "place", On: "checkouts", Result: "orders", Event: "order.placed", Idempotent: true, Admin: true, Storefront: true,
	Doc: "Places the order: computes prices and totals, checks credit and order block, reserves stock. A checkout gives one " +
		"order; placing it again answers with the same one.",
	Input: resource.Fields{
		resource.Text("poNumber").Max(35).Doc("The buyer's own order number, in place of the checkout's."),
		resource.Decimal("total", 18, 4).Doc("What the buyer was shown. It is never charged: an order that would come to another total is refused (price_changed)."),
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

// place runs in one transaction: lock checkout and cart, price the lines, check credit, write the order, reserve stock,
// log, and hand over to the outbox.
func (p *placing) place(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	o, err := load(ctx, tx, call)
	if err != nil {
		return "", err
	}
	if o.order != "" {
		return o.order, nil // placed before: a double click, a second node, a repeated request
	}
	if call.Given("poNumber") {
		o.poNumber = call.Value("poNumber")
	}
	if err := o.ready(); err != nil {
		return "", err
	}
	if err := o.price(ctx, tx, call); err != nil {
		return "", err
	}
	if err := o.checkShown(call); err != nil {
		return "", err
	}
	if err := o.checkCredit(ctx, tx); err != nil {
		return "", err
	}
	if err := o.write(ctx, tx, call); err != nil {
		return "", err
	}
	stock, err := o.reserve(ctx, tx, call)
	if err != nil {
		return "", err
	}
	if err := change.Append(ctx, tx, call.Caller, o.entries(stock)...); err != nil {
		return "", err
	}
	if err := p.outbox.OrderPlaced(ctx, tx, call.Caller.Organization, o.order); err != nil {
		return "", err
	}
	return o.order, nil
}

// price gives each line its price and total, and the order its sums.
func (o *draft) price(ctx context.Context, tx pgx.Tx, call *command.Call) error {
	buyer := call.Caller
	buyer.Customer, buyer.CustomerGroup, buyer.Website, buyer.Currency = o.customer, o.group, o.website, o.currency
	asked := make([]pricing.Line, len(o.lines))
	for i, l := range o.lines {
		asked[i] = pricing.Line{Product: l.product, Unit: l.unit, Quantity: l.quantity}
	}
	prices, err := pricing.Resolve(ctx, tx, buyer, asked)
	if err != nil {
		return err
	}
	o.subtotal = decimal.Zero
	for i := range o.lines {
		l := &o.lines[i]
		if !prices[i].Found() {
			return command.Refuse("no_price", "lines", "There is no price for %s %s of %s; take it out of the cart or ask for a quote.", l.quantity, l.unitCode, l.sku)
		}
		l.price, l.total = prices[i], prices[i].Total(l.quantity).Number
		o.subtotal = o.subtotal.Add(l.total)
	}
	o.total = o.subtotal.Add(o.shipping)
	return nil
}

// checkShown refuses an order at another total than its buyer saw.
func (o *draft) checkShown(call *command.Call) error {
	if !call.Given("total") || call.Value("total") == "" {
		return nil
	}
	shown, err := decimal.NewFromString(call.Value("total"))
	if err != nil || !shown.Equal(o.total) {
		return command.Refuse("price_changed", "total", "The order now comes to %s and not to the total that was shown; look at it again before you order.",
			money.Of(o.total, o.currency))
	}
	return nil
}

// checkCredit adds up what the customer has ordered and not paid. The customer's row is locked, so that two orders at once
// cannot both take the last of his credit.
func (o *draft) checkCredit(ctx context.Context, tx pgx.Tx) error {
	if !o.creditLimit.Valid {
		return nil
	}
	if _, err := tx.Exec(ctx, "SELECT 1 FROM customer WHERE id = $1 FOR NO KEY UPDATE", o.customer); err != nil {
		return fmt.Errorf("locking the credit of customer %s: %w", o.customer, err)
	}
	var open decimal.Decimal
	err := tx.QueryRow(ctx, `SELECT coalesce(sum(total), 0) FROM sales_order WHERE customer_id = $1 AND currency = $2
		AND status <> 'cancelled' AND payment_status IN ('pending', 'authorized', 'partlyPaid')`, o.customer, o.currency).Scan(&open)
	if err != nil {
		return fmt.Errorf("adding up the open orders of customer %s: %w", o.customer, err)
	}
	if left := o.creditLimit.Decimal.Sub(open); o.total.GreaterThan(left) {
		return command.Refuse("credit_limit", "", "The order of %s exceeds the credit that is left, %s.",
			money.Of(o.total, o.currency), money.Of(left, o.currency))
	}
	return nil
}

func (o *draft) reserve(ctx context.Context, tx pgx.Tx, call *command.Call) (change.Entry, error) {
	lines := make([]inventory.Line, len(o.lines))
	for i, l := range o.lines {
		lines[i] = inventory.Line{ID: l.id, Product: l.product, Unit: l.unit, Quantity: l.quantity}
	}
	entry, err := inventory.Reserve(ctx, tx, call.Caller, o.order, lines)
	var short *inventory.Short
	if errors.As(err, &short) {
		s := short.Lines[0]
		l := o.lines[s.Line]
		return entry, command.Refuse("short_stock", "lines", "Only %s %s of %s are left, %s were asked for.", s.Available, l.unitCode, l.sku, l.quantity)
	}
	return entry, err
}

// entries are what the order did, for the change log.
func (o *draft) entries(stock change.Entry) []change.Entry {
	data, _ := json.Marshal(map[string]string{"number": o.number, "poNumber": o.poNumber, "currency": o.currency, "total": o.total.String(),
		"customer": o.customer}) // strings always marshal
	lines := make([]string, len(o.lines))
	for i, l := range o.lines {
		lines[i] = l.id
	}
	entries := []change.Entry{
		{Resource: "orders", Event: change.Created, IDs: []string{o.order}},
		{Resource: "orderLines", Event: change.Created, IDs: lines},
		{Resource: "orderAddresses", Event: change.Created, IDs: o.addresses},
		{Resource: "carts", Event: change.Updated, IDs: []string{o.cart}, Fields: []string{"status"}},
		{Resource: "checkouts", Event: change.Updated, IDs: []string{o.checkout}, Fields: []string{"status", "order"}},
		{Resource: "orders", Event: Place.Event, IDs: []string{o.order}, Data: data},
	}
	if len(stock.IDs) > 0 {
		entries = append(entries, stock)
	}
	return entries
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("making an id: %w", err)
	}
	return id.String(), nil
}
