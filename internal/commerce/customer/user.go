package customer

import "github.com/hanse-commerce/hanse/resource"

// Users are the people of a customer who buy in the shop. How they log in belongs to package access.
var Users = resource.Type{
	Name: "customerUsers", Table: "customer_user", Area: "customer",
	Doc: "A person who buys for a customer.",
	Fields: resource.Fields{
		resource.Email("email").Key().Doc("E-mail address, by which the person logs in."),
		resource.Text("firstName").Max(100).Doc("Given name."),
		resource.Text("lastName").Max(100).Doc("Family name."),
		resource.Text("phone").Max(32).Unfiltered().Doc("Telephone number."),
		resource.Tongue("language").Doc("Language of the shop and of mails for this person; the customer's if empty."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Doc("A disabled person cannot log in."),
	},
	Relations: resource.Relations{
		resource.One("customer", "customers").Required().Doc("The company the person buys for."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly.OwnedBy("customer"),
	Extensible: true,
}
