package tax

import "github.com/hanse-commerce/hanse/resource"

// OnGroups gives a customer group the tax code of its customers.
var OnGroups = resource.Extend("customerGroups").With(
	resource.One("taxCode", "customerTaxCodes").OrClear().Doc("Tax code of its customers that have none of their own."))

// OnCustomers gives a customer his tax code.
var OnCustomers = resource.Extend("customers").With(
	resource.One("taxCode", "customerTaxCodes").OrClear().AdminOnly().Doc("Tax code; his group's if empty, then the website's."))

// OnProducts gives a product its tax code.
var OnProducts = resource.Extend("products").With(
	resource.One("taxCode", "productTaxCodes").OrClear().AdminOnly().Doc("Tax code; the website's if empty."))

// OnWebsites says how a shop shows prices, and which codes count where none is set.
var OnWebsites = resource.Extend("websites",
	resource.Boolean("taxIncluded").Default("false").Required().Doc("True: prices and shipping rates of this shop include tax.")).With(
	resource.One("customerTaxCode", "customerTaxCodes").OrClear().AdminOnly().Doc("Tax code of customers that have none, nor has their group."),
	resource.One("productTaxCode", "productTaxCodes").OrClear().AdminOnly().Doc("Tax code of products that have none."),
	resource.One("shippingTaxCode", "productTaxCodes").OrClear().AdminOnly().Doc("Tax code of shipping; that of products if empty."))
