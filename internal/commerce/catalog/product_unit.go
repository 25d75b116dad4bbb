package catalog

import (
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/resource"
)

// ProductUnits are the units beside the base unit in which a product can be bought. Whether one is the product's base unit
// is told by the product alone.
var ProductUnits = resource.Type{
	Name: "productUnits", Table: "product_unit", Area: "catalog",
	Doc:   "A unit in which a product can be bought, with its size in base units.",
	KeyOf: []string{"product", "unit"},
	Fields: resource.Fields{
		resource.Decimal("factor", 18, 6).Positive().Default("1").Required().Unfiltered().Eg("24").
			Doc("How many base units one of this unit holds."),
		resource.Integer("precision").Positive().Unfiltered().
			Doc("Digits behind the point that a quantity may have; the unit's own if empty."),
		resource.NewComputed("primary", resource.Boolean("primary"), `{t}.unit_id = (SELECT p.unit_id FROM product p WHERE p.id = {t}.product_id)`).
			Doc("Whether it is the product's base unit, which the product itself names."),
	},
	Relations: resource.Relations{
		resource.One("product", "products").Required().CreateOnly().Doc("The product."),
		resource.One("unit", "units").Required().CreateOnly().Doc("The unit."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly,
	Check:      checkProductUnit,
}

func checkProductUnit(t *resource.Type, old, next resource.Record) []resource.Violation {
	faults := checkPrecision(t, old, next)
	factor, err := decimal.NewFromString(next[t.At("factor")].Text)
	if next[t.At("factor")].State == resource.Set && (err != nil || !factor.IsPositive()) {
		faults = append(faults, resource.Violation{Field: "factor", Code: "out_of_range", Detail: "the factor must be above zero"})
	}
	return faults
}
