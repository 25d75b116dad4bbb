package order

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/resource"
)

// Import shows a customer an order that was made in the ERP, by telephone or by fax.
var Import = resource.Command{
	Name: "importOrder", On: "customers", Result: "orders", Event: "order.imported", Idempotent: true, Admin: true,
	Doc: "Takes over an order that was made in the ERP, so that the customer finds it in his history. All sums are the ERP's. " +
		"Nothing follows from it: no stock, no payment, no export, no credit. The same once more changes nothing, a newer document " +
		"takes its place, an older one is stale and changes nothing.",
	Input: resource.Fields{
		resource.Text("number").Max(35).Required().Doc("The ERP's number of the order; it is the order's number here, too."),
		resource.Text("poNumber").Max(35).Doc("The customer's own order number."),
		resource.Currency("currency").Required().Doc("Currency of all amounts."),
		resource.Time("placedAt").Doc("When it was ordered; the time of the document if empty."),
		resource.Enum("status", "open", "confirmed", "processing", "completed", "cancelled").Default("confirmed").Doc("Where it stands."),
		resource.Decimal("subtotal", 18, 4).Required().Doc("Sum of the lines."),
		resource.Decimal("shippingTotal", 18, 4).Default("0").Doc("What shipping costs."),
		resource.Decimal("taxTotal", 18, 4).Default("0").Doc("Taxes."),
		resource.Decimal("discountTotal", 18, 4).Default("0").Doc("What is taken off."),
		resource.Decimal("total", 18, 4).Required().Doc("What is to be paid."),
		resource.Time("documentTime").Doc("When the sender wrote the document; now if empty."),
		resource.List("lines", maxAnswered, resource.Fields{
			resource.Integer("position").Positive().Required().Doc("Number of the line."),
			resource.Text("sku").Max(64).Doc("SKU; a product that is not sold here is shown by its name."),
			resource.Text("name").Max(4000).Doc("What it is; the product's name if empty."),
			catalog.Quantity("quantity").Positive().Required().Doc("How many of the unit."),
			resource.Text("unit").Max(32).Doc("Code of the unit, or the partner's own for it."),
			resource.Decimal("price", 18, 6).Doc("Price of so many units as per says; by rowTotal and quantity if empty."),
			resource.Decimal("per", 12, 3).Positive().Doc("How many units the price buys; 1 if empty."),
			resource.Decimal("rowTotal", 18, 4).Required().Doc("What the line costs."),
			resource.Decimal("taxTotal", 18, 4).Default("0").Doc("Tax on the line."),
		}).Required().Doc("What was ordered."),
	},
}

// importOrder finds the order by its number and writes what is new.
func importOrder(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	f, err := readForeign(call)
	if err != nil {
		return "", err
	}
	if err := f.find(ctx, tx, call); err != nil {
		return "", err
	}
	if f.held != nil && f.written.Before(f.held.DocumentTime) {
		return f.id, call.Stale("order "+f.number, f.written, f.held.DocumentTime)
	}
	if err := f.check(); err != nil {
		return "", err
	}
	entries, err := f.write(ctx, tx, call)
	if err != nil {
		return "", err
	}
	if len(entries) == 0 {
		return f.id, call.Same("order " + f.number)
	}
	return f.id, change.Append(ctx, tx, call.Caller, append(entries, f.event())...)
}
