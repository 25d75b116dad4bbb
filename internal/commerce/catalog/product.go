package catalog

import "github.com/hanse-commerce/hanse/resource"

// Products are what a company sells; the SKU names one within an organization.
var Products = resource.Type{
	Name: "products", Table: "product", Area: "catalog",
	Doc: "What the company sells, identified by its SKU.",
	Fields: resource.Fields{
		resource.Text("sku").Max(64).Key().Search('A').Doc("Stock keeping unit. Text: leading zeros count."),
		resource.Localized("name").Required().Search('A').Doc("Name that buyers see."),
		resource.Localized("description").Unfiltered().Search('C').Doc("Text that describes the product."),
		resource.Enum("kind", "simple", "service").Default("simple").Required().
			Doc("Simple products are kept in stock; services are sold without."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Doc("Buyers do not see a disabled product."),
		resource.Text("gtin").Max(14).Search('B').Doc("Global trade item number (EAN, UPC)."),
		resource.Text("brand").Max(100).Search('B').Doc("Brand or manufacturer."),
		resource.Text("manufacturerNumber").Max(64).Search('B').Doc("The manufacturer's own number for it."),
		resource.Decimal("weight", 12, 3).Positive().Unfiltered().Unit("kg").Doc("Net weight of one base unit."),
		resource.JSON("attributes").Doc("Further properties, free in form."),
	},
	Relations: resource.Relations{
		resource.One("category", "categories").OrClear().Doc("Where buyers find it."),
		resource.One("unit", "units").Doc("Base unit, in which factors, stock and prices are meant by default; the piece (C62) if empty."),
		resource.Many("units", "productUnits", "product").Owned().OrderedBy("factor").Doc("Further units in which it can be bought."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly.Where("status", "enabled"),
	Check:      checkProduct,
	Extensible: true,
}

func checkProduct(t *resource.Type, _, next resource.Record) []resource.Violation {
	gtin := next[t.At("gtin")]
	if gtin.State == resource.Set && !validGTIN(gtin.Text) {
		return []resource.Violation{{Field: "gtin", Code: "invalid_gtin",
			Detail: "a GTIN has 8, 12, 13 or 14 digits, the last of which checks the others"}}
	}
	return nil
}

// validGTIN checks length and check digit (GS1 General Specifications, section 7.9).
func validGTIN(s string) bool {
	if n := len(s); n != 8 && n != 12 && n != 13 && n != 14 {
		return false
	}
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if s[len(s)-1-i] < '0' || d > 9 {
			return false
		}
		if i%2 == 1 {
			d *= 3
		}
		sum += d
	}
	return sum%10 == 0
}
