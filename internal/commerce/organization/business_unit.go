package organization

import "github.com/hanse-commerce/hanse/resource"

// BusinessUnits divide an organization's staff and what they may see.
var BusinessUnits = resource.Type{
	Name: "businessUnits", Table: "business_unit", Area: "organization",
	Doc: "A part of the selling company to which staff belongs.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name of the business unit."),
		resource.Text("name").Required().Doc("Full name."),
		resource.Email("email").Doc("Where the unit is written to."),
		resource.Text("phone").Max(32).Unfiltered().Doc("Where the unit is called."),
	},
	Relations: resource.Relations{
		resource.One("parent", "businessUnits").OrClear().Doc("The unit above."),
	},
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Extensible: true,
}
