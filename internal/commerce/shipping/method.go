package shipping

import "github.com/hanse-commerce/hanse/resource"

// Methods are the ways of shipping that a shop offers at a flat rate.
var Methods = resource.Type{
	Name: "shippingMethods", Table: "shipping_method", Area: "shipping",
	Doc: "A way of shipping at a flat rate per order.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name of the method."),
		resource.Localized("name").Required().Doc("Name that buyers see."),
		resource.Decimal("amount", 18, 4).Positive().Default("0").Required().Unfiltered().Doc("What an order pays for it."),
		resource.Currency("currency").Default("EUR").Required().Doc("Currency of the amount; offered for orders in this currency only."),
		resource.Integer("position").Default("0").Required().Doc("Order in which methods are offered."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Doc("A disabled method is not offered."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly.Where("status", "enabled"),
	Extensible: true,
}
