package shipment_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
)

// yard is a shop with an order of 10 of R9 and 4 of B1 by a buyer on account.
type yard struct {
	*commercetest.Shop
	buyer commercetest.Buyer
	order string
}

func newYard(t *testing.T) *yard {
	t.Helper()
	y := &yard{Shop: commercetest.NewShop(t)}
	for sku, price := range map[string]string{"R9": "12.50", "B1": "3.99"} {
		product := y.Product(sku)
		y.Price(y.Prices, product, "0", price)
		y.Stock("MAIN", product, "C62", "100")
	}
	buyer, address := y.Trader("1000")
	cart := y.Cart(buyer, commercetest.Item{Quantity: "10", Unit: "C62", SKU: "R9"}, commercetest.Item{Quantity: "4", Unit: "C62", SKU: "B1"})
	order, err := y.Place(y.As(buyer), y.Checkout(cart, address))
	if err != nil {
		t.Fatal(err)
	}
	y.buyer, y.order = buyer, order
	return y
}

type object = map[string]any

func line(position int, quantity string) object {
	return object{"position": json.Number(strconv.Itoa(position)), "quantity": quantity}
}

// do runs a command on the order and says what came of it: "" or the codes of its refusal.
func (y *yard) do(name string, input object) string {
	y.T.Helper()
	_, _, err := y.Run(y.Runner, y.Caller, "orders", name, y.order, input, "")
	var refused *command.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &refused):
		y.T.Fatalf("%s %v: %v", name, input, err)
	}
	var codes []string
	for _, v := range refused.Violations() {
		codes = append(codes, v.Code)
	}
	return strings.Join(codes, " ")
}

func (y *yard) ship(number, time string, lines ...any) string {
	y.T.Helper()
	input := object{"number": number, "lines": lines}
	if time != "" {
		input["documentTime"] = time
	}
	return y.do("ship", input)
}

// state is the order's status, what has left by line, what is held, and what is on hand, in one text.
func (y *yard) state() (text string) {
	y.T.Helper()
	y.Scan(&text, `SELECT o.status || ' ' || o.shipping_status
		|| ' shipped ' || (SELECT string_agg(trim_scale(l.shipped_quantity)::text, ' ' ORDER BY position) FROM order_line l WHERE l.order_id = o.id)
		|| ' reserved ' || (SELECT string_agg(trim_scale(v.reserved)::text, ' ' ORDER BY p.sku DESC) FROM inventory_level v JOIN product p ON p.id = v.product_id)
		|| ' on hand ' || (SELECT string_agg(trim_scale(v.on_hand)::text, ' ' ORDER BY p.sku DESC) FROM inventory_level v JOIN product p ON p.id = v.product_id)
		FROM sales_order o WHERE o.id = $1`, y.order)
	return text
}

func (y *yard) changes() (n int) {
	y.Scan(&n, "SELECT count(*) FROM change")
	return n
}

func (y *yard) step(what, got, want string) {
	y.T.Helper()
	if got != want {
		y.T.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestShipInParts(t *testing.T) {
	y := newYard(t)
	y.step("before", y.state(), "open open shipped 0 0 reserved 10 4 on hand 100 100")
	y.step("first part", y.ship("D1", "2026-11-24T10:00:00Z", line(10, "6"), line(20, "1")), "")
	y.step("after the first part", y.state(), "processing partlyShipped shipped 6 1 reserved 4 3 on hand 94 99")
	before := y.changes()
	y.step("a resend", y.ship("D1", "2026-11-24T10:00:00Z", line(10, "6"), line(20, "1")), "")
	y.step("an older one", y.ship("D1", "2026-11-24T09:00:00Z", line(10, "9"), line(20, "4")), "")
	if y.changes() != before {
		t.Errorf("a resend and a stale document wrote %d changes", y.changes()-before)
	}
	y.step("more than ordered", y.ship("D2", "", line(10, "5"), line(20, "1")), "too_much")
	y.step("an unknown line", y.ship("D2", "", line(30, "1")), "unknown_line")
	y.step("nothing", y.ship("D2", ""), "required")
	y.step("less than has left", y.ship("D1", "2026-11-24T11:00:00Z", line(10, "5")), "already_shipped")
	y.step("nothing of these", y.state(), "processing partlyShipped shipped 6 1 reserved 4 3 on hand 94 99")
	y.step("more by the same shipment", y.ship("D1", "2026-11-24T12:00:00Z", line(10, "6"), line(20, "1"), line(20, "1")), "")
	y.step("after it", y.state(), "processing partlyShipped shipped 6 2 reserved 4 2 on hand 94 98")
	y.step("the rest, older but another shipment", y.ship("D2", "2026-11-24T10:30:00Z", line(10, "4"), line(20, "2")), "")
	y.step("after the rest", y.state(), "processing shipped shipped 10 4 reserved 0 0 on hand 90 96")
	var left int
	y.Scan(&left, "SELECT count(*) FROM stock_reservation")
	if left != 0 {
		t.Errorf("%d reservations are left", left)
	}
}

// Goods that are bought in cartons leave from the warehouses that hold their pieces, those first that were taken first; a
// service leaves nothing behind.
func TestShipFromTwoWarehouses(t *testing.T) {
	s := commercetest.NewShop(t)
	bolt, mounting := s.Product("bolt"), s.Product("mounting")
	s.Exec("UPDATE product SET kind = 'service' WHERE id = $1", mounting)
	s.Insert("product_unit", map[string]any{"product_id": bolt, "unit_id": s.Unit("XCT"), "factor": "24"})
	s.Insert("price", map[string]any{"price_list_id": s.Prices, "product_id": bolt, "unit_id": s.Unit("XCT"), "currency": "EUR", "amount": "3"})
	s.Price(s.Prices, mounting, "0", "80")
	s.Insert("warehouse", map[string]any{"code": "NEAR", "name": "Near", "priority": 5})
	s.Stock("NEAR", bolt, "C62", "30")
	s.Stock("MAIN", bolt, "C62", "100")
	buyer, address := s.Trader("1000")
	order, err := s.Place(s.As(buyer), s.Checkout(s.Cart(buyer, commercetest.Item{Quantity: "3", Unit: "XCT", SKU: "bolt"},
		commercetest.Item{Quantity: "1", Unit: "C62", SKU: "mounting"}), address))
	if err != nil {
		t.Fatal(err)
	}
	y := &yard{Shop: s, buyer: buyer, order: order}
	stock := func() (text string) {
		y.Scan(&text, `SELECT string_agg(format('%s %s of %s', w.code, trim_scale(v.reserved), trim_scale(v.on_hand)), ', ' ORDER BY w.priority DESC)
			FROM inventory_level v JOIN warehouse w ON w.id = v.warehouse_id`)
		return text
	}
	y.step("reserved", stock(), "NEAR 30 of 30, MAIN 42 of 100")
	y.step("a carton", y.ship("D1", "", line(10, "1")), "")
	y.step("after it", stock(), "NEAR 6 of 6, MAIN 42 of 100")
	s.Exec("UPDATE inventory_level SET on_hand = 4 WHERE warehouse_id = $1", s.ID("warehouse", "code", "NEAR")) // a count that has it already
	y.step("the rest", y.ship("D2", "", line(10, "2")), "")
	y.step("after it", stock(), "NEAR 0 of 0, MAIN 0 of 58")
	var status string
	y.Scan(&status, "SELECT shipping_status FROM sales_order WHERE id = $1", order)
	y.step("the status without the service", status, "shipped")
}
