package tax

import "github.com/hanse-commerce/hanse/resource"

// CustomerCodes are kinds of customers that tax law treats alike.
var CustomerCodes = resource.Type{
	Name: "customerTaxCodes", Table: "customer_tax_code", Area: "tax",
	Doc:        "A kind of customers that tax law treats alike, such as exempt ones; SAP's tax classification of customers (TAXKD).",
	Fields:     codeFields("LIABLE"),
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Extensible: true,
}

// ProductCodes are kinds of goods and services that tax law treats alike.
var ProductCodes = resource.Type{
	Name: "productTaxCodes", Table: "product_tax_code", Area: "tax",
	Doc:        "A kind of products that tax law treats alike, such as books; SAP's tax classification of materials (TAXKM).",
	Fields:     codeFields("REDUCED"),
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Extensible: true,
}

func codeFields(example string) resource.Fields {
	return resource.Fields{
		resource.Text("code").Max(64).Key().Eg(example).Doc("Short name of the code."),
		resource.Text("name").Required().Doc("Full name."),
	}
}
