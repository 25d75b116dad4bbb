package order

import (
	"github.com/hanse-commerce/hanse/internal/commerce/customer"
	"github.com/hanse-commerce/hanse/resource"
)

// Addresses are where goods and invoice of an order go, as they were when it was placed.
var Addresses = resource.Type{
	Name: "orderAddresses", Table: "order_address", Area: "order", Ledger: true,
	Doc:    "Where goods or invoice of an order go, as it was when the order was placed.",
	KeyOf:  []string{"order", "kind"},
	Fields: addressFields(),
	Relations: resource.Relations{
		resource.One("order", "orders").Required().ReadOnly().Doc("The order."),
	},
	Admin:      resource.ReadOnly,
	Storefront: resource.ReadOnly.OwnedBy("order.customer"),
}

func addressFields() resource.Fields {
	fields := resource.Fields{
		resource.Enum("kind", "billing", "shipping").Required().ReadOnly().Doc("Whether the invoice or the goods go there."),
	}
	for _, f := range customer.PostalFields() {
		fields = append(fields, f.ReadOnly())
	}
	return fields
}
