package customer

import "github.com/hanse-commerce/hanse/resource"

// Customers are the companies that buy, each perhaps part of a larger one.
var Customers = resource.Type{
	Name: "customers", Table: "customer", Area: "customer",
	Doc: "A company that buys, with its terms; companies form a tree.",
	Fields: resource.Fields{
		resource.Text("number").Max(35).Key().Search('A').Doc("Customer number. Text: leading zeros count."),
		resource.Text("name").Required().Search('A').Doc("Name of the company."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Doc("People of a disabled customer cannot log in."),
		resource.Text("taxNumber").Max(35).Search('B').Doc("VAT registration number."),
		resource.Email("email").Doc("Where the company is written to."),
		resource.Text("phone").Max(32).Unfiltered().Doc("Where the company is called."),
		resource.Tongue("language").Doc("Language of letters and mails; the website's if empty."),
		resource.Currency("currency").Doc("Currency in which the customer buys; the website's if empty."),
		resource.Text("deliveryTerms").Max(35).Unfiltered().Eg("DAP").Doc("Agreed Incoterms."),
		resource.Decimal("creditLimit", 18, 2).Positive().Unfiltered().AdminOnly().
			Doc("How much may be ordered and not yet be paid, in the customer's currency; no limit if empty."),
		resource.Boolean("orderBlock").Default("false").Required().AdminOnly().Doc("True: the customer may look but not order."),
		resource.LongText("internalNote").AdminOnly().Doc("What staff should know."),
	},
	Relations: resource.Relations{
		resource.One("parent", "customers").OrClear().Doc("The company this one belongs to."),
		resource.One("group", "customerGroups").OrClear().AdminOnly().Doc("The group whose prices apply."),
		resource.Many("users", "customerUsers", "customer").Doc("People who buy for the company."),
		resource.Many("addresses", "customerAddresses", "customer").Doc("Where the company is and takes deliveries."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly.OwnedBy("id"),
	Extensible: true,
}
