package order

import "github.com/hanse-commerce/hanse/resource"

// total is a sum in the order's currency, already rounded.
func total(name string) resource.Field {
	return resource.Decimal(name, 18, 4).Required().ReadOnly()
}

// PaymentStatuses are how far an order can be paid: the states of its payment. Without an online payment, pending is owed.
var PaymentStatuses = []string{"pending", "requiresAction", "authorized", "partlyCaptured", "captured", "partlyRefunded", "refunded",
	"voided", "expired", "failed"}

const paymentURLSQL = `SELECT p.next_url FROM payment p WHERE p.order_id = {t}.id AND p.status = 'requiresAction' ORDER BY p.id DESC LIMIT 1`

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
		resource.Enum("paymentStatus", PaymentStatuses...).Required().ReadOnly().Doc("How far the order is paid."),
		resource.Enum("shippingStatus", "open", "partlyShipped", "shipped").Required().ReadOnly().Doc("How far the goods have left."),
		resource.NewComputed("lineCount", resource.Integer("lineCount"), `SELECT count(*)::int FROM order_line l WHERE l.order_id = {t}.id`).
			Doc("How many lines it has."),
		resource.Currency("currency").Required().ReadOnly().Doc("Currency of all amounts."),
		total("subtotal").Doc("Sum of the lines."),
		total("shippingTotal").Doc("What shipping costs."),
		total("shippingTax").Unfiltered().Doc("Tax on shipping, a part of taxTotal."),
		total("taxTotal").Doc("Taxes, in the other sums already if taxIncluded."),
		total("discountTotal").Doc("What is taken off."),
		total("total").Doc("What is to be paid."),
		total("invoicedTotal").Default("0").Unfiltered().Doc("What the order's invoices come to."),
		resource.Boolean("taxIncluded").Default("false").Required().ReadOnly().Unfiltered().Doc("Whether lines and shipping include their tax."),
		resource.JSON("taxes").ReadOnly().Doc("Taxes by rate, as [{name, percent, net, tax}]."),
		resource.Text("paymentMethod").Max(64).Required().ReadOnly().Doc("How the order is paid: code of a channel; paymentTerm is on account."),
		resource.NewComputed("paymentUrl", resource.Text("paymentUrl").Max(4000), paymentURLSQL).
			Doc("Where the buyer has to go to pay, while his payment requires it."),
		resource.Text("carrier").Max(64).ReadOnly().Unfiltered().Doc("Code of the carrier's channel that was chosen."),
		resource.Text("shippingService").Max(80).ReadOnly().Unfiltered().Doc("The carrier's code of the service that was chosen."),
		resource.Text("shippingName").Max(255).ReadOnly().Unfiltered().Doc("Name of the way of shipping, as the buyer saw it."),
		resource.Boolean("shippingQuotedLater").Default("false").Required().ReadOnly().Unfiltered().
			Doc("The carrier could not be asked: shipping comes on top of the total and is told later."),
		resource.Date("requestedDate").ReadOnly().Doc("Day on which the buyer wants the goods."),
		resource.LongText("notes").ReadOnly().Doc("What the buyer wrote with it."),
		resource.Time("placedAt").Required().ReadOnly().Doc("When it was ordered."),
		resource.Time("cancelledAt").ReadOnly().Unfiltered().Doc("When it was cancelled."),
		resource.Boolean("external").Default("false").Required().ReadOnly().Unfiltered().Doc("It was made in the ERP and is shown here only."),
		resource.Time("exportedAt").ReadOnly().Unfiltered().Doc("When its file was laid out for the ERP."),
		resource.Time("collectedAt").ReadOnly().Unfiltered().Doc("When the ERP took the file; it says nothing about the order."),
		resource.Time("acceptedAt").ReadOnly().Unfiltered().Doc("When the ERP said that it accepts the order."),
		resource.Time("refusedAt").ReadOnly().Unfiltered().Doc("When the ERP said that it refuses the order."),
		resource.Time("documentTime").ReadOnly().AdminOnly().Unfiltered().
			Doc("When the ERP wrote its newest word about the order; older ones change nothing."),
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
		resource.Many("payments", "payments", "order").Doc("How it is paid."),
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

// OnPayments ties payments to orders.
var OnPayments = resource.Extend("payments").With(
	resource.One("order", "orders").ReadOnly().Doc("The order that is paid."))
