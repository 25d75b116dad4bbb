package pricing

import (
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/resource"
)

// Prices are what a product costs on a list, from a quantity on and from a day on.
var Prices = resource.Type{
	Name: "prices", Table: "price", Area: "pricing",
	Doc:   "What a product costs on a price list, by unit, currency, least quantity and day.",
	KeyOf: []string{"priceList", "product", "unit", "currency", "minQuantity", "validFrom"},
	Fields: resource.Fields{
		resource.Currency("currency").Required().Doc("Currency of the amount."),
		catalog.Quantity("minQuantity").Positive().Default("0").Required().Eg("10").
			Doc("Least quantity of the unit from which on the price applies."),
		resource.Date("validFrom").OptionalKey().Doc("First day, in the organization's time zone; always if empty."),
		resource.Date("validUntil").Doc("Last day, itself included; for ever if empty."),
		resource.Decimal("amount", 18, 6).Positive().Required().Eg("12.50").Doc("Price of so many units as per says."),
		resource.Decimal("per", 12, 3).Positive().Default("1").Required().Unfiltered().Eg("100").
			Doc("How many units the amount buys (SAP KPEIN)."),
	},
	Relations: resource.Relations{
		resource.One("priceList", "priceLists").Required().CreateOnly().Doc("The list."),
		resource.One("product", "products").Required().CreateOnly().Doc("The product."),
		resource.One("unit", "units").Required().CreateOnly().Doc("The unit that is priced."),
	},
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Check:      checkPrice,
}

func checkPrice(t *resource.Type, _, next resource.Record) (faults []resource.Violation) {
	per, err := decimal.NewFromString(next[t.At("per")].Text)
	if next[t.At("per")].State == resource.Set && (err != nil || !per.IsPositive()) {
		faults = append(faults, resource.Violation{Field: "per", Code: "out_of_range", Detail: "the amount must buy more than zero units"})
	}
	from, until := next[t.At("validFrom")], next[t.At("validUntil")]
	if from.State == resource.Set && until.State == resource.Set && until.Text < from.Text {
		faults = append(faults, resource.Violation{Field: "validUntil", Code: "out_of_range",
			Detail: "the last day lies before the first"})
	}
	return faults
}
