package inventory

import "github.com/hanse-commerce/hanse/resource"

// Warehouses are where stock lies.
var Warehouses = resource.Type{
	Name: "warehouses", Table: "warehouse", Area: "inventory",
	Doc: "A place where stock lies; SAP's plant (WERKS).",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name of the warehouse."),
		resource.Text("name").Required().Doc("Full name."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Doc("Stock of a disabled warehouse is not sold."),
		resource.Integer("priority").Default("0").Required().Doc("Orders take from the highest first."),
		resource.Text("city").Max(100).Doc("Town."),
		resource.Country("country").Doc("ISO 3166-1 code of the country."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly.Where("status", "enabled"),
	Extensible: true,
}
