package billing

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/resource"
)

// Invoice keeps an invoice that the seller's ERP has written for an order.
var Invoice = resource.Command{
	Name: "invoice", On: "orders", Result: "invoices", Event: "order.invoiced", Idempotent: true, Admin: true,
	Doc: "Keeps an invoice of the order as the ERP wrote it. Its number makes it one thing: the same once more changes nothing, a " +
		"newer document about it takes its place, an older one is stale and changes nothing. An order may have several.",
	Input: resource.Fields{
		resource.Text("number").Max(64).Required().Doc("Number of the invoice."),
		resource.Time("documentTime").Doc("When the sender wrote it; now if empty."),
		resource.Text("documentNumber").Max(64).Doc("The sender's number of the document."),
		resource.Date("invoicedOn").Doc("Day of the invoice; that of documentTime if empty."),
		resource.Date("dueOn").Doc("Day until which it is to be paid."),
		resource.Currency("currency").Doc("Currency of all amounts; it must be the order's."),
		resource.Decimal("net", 18, 4).Required().Doc("What is charged before taxes."),
		resource.Decimal("taxTotal", 18, 4).Required().Doc("Taxes."),
		resource.Decimal("total", 18, 4).Required().Doc("What is to be paid: net and taxes."),
		resource.List("lines", maxLines, resource.Fields{
			resource.Integer("position").Positive().Doc("Number of the order's line, empty where the item is of none."),
			resource.Text("sku").Max(64).Doc("SKU; that of the order's line if empty."),
			resource.Text("name").Max(4000).Doc("What it is; the name of the order's line if empty."),
			catalog.Quantity("quantity").Positive().Doc("How much of it."),
			resource.Text("unit").Max(32).Doc("Unit of the quantity; that of the order's line if empty."),
			resource.Decimal("net", 18, 4).Required().Doc("What it costs before taxes."),
			resource.Decimal("taxPercent", 7, 4).Positive().Doc("Rate of its tax."),
			resource.Decimal("taxTotal", 18, 4).Default("0").Doc("Its taxes."),
		}).Doc("What is charged."),
	},
}

// maxLines bounds what one document says, as the size of a cart bounds an order.
const maxLines = 5000

// Bindings ties the commands of this area to their functions.
func Bindings() []command.Binding {
	return []command.Binding{{On: Invoice.On, Name: Invoice.Name, Run: invoice}}
}

// invoice locks the order, compares the document with what is stored under its number, and writes what is new.
func invoice(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	o, err := order.Hold(ctx, tx, call.Target)
	if err != nil {
		return "", err
	}
	if err := o.Stands("charged"); err != nil {
		return "", err
	}
	b, err := read(call, o)
	if err != nil {
		return "", err
	}
	if err := b.load(ctx, tx, o.Organization); err != nil {
		return "", err
	}
	if b.stored != nil && b.stored.order == o.ID && b.time.Before(b.stored.time) {
		return b.id, call.Stale("invoice "+b.number, b.time, b.stored.time)
	}
	if err := b.check(o); err != nil {
		return "", err
	}
	if !b.differs() {
		return b.id, call.Same("invoice " + b.number)
	}
	entries, err := b.write(ctx, tx, call.Caller, o)
	if err != nil {
		return "", err
	}
	counted, err := b.count(ctx, tx, call.Caller, o)
	if err != nil {
		return "", err
	}
	return b.id, change.Append(ctx, tx, call.Caller, append(append(entries, counted...), b.event(o))...)
}

// count notes on the order what is charged by the invoice, beside what the stored one charged.
func (b *bill) count(ctx context.Context, tx pgx.Tx, caller access.Caller, o *order.Held) ([]change.Entry, error) {
	charged, total := map[int]decimal.Decimal{}, o.InvoicedTotal.Add(b.total)
	for _, l := range b.lines {
		charged[l.Position] = charged[l.Position].Add(l.charges())
	}
	if b.stored != nil {
		total = total.Sub(b.stored.total)
		for _, l := range b.stored.lines {
			charged[l.Position] = charged[l.Position].Sub(l.charges())
		}
	}
	entries, err := o.Charge(ctx, tx, charged, total)
	if err != nil {
		return nil, err
	}
	further, err := o.Advance(ctx, tx, caller)
	return append(entries, further...), err
}

// event tells that the order was charged.
func (b *bill) event(o *order.Held) change.Entry {
	data, _ := json.Marshal(map[string]string{"number": o.Number, "invoice": b.number, "currency": o.Currency, "total": b.total.String(),
		"customer": o.Customer}) // strings always marshal
	return change.Entry{Resource: "orders", Event: Invoice.Event, IDs: []string{o.ID}, Data: data}
}
