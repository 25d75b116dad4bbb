package cart

import (
	"strings"

	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/resource"
)

// Carts are what people of a customer are about to order, or keep to order again.
var Carts = resource.Type{
	Name: "carts", Table: "cart", Area: "cart",
	Doc: "What a buyer is about to order; a buyer may have several.",
	Fields: resource.Fields{
		resource.Text("name").Max(100).Doc("Name that tells it from the buyer's other carts."),
		resource.Enum("status", "open", "ordered").Default("open").Required().ReadOnly().Doc("An ordered cart stays as it was."),
		resource.Currency("currency").CreateOnly().Doc("Currency of the order to come; the buyer's if empty."),
		resource.LongText("note").Doc("The buyer's own note."),
		resource.NewComputed("lineCount", resource.Integer("lineCount"), `SELECT count(*)::int FROM cart_line l WHERE l.cart_id = {t}.id`).
			Doc("How many lines it has."),
		resource.NewComputed("subtotal", resource.Decimal("subtotal", 18, 4), subtotalSQL, pricing.Chain).
			Doc("Sum of the lines at the buyer's prices; lines without a price count as nothing."),
	},
	Relations: resource.Relations{
		resource.One("customer", "customers").Required().CreateOnly().Doc("The company that buys."),
		resource.One("customerUser", "customerUsers").CreateOnly().Doc("The person whose cart it is."),
		resource.One("website", "websites").CreateOnly().Doc("The shop."),
		resource.Many("lines", "cartLines", "cart").Owned().OrderedBy("position").Doc("What is in the cart."),
	},
	Admin:      resource.Full,
	Storefront: resource.Full.OwnedBy("customer").PrivateTo("customerUser").InShop("website", "currency"),
	Check:      checkCart,
	Extensible: true,
}

func checkCart(t *resource.Type, old, _ resource.Record) []resource.Violation {
	if old != nil && old[t.At("status")].Text == "ordered" {
		return []resource.Violation{{Code: "already_placed", Detail: "the cart has been ordered and stays as it was; make a new one"}}
	}
	return nil
}

var subtotalSQL = `SELECT sum((` + strings.ReplaceAll(pricing.TotalOfLine, "{t}", "l") + `)) FROM cart_line l WHERE l.cart_id = {t}.id`
