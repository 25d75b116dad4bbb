package billing

import "github.com/hanse-commerce/hanse/resource"

// Invoices are what the seller has charged, as his ERP wrote it: its totals count, to the cent. Only the command invoice
// writes them.
var Invoices = resource.Type{
	Name: "invoices", Table: "invoice", Area: "billing", Ledger: true,
	Doc: "What was charged for an order, or for a part of it.",
	Fields: resource.Fields{
		resource.Text("number").Max(64).Key().ReadOnly().Search('A').Doc("Number of the invoice."),
		resource.Text("documentNumber").Max(64).ReadOnly().AdminOnly().Unfiltered().Doc("The sender's number of the document that brought it, such as SAP's IDoc."),
		resource.Date("invoicedOn").Required().ReadOnly().Doc("Day of the invoice."),
		resource.Date("dueOn").ReadOnly().Unfiltered().Doc("Day until which it is to be paid."),
		resource.Currency("currency").Required().ReadOnly().Unfiltered().Doc("Currency of all amounts."),
		amount("net").Required().Doc("What is charged before taxes."),
		amount("taxTotal").Required().Doc("Taxes."),
		amount("total").Required().Doc("What is to be paid."),
		resource.Time("documentTime").Required().ReadOnly().AdminOnly().Unfiltered().
			Doc("When the sender wrote the newest document about it; older ones change nothing."),
	},
	Relations: resource.Relations{
		resource.One("order", "orders").Required().ReadOnly().Doc("The order that is charged."),
		resource.One("customer", "customers").Required().ReadOnly().Doc("Who is charged."),
		resource.Many("lines", "invoiceLines", "invoice").OrderedBy("sequence").Doc("What is charged."),
	},
	Admin:      resource.ReadOnly,
	Storefront: resource.ReadOnly.OwnedBy("customer"),
	Notes:      map[string]any{"backoffice.columns": []string{"number", "customer", "order", "invoicedOn", "dueOn", "total"}},
}

// amount is a sum in the invoice's currency, as the sender rounded it.
func amount(name string) resource.Field {
	return resource.Decimal(name, 18, 4).ReadOnly().Unfiltered()
}

// OnOrders shows with an order what was charged for it.
var OnOrders = resource.Extend("orders").With(
	resource.Many("invoices", "invoices", "order").OrderedBy("number").Doc("What was charged for it."))
