package order_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
)

// What a cart shows is what its order costs, to whomever it is shown: the buyer, his parent company, staff. Prices are drawn
// on lists of customer, group and website, in two currencies, and the cart may name its currency and shop or not.
func TestOrderCostsWhatTheCartShows(t *testing.T) {
	s := ironmonger(t)
	parent, _ := s.Trader("1000")
	branch, address := s.Trader("1001")
	s.Exec("UPDATE customer SET parent_id = $2 WHERE id = $1", branch.Customer, parent.Customer)
	s.Exec("UPDATE customer SET currency = 'CHF' WHERE id = $1", branch.Customer)
	s.Exec("UPDATE unit SET precision = 3")
	lists := []string{s.Prices, s.List("group", "customer_group_id", branch.Group, 0), s.List("own", "customer_id", branch.Customer, 0),
		s.List("parent", "customer_id", parent.Customer, 9)}
	product := s.ID("product", "sku", "service")
	free := s.ID("shipping_method", "code", "STANDARD")
	caller := s.As(parent)
	caller.Customers = []string{parent.Customer, branch.Customer}
	rapid.Check(t, func(t *rapid.T) {
		s.Exec("DELETE FROM price WHERE product_id = $1", product)
		s.Exec("DELETE FROM cart_line WHERE product_id = $1 AND cart_id IN (SELECT id FROM cart WHERE status = 'open')", product)
		for range rapid.IntRange(1, 6).Draw(t, "prices") {
			s.Exec(`INSERT INTO price (id, organization_id, price_list_id, product_id, unit_id, currency, min_quantity, amount, per)
				VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`, s.Organization,
				rapid.SampledFrom(lists).Draw(t, "list"), product, s.Unit("C62"), rapid.SampledFrom([]string{"EUR", "CHF"}).Draw(t, "currency"),
				rapid.SampledFrom([]string{"0", "1", "10"}).Draw(t, "from"), decimal.New(rapid.Int64Range(0, 1e9).Draw(t, "amount"), -6),
				rapid.SampledFrom([]string{"1", "3", "100"}).Draw(t, "per"))
		}
		columns := map[string]any{"customer_id": branch.Customer, "customer_user_id": parent.User}
		if c := rapid.SampledFrom([]string{"", "EUR", "CHF"}).Draw(t, "cart currency"); c != "" {
			columns["currency"] = c
		}
		if rapid.Bool().Draw(t, "names its shop") {
			columns["website_id"] = s.Website
		}
		cart := s.Insert("cart", columns)
		quantity := decimal.New(rapid.Int64Range(1, 20_000).Draw(t, "quantity"), -3)
		line := s.Insert("cart_line", map[string]any{"cart_id": cart, "product_id": product, "quantity": quantity})
		s.Exec("UPDATE shipping_method SET amount = 0, currency = coalesce($2, 'CHF') WHERE id = $1", free, columns["currency"])

		seen := s.Get(caller, "carts", cart, "subtotal")["subtotal"]
		for who, c := range map[string]access.Caller{"staff": s.Caller, "the buyer, with a euro in his hand": caller} {
			if got := s.Get(c, "carts", cart, "subtotal")["subtotal"]; got != seen {
				t.Fatalf("%s sees %v, the buyer %v", who, got, seen)
			}
			if got := s.Get(c, "cartLines", line, "rowTotal")["rowTotal"]; got != seen {
				t.Fatalf("%s sees a line of %v in a cart of %v", who, got, seen)
			}
		}
		input := map[string]any{"total": "0"}
		if seen != nil {
			input["total"] = seen
		}
		id, _, err := s.Run(s.Runner, caller, "checkouts", "place", s.Checkout(cart, address), input, "")
		if seen == nil {
			if len(codes(err)) != 1 || codes(err)[0] != "lines/0 no_price" {
				t.Fatalf("a cart without prices was ordered: %v", err)
			}
			return
		}
		if err != nil {
			t.Fatalf("shown %v: %v", seen, err)
		}
		if got := s.Get(caller, "orders", id, "total")["total"]; got != seen {
			t.Fatalf("the cart showed %v, the order costs %v", seen, got)
		}
	})
	if n := whole(t, s); n == 0 {
		t.Error("nothing was ever ordered")
	}
}

// A number of more digits than usual loses none.
func TestOrderNumbersGrow(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	s.Exec("SELECT setval('sales_order_number', 99999998)")
	for _, want := range []string{"W99999999", "W100000000"} {
		id, err := s.Place(s.As(buyer), s.Checkout(s.Cart(buyer, oneBolt), address))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Get(s.As(buyer), "orders", id, "number"); got["number"] != want {
			t.Errorf("the order has the number %v, want %s", got, want)
		}
	}
}

// An order stays as it was placed, whatever becomes of product, price and address; its checkout cannot be changed.
func TestOrderIsFrozen(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	checkout := s.Checkout(s.Cart(buyer, commercetest.Item{Quantity: "100", Unit: "C62", SKU: "bolt"}), address)
	id, err := s.Place(s.As(buyer), checkout)
	if err != nil {
		t.Fatal(err)
	}
	frozen := func() string {
		return rows(s, `SELECT o.total, l.sku, l.name, l.price, a.street FROM sales_order o JOIN order_line l ON l.order_id = o.id
			JOIN order_address a ON a.order_id = o.id WHERE o.id = $1 ORDER BY a.kind`, id)
	}
	before := frozen()
	s.Exec("UPDATE price SET amount = amount * 2")
	s.Exec(`UPDATE product SET sku = 'new-' || sku, name = '{"en":"new"}'`)
	s.Exec("UPDATE customer_address SET street = 'Neue Str. 2'")
	s.Exec("UPDATE shipping_method SET amount = 99")
	s.Exec("DELETE FROM product WHERE sku = 'new-bolt'")
	same(t, before, frozen())
	if again, err := s.Place(s.As(buyer), checkout); again != id || err != nil {
		t.Errorf("placing it again gives %s, %v", again, err)
	}
}
