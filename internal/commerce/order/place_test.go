package order_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
)

// ironmonger sells by the piece, the carton, the metre and the hundred.
func ironmonger(t testing.TB) *commercetest.Shop {
	s := commercetest.NewShop(t)
	bolt, wire, screw, service := s.Product("bolt"), s.Product("wire"), s.Product("screw"), s.Product("service")
	s.Exec(`UPDATE product SET name = '{"en":"Hex bolt","de":"Sechskantschraube"}' WHERE id = $1`, bolt)
	s.Exec("UPDATE product SET unit_id = $2 WHERE id = $1", wire, s.Unit("MTR"))
	s.Exec("UPDATE product SET kind = 'service' WHERE id = $1", service)
	s.Insert("product_unit", map[string]any{"product_id": bolt, "unit_id": s.Unit("XCT"), "factor": "24"})
	s.Price(s.Prices, bolt, "0", "0.125")
	s.Price(s.Prices, bolt, "100", "0.1")
	for _, p := range []struct{ product, unit, amount, per string }{
		{bolt, "XCT", "2.999999", "1"}, {wire, "MTR", "1.99", "1"}, {screw, "C62", "3.2", "100"}, {service, "C62", "80", "1"},
	} {
		s.Insert("price", map[string]any{"price_list_id": s.Prices, "product_id": p.product, "unit_id": s.Unit(p.unit), "currency": "EUR",
			"amount": p.amount, "per": p.per})
	}
	s.Stock("MAIN", bolt, "C62", "1000")
	s.Stock("MAIN", wire, "MTR", "50.5")
	s.Stock("MAIN", screw, "C62", "2000")
	s.Exec("UPDATE shipping_method SET amount = 4.90")
	return s
}

func TestPlace(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	billing := s.Address(buyer.Customer, "Postfach 7")
	cart := s.Cart(buyer, commercetest.Item{Quantity: "1", Unit: "C62", SKU: "bolt"}, commercetest.Item{Quantity: "2", Unit: "XCT", SKU: "bolt"},
		commercetest.Item{Quantity: "12.345", Unit: "MTR", SKU: "wire"}, commercetest.Item{Quantity: "7", Unit: "C62", SKU: "screw"},
		commercetest.Item{Quantity: "1", Unit: "C62", SKU: "service"})
	s.Exec("UPDATE cart_line SET note = 'one reel' WHERE cart_id = $1 AND quantity = 12.345", cart)
	checkout := s.Checkout(cart, address)
	s.Exec(`UPDATE checkout SET billing_address_id = $2, po_number = 'PO-1', requested_date = '2026-12-24', notes = 'ring twice'
		WHERE id = $1`, checkout, billing)
	caller := s.As(buyer)
	caller.Language = "de"

	id, err := s.Place(caller, checkout)
	if err != nil {
		t.Fatal(err)
	}
	order := s.Get(s.Caller, "orders", id)
	for _, varies := range []string{"number", "placedAt", "createdAt", "updatedAt"} {
		if order[varies] == "" || order[varies] == nil {
			t.Errorf("the order has no %s", varies)
		}
		delete(order, varies)
	}
	want := map[string]any{"poNumber": "PO-1", "status": "open", "paymentStatus": "pending", "shippingStatus": "open", "currency": "EUR",
		"subtotal": "110.92", "shippingTotal": "4.9", "taxTotal": "0", "discountTotal": "0", "total": "115.82", "paymentMethod": "paymentTerm",
		"requestedDate": "2026-12-24", "notes": "ring twice", "lineCount": 5.0}
	for name, v := range want {
		if diff := cmp.Diff(v, order[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	wantLines := `[
		{"position":10,"sku":"bolt","name":"Sechskantschraube","unit":"C62","quantity":1,"price":0.125,"per":1,"row_total":0.13,"price_list":"DEFAULT","note":null},
		{"position":20,"sku":"bolt","name":"Sechskantschraube","unit":"XCT","quantity":2,"price":2.999999,"per":1,"row_total":6.00,"price_list":"DEFAULT","note":null},
		{"position":30,"sku":"wire","name":"wire","unit":"MTR","quantity":12.345,"price":1.99,"per":1,"row_total":24.57,"price_list":"DEFAULT","note":"one reel"},
		{"position":40,"sku":"screw","name":"screw","unit":"C62","quantity":7,"price":3.2,"per":100,"row_total":0.22,"price_list":"DEFAULT","note":null},
		{"position":50,"sku":"service","name":"service","unit":"C62","quantity":1,"price":80,"per":1,"row_total":80,"price_list":"DEFAULT","note":null}]`
	same(t, wantLines, rows(s, `SELECT l.position, l.sku, l.name, u.code AS unit, trim_scale(l.quantity) AS quantity, trim_scale(l.price) AS price,
		trim_scale(l.per) AS per, trim_scale(l.row_total) AS row_total, l.price_list, l.note
		FROM order_line l JOIN unit u ON u.id = l.unit_id WHERE l.order_id = $1 ORDER BY l.position`, id))
	same(t, `[{"kind":"billing","street":"Postfach 7","city":"Köln"},{"kind":"shipping","street":"Domstr. 1","city":"Köln"}]`,
		rows(s, "SELECT kind, street, city FROM order_address WHERE order_id = $1 ORDER BY kind", id))
	same(t, `[{"sku":"bolt","reserved":49},{"sku":"screw","reserved":7},{"sku":"wire","reserved":12.345}]`,
		rows(s, "SELECT p.sku, trim_scale(v.reserved) AS reserved FROM inventory_level v JOIN product p ON p.id = v.product_id ORDER BY 1"))
	same(t, `[{"cart":"ordered","checkout":"placed","mine":true,"term":"NET30"}]`,
		rows(s, `SELECT c.status AS cart, k.status AS checkout, k.order_id = $2 AS mine, p.code AS term
		FROM checkout k JOIN cart c ON c.id = k.cart_id JOIN payment_term p ON p.id = k.payment_term_id WHERE k.id = $1`, checkout, id))
	same(t, `[{"customer":true,"person":true,"website":true,"method":"STANDARD","term":"NET30"}]`,
		rows(s, `SELECT o.customer_id = $2 AS customer, o.customer_user_id = $3 AS person, o.website_id = $4 AS website, m.code AS method, p.code AS term
		FROM sales_order o JOIN shipping_method m ON m.id = o.shipping_method_id JOIN payment_term p ON p.id = o.payment_term_id WHERE o.id = $1`,
			id, buyer.Customer, buyer.User, s.Website))
	same(t, `[{"order":true,"attempts":200}]`, rows(s, `SELECT args->>'order' = $1 AS order, max_attempts AS attempts FROM river_job`, id))
	same(t, `[{"resource":"orders","event":"created","n":1},{"resource":"orderLines","event":"created","n":5},
		{"resource":"orderAddresses","event":"created","n":2},{"resource":"carts","event":"updated","n":1},
		{"resource":"checkouts","event":"updated","n":1},{"resource":"payments","event":"created","n":1},
		{"resource":"paymentTransactions","event":"created","n":1},{"resource":"orders","event":"order.placed","n":1},
		{"resource":"inventoryLevels","event":"updated","n":3}]`,
		rows(s, "SELECT resource, event, cardinality(ids) AS n FROM change WHERE actor_id = $1 ORDER BY seq", buyer.User))
	var data map[string]string
	s.Scan(&data, "SELECT data FROM change WHERE event = 'order.placed'")
	if data["total"] != "115.82" || data["currency"] != "EUR" || data["poNumber"] != "PO-1" || data["customer"] != buyer.Customer || data["number"] == "" {
		t.Errorf("the event says %v", data)
	}
}

// rows gives what a query finds as JSON.
func rows(s *commercetest.Shop, sql string, args ...any) (found string) {
	s.T.Helper()
	s.Scan(&found, "SELECT coalesce(json_agg(x), '[]')::text FROM ("+sql+") x", args...)
	return found
}

func same(t testing.TB, want, got string) {
	t.Helper()
	var w, g any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Error(diff)
	}
}
