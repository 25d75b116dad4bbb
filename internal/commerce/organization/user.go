package organization

import "github.com/hanse-commerce/hanse/resource"

// Users are the staff. How they log in and what they may do belongs to package access.
var Users = resource.Type{
	Name: "users", Table: "user_account", Area: "organization",
	Doc: "A member of staff who works in the back-office.",
	Fields: resource.Fields{
		resource.Email("email").Key().Doc("E-mail address, by which the user logs in."),
		resource.Text("firstName").Max(100).Doc("Given name."),
		resource.Text("lastName").Max(100).Doc("Family name."),
		resource.Text("phone").Max(32).Unfiltered().Doc("Telephone number."),
		resource.Tongue("language").Doc("Language of the back-office for this user; the organization's if empty."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Doc("A disabled user cannot log in."),
	},
	Relations: resource.Relations{
		resource.One("businessUnit", "businessUnits").OrClear().Doc("The part of the company the user works for."),
	},
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Extensible: true,
}
