package catalog

import "github.com/hanse-commerce/hanse/resource"

// Categories are the tree in which buyers find products.
var Categories = resource.Type{
	Name: "categories", Table: "category", Area: "catalog",
	Doc: "A node of the tree in which buyers find products.",
	Fields: resource.Fields{
		resource.Text("code").Max(255).Key().Eg("Fasteners/Bolts").Doc("Short name of the category; SAP's material group (MATKL)."),
		resource.Localized("name").Required().Doc("Name that buyers see."),
		resource.Localized("description").Unfiltered().Doc("Text above the category's products."),
		resource.Integer("position").Default("0").Required().Doc("Order among its siblings, smallest first."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Doc("Buyers do not see a disabled category."),
	},
	Relations: resource.Relations{
		resource.One("parent", "categories").OrClear().Doc("The category above; empty at the top."),
		resource.Many("children", "categories", "parent").OrderedBy("position").Doc("The categories below."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly.Where("status", "enabled"),
	Extensible: true,
}
