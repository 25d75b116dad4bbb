package order

import "github.com/hanse-commerce/hanse/resource"

// Checkouts gather what an order needs beside a cart. They can be left and taken up again; placing one makes the order.
var Checkouts = resource.Type{
	Name: "checkouts", Table: "checkout", Area: "order",
	Doc:    "What an order needs beside its cart: addresses, shipping, payment; and what review froze of its price.",
	Fields: append(chosenFields(), frozenFields()...),
	Relations: resource.Relations{
		resource.One("cart", "carts").Required().CreateOnly().Doc("What is ordered."),
		resource.One("customer", "customers").ReadOnly().Doc("The company that buys, the cart's."),
		resource.One("shippingAddress", "customerAddresses").OrClear().Doc("Where the goods go."),
		resource.One("billingAddress", "customerAddresses").OrClear().Doc("Where the invoice goes; like the goods if empty."),
		resource.One("shippingQuote", "shippingQuotes").OrClear().Doc("How the goods go: one of the checkout's quotes."),
		resource.One("shippingMethod", "shippingMethods").OrClear().Doc("How the goods go at a flat rate, where no quote is chosen."),
		resource.One("paymentTerm", "paymentTerms").OrClear().ReadOnly().Doc("Until when it is paid, the customer's."),
		resource.One("order", "orders").OrClear().ReadOnly().Doc("The order that came of it."),
		resource.Many("quotes", "shippingQuotes", "checkout").Owned().ReadOnly().OrderedBy("position").Doc("The ways of shipping that quoteShipping found."),
	},
	Admin:      resource.Full,
	Storefront: resource.Full.OwnedBy("customer").PrivateTo("cart.customerUser"),
	Check:      checkCheckout,
	Extensible: true,
}

// chosenFields are what a buyer decides.
func chosenFields() resource.Fields {
	return resource.Fields{
		resource.Enum("status", "open", "paying", "placed").Default("open").Required().ReadOnly().
			Doc("A checkout that is paying waits for the gateway or the buyer on its page; a placed one stays as it was."),
		resource.Text("paymentMethod").Max(64).Default("paymentTerm").Required().Eg("stripe").
			Doc("How the order is paid: code of a channel for payments; paymentTerm is on account."),
		resource.Text("poNumber").Max(35).Doc("The buyer's own order number."),
		resource.Date("requestedDate").Doc("Day on which the buyer wants the goods."),
		resource.LongText("notes").Doc("What the seller should know."),
	}
}

// frozenFields are what review found and the buyer was shown. Placing computes all of it anew and compares.
func frozenFields() resource.Fields {
	frozen := func(name string) resource.Field { return resource.Decimal(name, 18, 4).ReadOnly().Unfiltered() }
	return resource.Fields{
		resource.Time("reviewedAt").ReadOnly().Unfiltered().Doc("When review last froze the amounts; they count no more once the checkout or its cart has changed."),
		resource.Currency("currency").ReadOnly().Unfiltered().Doc("Currency of all amounts."),
		frozen("subtotal").Doc("Sum of the lines."),
		frozen("shippingTotal").Doc("What shipping costs; nothing where it is quoted later."),
		frozen("taxTotal").Doc("Taxes, in the other sums already if taxIncluded."),
		frozen("total").Doc("What is to be paid."),
		resource.Boolean("taxIncluded").ReadOnly().Unfiltered().Doc("Whether subtotal and shippingTotal include the tax."),
		resource.JSON("breakdown").ReadOnly().Doc("How the total comes about: {lines: [{sku, name, quantity, unit, price, per, rowTotal, " +
			"taxPercent, tax}], shipping: {code, name, kind, amount, tax, expires}, taxes: [{name, percent, net, tax}]}."),
		resource.JSON("paymentMethods").ReadOnly().Doc("The ways of paying that the buyer has, as [{code, name, online, onAccount, form}]: with an online one, form " +
			"is what a page needs to take a card: {element, script, options, sources, hosted}."),
		resource.JSON("problems").ReadOnly().Doc("All that keeps the order from being placed, as [{code, field, detail, line}]; empty if it is ready."),
		resource.JSON("changes").ReadOnly().Doc("What differs from what was frozen before, as [{code, field, detail, line}]."),
	}
}

func checkCheckout(t *resource.Type, old, next resource.Record) []resource.Violation {
	if next[t.At("shippingQuote")].State == resource.Set && next[t.At("shippingMethod")].State == resource.Set {
		return []resource.Violation{{Field: "shippingMethod", Code: "invalid_value", Detail: "choose a shippingQuote or a shippingMethod and clear the other"}}
	}
	if old == nil {
		return nil
	}
	switch old[t.At("status")].Text {
	case "placed":
		return []resource.Violation{{Code: "already_placed", Detail: "the order is placed and its checkout stays as it was"}}
	case "paying":
		return []resource.Violation{{Code: "paying", Detail: "the order is being paid; the checkout opens again if that comes to nothing"}}
	}
	return nil
}
