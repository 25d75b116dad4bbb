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
	Check:      checkCategory,
	Extensible: true,
}

func checkCategory(t *resource.Type, _, next resource.Record) []resource.Violation {
	parent, code := next[t.At("parent")], next[t.At("code")]
	if parent.State == resource.Set && parent.Text == resource.ByKey(code.Text).String() {
		return []resource.Violation{{Field: "parent", Code: "own_parent", Detail: "a category cannot lie in itself"}}
	}
	return nil
}
