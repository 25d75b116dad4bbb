package cart

import (
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
		resource.NewComputed("subtotal", resource.Decimal("subtotal", 18, 4), subtotalSQL).
			Doc("Sum of the lines at its customer's prices; lines without a price count as nothing."),
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

// buyerSQL is who pays what is in a cart, and in which shop and currency: as in an order of it, whoever looks at it.
const buyerSQL = `SELECT c.organization_id, c.customer_id, m.group_id, w.id AS website_id, coalesce(c.currency, m.currency, w.currency, o.currency) AS currency
  FROM cart c JOIN customer m ON m.id = c.customer_id JOIN organization o ON o.id = c.organization_id
  LEFT JOIN LATERAL (SELECT w.id, w.currency FROM website w WHERE w.organization_id = c.organization_id
    AND CASE WHEN c.website_id IS NULL THEN w.status = 'enabled' ELSE w.id = c.website_id END ORDER BY w.code LIMIT 1) w ON true
  WHERE c.id = `

const buyerOfLine = buyerSQL + `{t}.cart_id`

var subtotalSQL = pricing.SumOfLines(buyerSQL+`{t}.id`, `SELECT * FROM cart_line l WHERE l.cart_id = {t}.id`)
