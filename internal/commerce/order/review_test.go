package order_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// review runs the command and gives what the checkout shows.
func review(t testing.TB, s *commercetest.Shop, caller access.Caller, checkout string) map[string]any {
	t.Helper()
	if _, _, err := s.Run(s.Runner, caller, "checkouts", "review", checkout, nil, ""); err != nil {
		t.Fatal(err)
	}
	return s.Get(caller, "checkouts", checkout)
}

// kept are faults that a checkout shows, as "field code".
func kept(shown any) (all []string) {
	list, _ := shown.([]any)
	for _, v := range list {
		f, _ := v.(map[string]any)
		field, _ := f["field"].(string)
		code, _ := f["code"].(string)
		if field != "" {
			code = field + " " + code
		}
		all = append(all, code)
	}
	return all
}

// taxed gives the shop a rate of 19 % on everything in Germany but 7 % on wire.
func taxed(s *commercetest.Shop, included bool) {
	customer := s.Insert("customer_tax_code", map[string]any{"code": "DE", "name": "domestic"})
	full, low := s.Insert("product_tax_code", map[string]any{"code": "FULL", "name": "full"}), s.Insert("product_tax_code", map[string]any{"code": "LOW", "name": "reduced"})
	germany := s.Insert("tax_jurisdiction", map[string]any{"code": "DE", "name": "Germany", "country": "DE"})
	s.Insert("tax_rule", map[string]any{"customer_tax_code_id": customer, "product_tax_code_id": full, "jurisdiction_id": germany, "rate": "19", "name": "VAT 19 %"})
	s.Insert("tax_rule", map[string]any{"customer_tax_code_id": customer, "product_tax_code_id": low, "jurisdiction_id": germany, "rate": "7", "name": "VAT 7 %"})
	s.Exec("UPDATE website SET tax_included = $2, customer_tax_code_id = $3, product_tax_code_id = $4 WHERE id = $1", s.Website, included, customer, full)
	s.Exec("UPDATE product SET tax_code_id = $1 WHERE sku = 'wire'", low)
}

// Review says all that is missing at once, freezes what the order would come to, and place asks for exactly that.
func TestReview(t *testing.T) {
	s := ironmonger(t)
	taxed(s, false)
	buyer, address := s.Trader("1000")
	s.Exec("UPDATE customer SET payment_term_id = NULL WHERE id = $1", buyer.Customer)
	cart := s.Cart(buyer, commercetest.Item{Quantity: "100", Unit: "C62", SKU: "bolt"}, commercetest.Item{Quantity: "99", Unit: "MTR", SKU: "wire"},
		commercetest.Item{Quantity: "1", Unit: "XPK", SKU: "screw"})
	checkout := s.Insert("checkout", map[string]any{"cart_id": cart})
	caller := s.As(buyer)
	shown := review(t, s, caller, checkout)
	if diff := cmp.Diff([]string{"shippingAddress required", "shippingMethod required", "paymentMethod no_payment_term", "lines/2 no_price",
		"lines/1 short_stock", "lines/2 short_stock"}, kept(shown["problems"])); diff != "" {
		t.Error(diff)
	}
	s.Exec("UPDATE customer SET payment_term_id = $2 WHERE id = $1", buyer.Customer, s.ID("payment_term", "code", "NET30"))
	s.Exec("DELETE FROM cart_line WHERE product_id = $1", s.ID("product", "sku", "screw"))
	s.Exec("UPDATE cart_line SET quantity = 10 WHERE product_id = $1", s.ID("product", "sku", "wire"))
	s.Exec("UPDATE checkout SET shipping_address_id = $2, shipping_method_id = $3 WHERE id = $1", checkout, address, s.ID("shipping_method", "code", "STANDARD"))
	shown = review(t, s, caller, checkout)
	if diff := cmp.Diff(map[string]any{"subtotal": "29.9", "shippingTotal": "4.9", "taxTotal": "4.22", "total": "39.02", "currency": "EUR", "taxIncluded": false},
		only(shown, "subtotal", "shippingTotal", "taxTotal", "total", "currency", "taxIncluded")); diff != "" {
		t.Error(diff) // 10 x 19 % = 1.90, 19.90 x 7 % = 1.39, 4.90 x 19 % = 0.93
	}
	if len(kept(shown["problems"])) != 0 {
		t.Errorf("problems %v", shown["problems"])
	}
	if diff := cmp.Diff([]string{"lines/0 tax_changed", "lines/1 cart_changed", "lines cart_changed", "shippingTotal shipping_changed", "total price_changed"}, kept(shown["changes"])); diff != "" {
		t.Error(diff)
	}
	text, _ := json.Marshal(shown["breakdown"].(map[string]any)["taxes"])
	same(t, `[{"name":"VAT 19 %","percent":"19","net":"14.9","tax":"2.83"},{"name":"VAT 7 %","percent":"7","net":"19.9","tax":"1.39"}]`, string(text))
	if again := review(t, s, caller, checkout); len(kept(again["changes"])) != 0 {
		t.Errorf("nothing has changed, and yet %v", again["changes"])
	}
	id, err := s.Place(caller, checkout)
	if err != nil {
		t.Fatal(err)
	}
	same(t, `[{"total":39.02,"tax":4.22,"shipping_tax":0.93,"taxes":2}]`, rows(s, `SELECT trim_scale(total) AS total, trim_scale(tax_total) AS tax,
		trim_scale(shipping_tax) AS shipping_tax, jsonb_array_length(taxes) AS taxes FROM sales_order WHERE id = $1`, id))
	same(t, `[{"tax_percent":19,"tax_total":1.9},{"tax_percent":7,"tax_total":1.39}]`, rows(s, `SELECT trim_scale(tax_percent) AS tax_percent,
		trim_scale(tax_total) AS tax_total FROM order_line WHERE order_id = $1 ORDER BY position`, id))
	if _, _, err := s.Run(s.Runner, caller, "checkouts", "review", checkout, nil, ""); codes(err)[0] != "already_placed" {
		t.Errorf("a placed checkout was reviewed: %v", err)
	}
}

func only(all map[string]any, names ...string) map[string]any {
	some := map[string]any{}
	for _, n := range names {
		some[n] = all[n]
	}
	return some
}

// Whatever has changed between review and place is told, one fault a change, and ordered only when it was reviewed again.
func TestChangesAreConfirmed(t *testing.T) {
	for _, c := range []struct {
		name, set string
		want      []string
	}{
		{"a price rises", "UPDATE price SET amount = amount * 2 WHERE product_id = (SELECT id FROM product WHERE sku = 'bolt')",
			[]string{"lines/0 price_changed", "total price_changed"}},
		{"a price falls", "UPDATE price SET amount = amount / 2 WHERE product_id = (SELECT id FROM product WHERE sku = 'bolt')",
			[]string{"lines/0 price_changed", "total price_changed"}},
		{"two prices change and the total does not", `UPDATE price SET amount = amount + CASE p.sku WHEN 'bolt' THEN 0.1 ELSE -1 END FROM product p
			WHERE p.id = price.product_id AND p.sku IN ('bolt', 'service')`, []string{"lines/0 price_changed", "lines/1 price_changed"}},
		{"another tax", "UPDATE tax_rule SET rate = 20 WHERE rate = 19",
			[]string{"lines/0 tax_changed", "lines/1 tax_changed", "shippingTotal tax_changed", "total price_changed"}},
		{"another shipping rate", "UPDATE shipping_method SET amount = 5", []string{"shippingTotal shipping_changed", "total price_changed"}},
		{"another quantity", "UPDATE cart_line SET quantity = 11 WHERE position = 1", []string{"lines/0 cart_changed", "total price_changed"}},
		{"a line less", "DELETE FROM cart_line WHERE position = 2", []string{"lines cart_changed", "total price_changed"}},
		{"another currency", "ALTER TABLE cart DISABLE TRIGGER ALL; UPDATE cart SET currency = 'USD'; UPDATE price SET currency = 'USD'; UPDATE shipping_method SET currency = 'USD'",
			[]string{"currency price_changed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := ironmonger(t)
			taxed(s, false)
			buyer, address := s.Trader("1000")
			checkout := s.Checkout(s.Cart(buyer, commercetest.Item{Quantity: "10", Unit: "C62", SKU: "bolt"}, commercetest.Item{Quantity: "1", Unit: "C62", SKU: "service"}), address)
			before := review(t, s, s.As(buyer), checkout)
			if len(kept(before["problems"])) != 0 {
				t.Fatalf("problems %v", before["problems"])
			}
			for _, sql := range strings.Split(c.set, "; ") {
				s.Exec(sql)
			}
			_, err := s.Place(s.As(buyer), checkout)
			if diff := cmp.Diff(c.want, codes(err)); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			if _, _, err := s.Run(s.Runner, s.As(buyer), "checkouts", "place", checkout, map[string]any{"total": before["total"]}, ""); codes(err) == nil {
				t.Errorf("the old total of %v was taken: %v", before["total"], err)
			}
			untouchedBut(t, s)
			after := review(t, s, s.As(buyer), checkout)
			if diff := cmp.Diff(c.want, kept(after["changes"])); diff != "" {
				t.Error(diff)
			}
			id, _, err := s.Run(s.Runner, s.As(buyer), "checkouts", "place", checkout, map[string]any{"total": after["total"]}, "")
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Get(s.As(buyer), "orders", id, "total")["total"]; got != after["total"] {
				t.Errorf("the buyer confirmed %v and pays %v", after["total"], got)
			}
		})
	}
}

func untouchedBut(t *testing.T, s *commercetest.Shop) {
	t.Helper()
	same(t, `[{"orders":0,"reservations":0,"payments":0}]`, rows(s, `SELECT (SELECT count(*) FROM sales_order) AS orders,
		(SELECT count(*) FROM stock_reservation) AS reservations, (SELECT count(*) FROM payment) AS payments`))
}

// Stock that is gone between review and place is told by both.
func TestStockVanishes(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	checkout := s.Checkout(s.Cart(buyer, commercetest.Item{Quantity: "10", Unit: "C62", SKU: "bolt"}), address)
	if shown := review(t, s, s.As(buyer), checkout); len(kept(shown["problems"])) != 0 {
		t.Fatalf("problems %v", shown["problems"])
	}
	s.Exec("UPDATE inventory_level SET on_hand = 4 WHERE product_id = $1", s.ID("product", "sku", "bolt"))
	if _, err := s.Place(s.As(buyer), checkout); len(codes(err)) != 1 || codes(err)[0] != "lines/0 short_stock" {
		t.Errorf("%v", err)
	}
	shown := review(t, s, s.As(buyer), checkout)
	if diff := cmp.Diff([]string{"lines/0 short_stock"}, kept(shown["problems"])); diff != "" {
		t.Error(diff)
	}
	untouchedBut(t, s)
}

// carrier is what a test says of ways to ship.
type carrier struct {
	offers []shipping.Offer
	asked  []shipping.Consignment
}

func (c *carrier) Offers(_ context.Context, _ access.Caller, s shipping.Consignment) ([]shipping.Offer, error) {
	c.asked = append(c.asked, s)
	return c.offers, nil
}

func offer(code, amount string, kind shipping.Kind, expires time.Time) shipping.Offer {
	o := shipping.Offer{Code: code, ChannelCode: "fedex", Service: code, Name: "FedEx " + code, Kind: kind, Days: 2, Expires: expires,
		Parcels: []module.Parcel{{Weight: decimal.NewFromInt(3)}}}
	if amount != "" {
		a := money.Of(decimal.RequireFromString(amount), "EUR")
		o.Amount = &a
	}
	return o
}

// Quotes hold for what was quoted and as long as they say; what a carrier cannot tell is quoted later, and the order says so.
func TestQuoteShipping(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	s.Exec("UPDATE product SET weight = 0.5 WHERE sku = 'bolt'")
	desk := &carrier{}
	runner := s.NewRunnerWith(order.Services{DB: s.Pool, Outbox: commercetest.NewOutbox(s.House), Shipping: desk})
	checkout := s.Insert("checkout", map[string]any{"cart_id": s.Cart(buyer, commercetest.Item{Quantity: "2", Unit: "XCT", SKU: "bolt"}), "shipping_address_id": address})
	run := func(name string, input map[string]any) (string, error) {
		t.Helper()
		id, _, err := s.Run(runner, s.As(buyer), "checkouts", name, checkout, input, "")
		return id, err
	}
	quote := func(offers ...shipping.Offer) string {
		t.Helper()
		desk.offers = offers
		if _, err := run("quoteShipping", nil); err != nil {
			t.Fatal(err)
		}
		return rows(s, "SELECT code, trim_scale(amount) AS amount, kind FROM shipping_quote ORDER BY position, code")
	}
	soon := time.Now().Add(time.Hour)
	same(t, `[{"code":"GROUND","amount":7.5,"kind":"live"},{"code":"AIR","amount":20,"kind":"live"}]`,
		quote(offer("GROUND", "7.50", shipping.Live, soon), offer("AIR", "20", shipping.Live, soon)))
	if it := desk.asked[0].Items[0]; !it.Factor.Equal(decimal.NewFromInt(24)) || !it.Weight.Equal(decimal.RequireFromString("0.5")) || desk.asked[0].To.City != "Köln" {
		t.Errorf("asked for %+v", desk.asked[0])
	}
	choose := func(code string) {
		t.Helper()
		c := s.Write(s.As(buyer), record.Update, "checkouts", resource.Ref{ID: checkout}, "shippingQuote", s.ID("shipping_quote", "code", code))
		if c.Outcome == record.Failed {
			t.Fatal(c.Faults)
		}
	}
	choose("GROUND")
	if shown := review(t, &commercetest.Shop{House: s.House, Runner: runner}, s.As(buyer), checkout); shown["shippingTotal"] != "7.5" || len(kept(shown["problems"])) != 0 {
		t.Errorf("reviewed %v %v", shown["shippingTotal"], shown["problems"])
	}
	same(t, `[{"code":"GROUND","amount":7.5,"kind":"live"}]`, quote(offer("GROUND", "9", shipping.Live, soon))) // it holds
	same(t, `[{"code":"GROUND","amount":7.5,"kind":"live"},{"code":"LATER","amount":null,"kind":"later"}]`, quote(offer("LATER", "", shipping.Later, soon)))

	refused := func(want ...string) {
		t.Helper()
		if _, err := run("place", nil); !cmp.Equal(codes(err), want) {
			t.Errorf("%v, want %v", codes(err), want)
		}
	}
	s.Exec("UPDATE cart_line SET quantity = 3")
	refused("shippingQuote quote_expired", "lines/0 cart_changed", "total price_changed") // more goods than were quoted
	s.Exec("UPDATE cart_line SET quantity = 2")
	s.Exec("UPDATE shipping_quote SET expires_at = now() - interval '1 second' WHERE code = 'GROUND'")
	refused("shippingQuote quote_expired")
	same(t, `[{"code":"LATER","amount":null,"kind":"later"}]`, quote(offer("LATER", "", shipping.Later, soon)))
	refused("shippingMethod required", "shippingTotal shipping_changed", "total price_changed")
	choose("LATER")
	refused("shippingTotal shipping_changed", "total price_changed")
	if shown := review(t, &commercetest.Shop{House: s.House, Runner: runner}, s.As(buyer), checkout); shown["shippingTotal"] != "0" {
		t.Errorf("reviewed %v", shown["shippingTotal"])
	}
	id, err := run("place", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"shippingQuotedLater": true, "carrier": "fedex", "shippingService": "LATER", "shippingName": "FedEx LATER", "shippingTotal": "0"},
		only(s.Get(s.As(buyer), "orders", id), "shippingQuotedLater", "carrier", "shippingService", "shippingName", "shippingTotal")); diff != "" {
		t.Error(diff)
	}
	if _, err := run("quoteShipping", nil); codes(err)[0] != "already_placed" {
		t.Errorf("a placed checkout was quoted: %v", err)
	}
}

// A quote of another checkout is none.
func TestQuoteOfAnotherCheckout(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	cheap := s.Insert("checkout", map[string]any{"cart_id": s.Cart(buyer, oneBolt), "shipping_address_id": address})
	quote := s.Insert("shipping_quote", map[string]any{"checkout_id": cheap, "customer_id": buyer.Customer, "code": "X", "position": 1, "name": "X",
		"kind": "live", "amount": "0.01", "currency": "EUR", "expires_at": time.Now().Add(time.Hour)})
	dear := s.Insert("checkout", map[string]any{"cart_id": s.Cart(buyer, oneBolt), "shipping_address_id": address, "shipping_quote_id": quote})
	if _, err := s.Place(s.As(buyer), dear); len(codes(err)) != 1 || codes(err)[0] != "shippingMethod required" {
		t.Errorf("%v", err)
	}
	if c := s.Write(s.As(buyer), record.Update, "checkouts", resource.Ref{ID: cheap}, "shippingQuote", quote, "shippingMethod", "key:STANDARD"); c.Outcome != record.Failed {
		t.Error("a quote and a flat rate were chosen both")
	}
}
