package payment

import "github.com/hanse-commerce/hanse/resource"

// Transactions are what was asked of a way of paying and what it answered. Only commands write them.
var Transactions = resource.Type{
	Name: "paymentTransactions", Table: "payment_transaction", Area: "payment", Ledger: true,
	Doc: "One step of a payment: what was asked and what came of it.",
	Fields: resource.Fields{
		resource.Enum("action", "validate", "authorize", "capture", "cancel", "refund").Required().ReadOnly().Doc("What was asked."),
		resource.Enum("status", "pending", "succeeded", "failed").Required().ReadOnly().Doc("What came of it."),
		resource.Text("method").Max(64).Required().ReadOnly().Doc("Code of the way of paying."),
		resource.Decimal("amount", 18, 4).Required().ReadOnly().Unfiltered().Doc("How much."),
		resource.Currency("currency").Required().ReadOnly().Doc("Currency of the amount."),
		resource.Text("gatewayReference").ReadOnly().AdminOnly().Doc("The gateway's own number for it."),
		resource.LongText("message").ReadOnly().AdminOnly().Doc("What the gateway said."),
	},
	Relations: resource.Relations{
		resource.One("customer", "customers").Required().ReadOnly().Doc("Who pays."),
		resource.One("source", "paymentTransactions").ReadOnly().Doc("The transaction that this one captures, cancels or refunds."),
	},
	Admin:      resource.ReadOnly,
	Storefront: resource.ReadOnly.OwnedBy("customer"),
}
