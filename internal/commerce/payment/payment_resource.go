package payment

import "github.com/hanse-commerce/hanse/resource"

// sum is an amount in the payment's currency that commands keep.
func sum(name string) resource.Field {
	return resource.Decimal(name, 18, 4).Default("0").Required().ReadOnly().Unfiltered()
}

// Payments are how orders are paid, each at one channel. Only commands and gateways' answers write them.
var Payments = resource.Type{
	Name: "payments", Table: "payment", Area: "payment", Ledger: true,
	Doc: "The payment of an order by one way of paying, with what was reserved, taken and given back.",
	Fields: resource.Fields{
		resource.Text("method").Max(64).Required().ReadOnly().Eg("stripe").Doc("Code of the channel that is the way of paying."),
		resource.Enum("status", statuses...).Default("pending").Required().ReadOnly().Doc("How far the payment has come."),
		resource.Decimal("amount", 18, 4).Required().ReadOnly().Unfiltered().Doc("What is to be paid."),
		resource.Currency("currency").Required().ReadOnly().Doc("Currency of all amounts."),
		sum("authorizedAmount").Doc("What was reserved; it does not shrink when money is taken."),
		sum("capturedAmount").Doc("What was taken of it."),
		sum("refundedAmount").Doc("What was given back."),
		resource.Text("gatewayReference").ReadOnly().AdminOnly().Eg("pi_3NqX").Doc("The gateway's own number of the payment."),
		resource.Text("nextUrl").Max(4000).ReadOnly().Unfiltered().Doc("Where the buyer has to go while action is required of him."),
		resource.Text("instrument").ReadOnly().Unfiltered().Eg("Visa •••• 4242").Doc("What is paid with, without card data."),
		resource.Time("captureBefore").ReadOnly().AdminOnly().Unfiltered().Doc("Until when what is reserved can be taken, as far as the gateway says."),
		resource.Text("code").Max(64).ReadOnly().Eg("insufficient_funds").Doc("Why it failed."),
		resource.LongText("message").ReadOnly().AdminOnly().Doc("What the gateway said, or what is wrong with the channel."),
	},
	Relations: resource.Relations{
		resource.One("customer", "customers").Required().ReadOnly().Doc("Who pays."),
		resource.Many("transactions", "paymentTransactions", "payment").Doc("The steps that were asked for."),
	},
	Admin:      resource.ReadOnly,
	Storefront: resource.ReadOnly.OwnedBy("customer"),
}
