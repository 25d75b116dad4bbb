package customer

import "github.com/hanse-commerce/hanse/resource"

// Groups are kinds of customers that share prices.
var Groups = resource.Type{
	Name: "customerGroups", Table: "customer_group", Area: "customer",
	Doc: "Customers that share prices and terms, such as wholesalers.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name of the group; SAP's customer group (KDGRP)."),
		resource.Text("name").Required().Doc("Full name."),
	},
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Extensible: true,
}
