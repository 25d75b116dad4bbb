// Package commerce puts the areas of the business together: their definitions, their tables and a first organization.
package commerce

import (
	"github.com/hanse-commerce/hanse/internal/commerce/billing"
	"github.com/hanse-commerce/hanse/internal/commerce/cart"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/internal/commerce/customer"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/internal/commerce/shipment"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/commerce/tax"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/resource"
)

// area is what a business area brings. Each may build on those before it.
type area struct {
	resources  func() []resource.Definition
	migrations func() postgres.Source
}

func areas() []area {
	return []area{
		{organization.Resources, organization.Migrations},
		{customer.Resources, customer.Migrations},
		{catalog.Resources, catalog.Migrations},
		{pricing.Resources, pricing.Migrations},
		{tax.Resources, tax.Migrations},
		{inventory.Resources, inventory.Migrations},
		{cart.Resources, cart.Migrations},
		{shipping.Resources, shipping.Migrations},
		{payment.Resources, payment.Migrations},
		{order.Resources, order.Migrations},
		{shipment.Resources, shipment.Migrations},
		{billing.Resources, billing.Migrations},
	}
}

// Resources are the definitions of all areas, in the order in which the areas build on each other.
func Resources() [][]resource.Definition {
	var all [][]resource.Definition
	for _, a := range areas() {
		all = append(all, a.resources())
	}
	return all
}

// Sources are the migrations of all areas. They need those of package access before them.
func Sources() []postgres.Source {
	var all []postgres.Source
	for _, a := range areas() {
		all = append(all, a.migrations())
	}
	return all
}

// Schema is the definitions of the business alone, without those of the integration points.
func Schema() (*resource.Schema, error) { return resource.NewSchema(Resources()...) }
