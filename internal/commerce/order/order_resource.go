package order

import "github.com/hanse-commerce/hanse/resource"

// total is a sum in the order's currency, already rounded.
func total(name string) resource.Field {
	return resource.Decimal(name, 18, 4).Required().ReadOnly()
}

// Orders are what buyers have ordered. Commands write them; staff may only note something on them.
var Orders = resource.Type{
	Name: "orders", Table: "sales_order", Area: "order", Ledger: true,
	Doc: "What a buyer has ordered, at the prices of that moment.",
	Fields: resource.Fields{
		resource.Text("number").Max(35).Key().ReadOnly().Search('A').Doc("Order number."),
		resource.Text("poNumber").Max(35).ReadOnly().Search('A').Doc("The buyer's own order number."),
		resource.Enum("status", "pending", "open", "confirmed", "processing", "completed", "cancelled").Required().ReadOnly().
			Doc("Where the order stands with the seller; pending waits for its payment."),
		resource.Text("externalStatus").Max(64).ReadOnly().Doc("Where the order stands in the ERP, in its words."),
		resource.Enum("paymentStatus", "pending", "authorized", "partlyPaid", "paid", "declined", "cancelled", "refunded").Required().ReadOnly().
			Doc("How far the order is paid."),
		resource.Enum("shippingStatus", "open", "partlyShipped", "shipped").Required().ReadOnly().Doc("How far the goods have left."),
		resource.NewComputed("lineCount", resource.Integer("lineCount"), `SELECT count(*)::int FROM order_line l WHERE l.order_id = {t}.id`).
			Doc("How many lines it has."),
		resource.Currency("currency").Required().ReadOnly().Doc("Currency of all amounts."),
		total("subtotal").Doc("Sum of the lines."),
		total("shippingTotal").Doc("What shipping costs."),
		total("taxTotal").Doc("Taxes."),
		total("discountTotal").Doc("What is taken off."),
		total("total").Doc("What is to be paid."),
		resource.Enum("paymentMethod", "paymentTerm").Required().ReadOnly().Doc("How the order is paid; paymentTerm is on account."),
		resource.Date("requestedDate").ReadOnly().Doc("Day on which the buyer wants the goods."),
		resource.LongText("notes").ReadOnly().Doc("What the buyer wrote with it."),
		resource.Time("placedAt").Required().ReadOnly().Doc("When it was ordered."),
		resource.Time("exportedAt").ReadOnly().Unfiltered().Doc("When its file was laid out for the ERP."),
		resource.Time("collectedAt").ReadOnly().Unfiltered().Doc("When the ERP took the file; it says nothing about the order."),
		resource.Time("acceptedAt").ReadOnly().Unfiltered().Doc("When the ERP said that it accepts the order."),
		resource.Time("refusedAt").ReadOnly().Unfiltered().Doc("When the ERP said that it refuses the order."),
		resource.LongText("externalMessage").ReadOnly().AdminOnly().Doc("What the ERP said about it."),
		resource.LongText("internalNote").AdminOnly().Doc("What staff should know."),
	},
	Relations: resource.Relations{
		resource.One("customer", "customers").Required().ReadOnly().Doc("The company that bought."),
		resource.One("customerUser", "customerUsers").OrClear().ReadOnly().Doc("The person who ordered."),
		resource.One("website", "websites").OrClear().ReadOnly().Doc("The shop."),
		resource.One("shippingMethod", "shippingMethods").OrClear().ReadOnly().Doc("How the goods go."),
		resource.One("paymentTerm", "paymentTerms").OrClear().ReadOnly().Doc("Until when it is paid."),
		resource.Many("lines", "orderLines", "order").OrderedBy("position").Doc("What was ordered."),
		resource.Many("addresses", "orderAddresses", "order").Doc("Where goods and invoice go."),
		resource.Many("transactions", "paymentTransactions", "order").Doc("Steps of its payment."),
	},
	Admin:      resource.Exposure{Read: true, Update: true},
	Storefront: resource.ReadOnly.OwnedBy("customer"),
	Extensible: true,
	Notes:      map[string]any{"backoffice.columns": []string{"number", "poNumber", "customer", "placedAt", "status", "externalStatus", "total"}},
}

// OnTransactions ties payments to orders.
var OnTransactions = resource.Extend("paymentTransactions").With(
	resource.One("order", "orders").ReadOnly().Doc("The order that is paid."))
