package shipment

import (
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/resource"
)

// Lines are what a shipment holds of the lines of its order.
var Lines = resource.Type{
	Name: "shipmentLines", Table: "shipment_line", Area: "shipment", Ledger: true,
	Doc:   "How much of one line of the order a shipment holds.",
	KeyOf: []string{"shipment", "position"},
	Fields: resource.Fields{
		resource.Integer("position").Required().ReadOnly().Doc("Number of the order's line."),
		resource.Text("sku").Max(64).Required().ReadOnly().Doc("SKU of the order's line."),
		catalog.Quantity("quantity").Required().ReadOnly().Unfiltered().Doc("How much of it, in the unit of the order's line."),
	},
	Relations: resource.Relations{
		resource.One("shipment", "shipments").Required().ReadOnly().Doc("The shipment."),
		resource.One("orderLine", "orderLines").Required().ReadOnly().Doc("The order's line, which has name and unit."),
	},
	Admin:      resource.ReadOnly,
	Storefront: resource.ReadOnly.OwnedBy("shipment.order.customer"),
}
