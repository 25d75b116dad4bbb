package pricing

import "github.com/hanse-commerce/hanse/resource"

// Lists are named sets of prices.
var Lists = resource.Type{
	Name: "priceLists", Table: "price_list", Area: "pricing",
	Doc: "A named set of prices, in one or more currencies.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name of the price list."),
		resource.Text("name").Required().Doc("Full name."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Doc("Nobody gets prices of a disabled list."),
	},
	Relations: resource.Relations{
		resource.Many("assignments", "priceListAssignments", "priceList").Doc("Who gets these prices."),
	},
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Extensible: true,
}
