package billing

import (
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/resource"
)

// Lines are what an invoice charges for. One without a position is of no line of the order, such as freight.
var Lines = resource.Type{
	Name: "invoiceLines", Table: "invoice_line", Area: "billing", Ledger: true,
	Doc:   "One item of an invoice.",
	KeyOf: []string{"invoice", "sequence"},
	Fields: resource.Fields{
		resource.Integer("sequence").Required().ReadOnly().Doc("Number of the item on the invoice, from 1."),
		resource.Integer("position").ReadOnly().Unfiltered().Doc("Number of the order's line, empty where the item is of none."),
		resource.Text("sku").Max(64).ReadOnly().Doc("SKU."),
		resource.Text("name").Max(4000).Required().ReadOnly().Unfiltered().Doc("What it is."),
		catalog.Quantity("quantity").ReadOnly().Unfiltered().Doc("How much of it."),
		resource.Text("unit").Max(32).ReadOnly().Unfiltered().Doc("Unit of the quantity, as the sender wrote it."),
		amount("net").Required().Doc("What it costs before taxes."),
		resource.Decimal("taxPercent", 7, 4).ReadOnly().Unfiltered().Unit("%").Doc("Rate of its tax."),
		amount("taxTotal").Required().Doc("Its taxes."),
	},
	Relations: resource.Relations{
		resource.One("invoice", "invoices").Required().ReadOnly().Doc("The invoice."),
		resource.One("orderLine", "orderLines").OrClear().ReadOnly().Doc("The order's line."),
	},
	Admin:      resource.ReadOnly,
	Storefront: resource.ReadOnly.OwnedBy("invoice.customer"),
}
