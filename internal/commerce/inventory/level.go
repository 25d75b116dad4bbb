package inventory

import (
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/resource"
)

// Levels are how much of a product lies in a warehouse. What is on hand is written from outside; what is reserved is the
// shop's own count of orders that have not left yet, and only Reserve and Release move it.
var Levels = resource.Type{
	Name: "inventoryLevels", Table: "inventory_level", Area: "inventory",
	Doc:   "How much of a product lies in a warehouse, counted in one unit.",
	KeyOf: []string{"warehouse", "product", "unit"},
	Fields: resource.Fields{
		catalog.Quantity("onHand").Required().Doc("What lies there."),
		catalog.Quantity("reserved").Default("0").Required().ReadOnly().Doc("What open orders hold of it."),
		resource.NewComputed("available", catalog.Quantity("available"), `{t}.on_hand - {t}.reserved`).Doc("What can still be sold."),
	},
	Relations: resource.Relations{
		resource.One("warehouse", "warehouses").Required().CreateOnly().Doc("The warehouse."),
		resource.One("product", "products").Required().CreateOnly().Doc("The product."),
		resource.One("unit", "units").Required().CreateOnly().Doc("The unit that is counted in."),
	},
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Notes:      map[string]any{"files.name": "inventory"}, // how the names of its files start
}
