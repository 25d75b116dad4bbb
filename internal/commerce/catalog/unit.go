package catalog

import "github.com/hanse-commerce/hanse/resource"

// Quantity is a field that counts in some unit: as fine as a millionth, so that grams fit into tonnes.
func Quantity(name string) resource.Field { return resource.Decimal(name, 18, 6) }

// Units are what goods are counted in.
var Units = resource.Type{
	Name: "units", Table: "unit", Area: "catalog",
	Doc: "A unit of measure by its UN/ECE Recommendation 20 or 21 code.",
	Fields: resource.Fields{
		resource.Text("code").Max(8).Key().Eg("C62").Doc("UN/ECE code; C62 is the piece."),
		resource.Localized("name").Required().Doc("Name that people read."),
		resource.Integer("precision").Positive().Default("0").Required().Unfiltered().
			Doc("Digits behind the point that a quantity may have; a product can say otherwise."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly,
	Check:      checkPrecision,
}

// maxPrecision is how many digits Quantity keeps.
const maxPrecision = 6

func checkPrecision(t *resource.Type, _, next resource.Record) []resource.Violation {
	p := next[t.At("precision")]
	if p.State == resource.Set && (len(p.Text) != 1 || p.Text[0] < '0' || p.Text[0] > '0'+maxPrecision) {
		return []resource.Violation{{Field: "precision", Code: "out_of_range", Detail: "the precision must be from 0 to 6 digits"}}
	}
	return nil
}
