package tax

import "github.com/hanse-commerce/hanse/resource"

// Rules are the rates of tax.
var Rules = resource.Type{
	Name: "taxRules", Table: "tax_rule", Area: "tax",
	Doc:   "The rate of tax that customers of a code pay in a jurisdiction for products of a code, from a day on. Without a rule it is 0 percent.",
	KeyOf: []string{"customerTaxCode", "productTaxCode", "jurisdiction", "validFrom"},
	Fields: resource.Fields{
		resource.Date("validFrom").OptionalKey().Doc("First day, in the organization's time zone; always if empty."),
		resource.Date("validUntil").Doc("Last day, itself included; for ever if empty."),
		resource.Decimal("rate", 7, 4).Positive().Required().Unfiltered().Unit("%").Eg("19").Doc("Percent of the net amount."),
		resource.Text("name").Max(100).Required().Unfiltered().Eg("VAT 19 %").Doc("Name that stands on orders and invoices."),
	},
	Relations: resource.Relations{
		resource.One("customerTaxCode", "customerTaxCodes").Required().CreateOnly().Doc("Who pays it."),
		resource.One("productTaxCode", "productTaxCodes").Required().CreateOnly().Doc("What it is paid for."),
		resource.One("jurisdiction", "taxJurisdictions").Required().CreateOnly().Doc("Where it is paid."),
	},
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Check:      checkRule,
}

func checkRule(t *resource.Type, _, next resource.Record) []resource.Violation {
	from, until := next[t.At("validFrom")], next[t.At("validUntil")]
	if from.State == resource.Set && until.State == resource.Set && until.Text < from.Text {
		return []resource.Violation{{Field: "validUntil", Code: "out_of_range", Detail: "the last day lies before the first"}}
	}
	return nil
}
