package pricing

import "github.com/hanse-commerce/hanse/resource"

// Assignments say who gets the prices of a list: everyone on a website, a group, or one customer.
var Assignments = resource.Type{
	Name: "priceListAssignments", Table: "price_list_assignment", Area: "pricing",
	Doc:   "Gives a price list to a website, a customer group or a customer: exactly one of them.",
	KeyOf: []string{"priceList", "website", "customerGroup", "customer"},
	Fields: resource.Fields{
		resource.Integer("priority").Default("0").Required().
			Doc("Among lists of the same website, group or customer the highest goes first."),
	},
	Relations: resource.Relations{
		resource.One("priceList", "priceLists").Required().CreateOnly().Doc("The list."),
		resource.One("website", "websites").CreateOnly().Doc("Everyone on this website gets it."),
		resource.One("customerGroup", "customerGroups").CreateOnly().Doc("Customers of this group get it, before the website's."),
		resource.One("customer", "customers").CreateOnly().Doc("This customer gets it, before his group's."),
	},
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Check:      checkAssignment,
}

// OnCustomers shows at a customer which lists are his.
var OnCustomers = resource.Extend("customers").With(
	resource.Many("priceLists", "priceListAssignments", "customer").AdminOnly().Doc("Price lists of this customer alone."))

func checkAssignment(t *resource.Type, _, next resource.Record) []resource.Violation {
	receivers := 0
	for _, name := range []string{"website", "customerGroup", "customer"} {
		if next[t.At(name)].State == resource.Set {
			receivers++
		}
	}
	if receivers == 1 {
		return nil
	}
	return []resource.Violation{{Code: "one_receiver", Detail: "name exactly one of website, customerGroup and customer"}}
}
