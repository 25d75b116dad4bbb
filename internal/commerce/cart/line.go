package cart

import (
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/resource"
)

// Lines are the products in a cart, one line for each product and unit.
var Lines = resource.Type{
	Name: "cartLines", Table: "cart_line", Area: "cart",
	Doc:   "A product in a cart, one line for each unit it is bought in.",
	KeyOf: []string{"cart", "product", "unit"},
	Fields: resource.Fields{
		resource.Integer("position").Default("0").Required().Doc("Order in the cart."),
		catalog.Quantity("quantity").Positive().Default("1").Required().Doc("How many of the unit."),
		resource.Text("note").Max(255).Unfiltered().Doc("The buyer's remark on the line."),
		resource.NewComputed("price", resource.Object("price", pricing.Fields()), pricing.OfLine(buyerOfLine)).
			Doc("What the cart's customer pays for the quantity, of so many units as per says; null if there is no price."),
		resource.NewComputed("rowTotal", resource.Decimal("rowTotal", 18, 4), pricing.TotalOfLine(buyerOfLine)).
			Doc("Quantity times price, rounded to the currency once."),
	},
	Relations: resource.Relations{
		resource.One("cart", "carts").Required().CreateOnly().Doc("The cart."),
		resource.One("product", "products").Required().CreateOnly().Doc("What is bought."),
		resource.One("unit", "units").CreateOnly().Doc("The unit it is bought in; the product's base unit if empty."),
	},
	Admin:      resource.Full,
	Storefront: resource.Full.OwnedBy("cart.customer").PrivateTo("cart.customerUser"),
	Check:      checkLine,
}

func checkLine(t *resource.Type, _, next resource.Record) []resource.Violation {
	q, err := decimal.NewFromString(next[t.At("quantity")].Text)
	if next[t.At("quantity")].State == resource.Set && (err != nil || !q.IsPositive()) {
		return []resource.Violation{{Field: "quantity", Code: "out_of_range", Detail: "the quantity must be above zero; delete the line instead"}}
	}
	return nil
}
