package order

import "github.com/hanse-commerce/hanse/resource"

// Quotes are the ways of shipping that were found for a checkout, each with its price for as long as the quote holds.
var Quotes = resource.Type{
	Name: "shippingQuotes", Table: "shipping_quote", Area: "order",
	Doc:   "A way of shipping that was found for a checkout, with its price for as long as the quote holds.",
	KeyOf: []string{"checkout", "code"},
	Fields: resource.Fields{
		resource.Text("code").Max(160).Required().ReadOnly().Eg("fedex:FEDEX_GROUND").Doc("Code of the flat rate, or of channel and service."),
		resource.Integer("position").Required().ReadOnly().Doc("Order in which quotes are offered."),
		resource.Text("name").Max(255).Required().ReadOnly().Unfiltered().Doc("Name in the buyer's language."),
		resource.Text("service").Max(80).ReadOnly().Unfiltered().Doc("The carrier's code of the service."),
		resource.Text("channel").Max(64).ReadOnly().Unfiltered().Doc("Code of the carrier's channel."),
		resource.Enum("kind", "fixed", "live", "fallback", "later").Required().ReadOnly().Unfiltered().
			Doc("fixed is a flat rate, live the carrier's answer, fallback what counts while it does not answer; later is quoted after the order."),
		resource.Decimal("amount", 18, 4).ReadOnly().Unfiltered().Doc("What it costs, with tax or without as the shop's prices are; none where it is quoted later."),
		resource.Currency("currency").Required().ReadOnly().Unfiltered().Doc("Currency of the amount."),
		resource.Integer("days").ReadOnly().Unfiltered().Doc("Days in transit, as far as the carrier says."),
		resource.Date("arrivesOn").ReadOnly().Unfiltered().Doc("Day of arrival, as far as the carrier says."),
		resource.JSON("parcels").ReadOnly().Doc("What is sent, as [{weight}] in kg."),
		resource.Boolean("pickUp").Default("false").Required().ReadOnly().Unfiltered().Doc("The buyer fetches the goods."),
		resource.Time("expiresAt").ReadOnly().Unfiltered().Doc("Until when the price holds; a flat rate holds as long as it is offered."),
	},
	Relations: resource.Relations{
		resource.One("checkout", "checkouts").Required().ReadOnly().Doc("The checkout."),
		resource.One("method", "shippingMethods").OrClear().ReadOnly().Doc("The flat rate it is, if it is one."),
	},
	Admin:      resource.ReadOnly,
	Storefront: resource.ReadOnly.OwnedBy("checkout.customer").PrivateTo("checkout.cart.customerUser"),
}
