package organization

import "github.com/hanse-commerce/hanse/resource"

// Websites are the shops of an organization.
var Websites = resource.Type{
	Name: "websites", Table: "website", Area: "organization",
	Doc: "A shop of the organization, with its address, currency and language.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name of the website."),
		resource.Text("name").Required().Doc("Name that buyers see."),
		resource.Text("url").Max(255).Unfiltered().Eg("https://shop.example.com").Doc("Address of the shop, without a trailing slash."),
		resource.Currency("currency").Default("EUR").Required().Doc("Currency of buyers who have none of their own."),
		resource.Tongue("language").Default("en").Required().Doc("Language of visitors who choose none."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Doc("A disabled website answers nobody."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly.Where("status", "enabled"),
	Extensible: true,
}
