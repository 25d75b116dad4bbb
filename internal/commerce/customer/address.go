package customer

import "github.com/hanse-commerce/hanse/resource"

// Addresses are where customers are and take deliveries. They have no key of their own; an ERP finds its by external id.
var Addresses = resource.Type{
	Name: "customerAddresses", Table: "customer_address", Area: "customer",
	Doc: "An address of a customer.",
	Fields: append(PostalFields(),
		resource.Boolean("primary").Default("false").Required().Doc("The company's seat."),
		resource.Boolean("billing").Default("false").Required().Doc("Invoices go here by default."),
		resource.Boolean("shipping").Default("false").Required().Doc("Goods go here by default."),
	),
	Relations: resource.Relations{
		resource.One("customer", "customers").Required().CreateOnly().Doc("Whose address it is."),
	},
	Admin:      resource.Full,
	Storefront: resource.Full.OwnedBy("customer"),
	Extensible: true,
}

// PostalFields are the parts of an address, alike wherever one is kept.
func PostalFields() resource.Fields {
	return resource.Fields{
		resource.Text("company").Max(140).Doc("Name of the company at the address."),
		resource.Text("firstName").Max(100).Doc("Given name of the person to ask for."),
		resource.Text("lastName").Max(100).Doc("Family name of the person to ask for."),
		resource.Text("street").Max(140).Required().Doc("Street and number."),
		resource.Text("street2").Max(140).Unfiltered().Doc("Building, gate, floor."),
		resource.Text("postalCode").Max(20).Doc("Postal code."),
		resource.Text("city").Max(100).Required().Doc("Town."),
		resource.Text("region").Max(100).Doc("State or province."),
		resource.Country("country").Required().Doc("ISO 3166-1 code of the country."),
		resource.Text("phone").Max(32).Unfiltered().Doc("Telephone number for the carrier."),
	}
}
