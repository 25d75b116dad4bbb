package payment

import "github.com/hanse-commerce/hanse/resource"

// Terms say until when an order on account is to be paid.
var Terms = resource.Type{
	Name: "paymentTerms", Table: "payment_term", Area: "payment",
	Doc: "Until when an order on account is to be paid; SAP's ZTERM.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Eg("NET30").Doc("Short name of the term."),
		resource.Localized("name").Required().Doc("Name that buyers see."),
		resource.Integer("netDays").Positive().Default("0").Required().Doc("Days after the invoice until payment is due."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly,
	Extensible: true,
}

// OnCustomers gives customers their agreed term.
var OnCustomers = resource.Extend("customers").With(
	resource.One("paymentTerm", "paymentTerms").OrClear().Doc("The term agreed with the customer; without one he cannot buy on account."))
