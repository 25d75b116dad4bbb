package order

import "github.com/hanse-commerce/hanse/resource"

// Checkouts gather what an order needs beside a cart. Placing one makes the order.
var Checkouts = resource.Type{
	Name: "checkouts", Table: "checkout", Area: "order",
	Doc: "What an order needs beside its cart: addresses, shipping, payment.",
	Fields: resource.Fields{
		resource.Enum("status", "open", "placed").Default("open").Required().ReadOnly().Doc("A placed checkout stays as it was."),
		resource.Enum("paymentMethod", "paymentTerm").Default("paymentTerm").Required().Doc("How the order is paid; paymentTerm is on account."),
		resource.Text("poNumber").Max(35).Doc("The buyer's own order number."),
		resource.Date("requestedDate").Doc("Day on which the buyer wants the goods."),
		resource.LongText("notes").Doc("What the seller should know."),
	},
	Relations: resource.Relations{
		resource.One("cart", "carts").Required().CreateOnly().Doc("What is ordered."),
		resource.One("customer", "customers").ReadOnly().Doc("The company that buys, the cart's."),
		resource.One("shippingAddress", "customerAddresses").OrClear().Doc("Where the goods go."),
		resource.One("billingAddress", "customerAddresses").OrClear().Doc("Where the invoice goes; like the goods if empty."),
		resource.One("shippingMethod", "shippingMethods").OrClear().Doc("How the goods go."),
		resource.One("paymentTerm", "paymentTerms").OrClear().ReadOnly().Doc("Until when it is paid, the customer's."),
		resource.One("order", "orders").OrClear().ReadOnly().Doc("The order that came of it."),
	},
	Admin:      resource.Full,
	Storefront: resource.Full.OwnedBy("customer").PrivateTo("cart.customerUser"),
	Check:      checkCheckout,
	Extensible: true,
}

func checkCheckout(t *resource.Type, old, _ resource.Record) []resource.Violation {
	if old != nil && old[t.At("status")].Text == "placed" {
		return []resource.Violation{{Code: "already_placed", Detail: "the order is placed and its checkout stays as it was"}}
	}
	return nil
}
