package payment

import "github.com/hanse-commerce/hanse/resource"

// Transactions are what was asked of a way of paying and what it answered. Only commands write them.
var Transactions = resource.Type{
	Name: "paymentTransactions", Table: "payment_transaction", Area: "payment", Ledger: true,
	Doc: "One step of a payment: what was asked and what came of it.",
	Fields: resource.Fields{
		resource.Enum("action", "validate", "authorize", "capture", "cancel", "refund").Required().ReadOnly().Doc("What was asked."),
		resource.Enum("status", "pending", "succeeded", "failed", "requiresAction").Required().ReadOnly().
			Doc("What came of it; pending is not answered yet, requiresAction waits for the buyer."),
		resource.Text("method").Max(64).Required().ReadOnly().Doc("Code of the way of paying."),
		resource.Decimal("amount", 18, 4).Required().ReadOnly().Unfiltered().Doc("How much."),
		resource.Currency("currency").Required().ReadOnly().Doc("Currency of the amount."),
		resource.Text("gatewayReference").ReadOnly().AdminOnly().Doc("The gateway's own number for it."),
		resource.Text("instrument").ReadOnly().Unfiltered().Eg("Visa •••• 4242").Doc("What is paid with, without card data."),
		resource.Text("nextUrl").Max(4000).ReadOnly().Unfiltered().Doc("Where the buyer has to go while action is required of him."),
		resource.Text("code").Max(64).ReadOnly().Eg("insufficient_funds").Doc("Why it failed."),
		resource.Text("reason").ReadOnly().AdminOnly().Unfiltered().Doc("Why it was asked for, such as the reason of a refund."),
		resource.LongText("message").ReadOnly().AdminOnly().Doc("What the gateway said, or what is wrong with the channel."),
	},
	Relations: resource.Relations{
		resource.One("customer", "customers").Required().ReadOnly().Doc("Who pays."),
		resource.One("payment", "payments").ReadOnly().Doc("The payment that it is a step of; a check of a card has none."),
		resource.One("source", "paymentTransactions").ReadOnly().Doc("The authorization that this one captures, cancels or refunds."),
	},
	Admin:      resource.ReadOnly,
	Storefront: resource.ReadOnly.OwnedBy("customer"),
}
