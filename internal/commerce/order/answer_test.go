package order_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
)

type object = map[string]any

// erp is a shop whose orders an ERP answers.
type erp struct {
	*commercetest.Shop
	sap    access.Caller
	buyer  commercetest.Buyer
	orders []string
}

func newERP(t *testing.T, orders int) *erp {
	e := &erp{Shop: ironmonger(t)}
	e.sap = access.Caller{Side: access.Admin, Organization: e.Organization, Origin: "SAP", Actor: access.Actor{Kind: access.Partner, ID: e.Admin, Name: "SAP"}}
	buyer, address := e.Trader("1000")
	e.buyer = buyer
	for range orders {
		id, err := e.Place(e.As(buyer), e.Checkout(e.Cart(buyer, oneBolt), address))
		if err != nil {
			t.Fatal(err)
		}
		e.orders = append(e.orders, id)
	}
	return e
}

// says runs a command as SAP and says what came of it: "" or the codes of its refusal.
func (e *erp) says(on, name, target string, input object) string {
	e.T.Helper()
	_, _, err := e.Run(e.Runner, e.sap, on, name, target, input, "")
	var refused *command.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &refused):
		e.T.Fatalf("%s %v: %v", name, input, err)
	}
	var codes []string
	for _, v := range refused.Violations() {
		codes = append(codes, v.Code)
	}
	return strings.Join(codes, " ")
}

func (e *erp) step(what, got, want string) {
	e.T.Helper()
	if got != want {
		e.T.Errorf("%s: %q, want %q", what, got, want)
	}
}

// is what the ERP has said of an order.
func (e *erp) is(order string) (text string) {
	e.T.Helper()
	e.Scan(&text, `SELECT concat_ws(' ', o.status, o.external_status, o.external_message, CASE WHEN o.accepted_at IS NOT NULL THEN 'accepted' END,
		CASE WHEN o.refused_at IS NOT NULL THEN 'refused' END, trim_scale(l.confirmed_quantity), l.confirmed_on, l.external_status,
		(SELECT x.external_id FROM external_id x WHERE x.type = 'orders' AND x.record_id = o.id AND x.system = 'SAP'))
		FROM sales_order o JOIN order_line l ON l.order_id = o.id WHERE o.id = $1`, order)
	return text
}

func (e *erp) changes() string {
	var n int
	e.Scan(&n, "SELECT count(*) FROM change")
	return strconv.Itoa(n)
}

func confirmed(time, quantity, date, status string) object {
	return object{"number": "4711", "externalStatus": status, "documentTime": time,
		"lines": []any{object{"position": json.Number("10"), "quantity": quantity, "date": date, "status": status}}}
}

func TestConfirm(t *testing.T) {
	e := newERP(t, 2)
	first, second := e.orders[0], e.orders[1]
	e.step("a confirmation", e.says("orders", "confirm", first, confirmed("2026-11-24T10:00:00Z", "1", "2026-12-01", "confirmed")), "")
	e.step("after it", e.is(first), "confirmed confirmed accepted 1 2026-12-01 confirmed 4711")
	before := e.changes()
	e.step("the same", e.says("orders", "confirm", first, confirmed("2026-11-24T10:00:00Z", "1", "2026-12-01", "confirmed")), "")
	e.step("an older one", e.says("orders", "confirm", first, confirmed("2026-11-24T09:59:59Z", "0", "2026-12-09", "rejected")), "")
	e.step("without a time, the same", e.says("orders", "confirm", first, object{"externalStatus": "confirmed"}), "")
	e.verdict(first, order.Verdict{Accepted: true, Status: "53", Message: "Order 4711 saved", Number: "4711", System: "SAP"})
	e.verdict(first, order.Verdict{Status: "51", Message: "Material is blocked", System: "SAP"})
	e.step("what they changed", e.changes(), before)
	e.step("after them", e.is(first), "confirmed confirmed accepted 1 2026-12-01 confirmed 4711")
	later := confirmed("2026-11-24T11:00:00Z", "0.5", "2026-12-03", "confirmed")
	later["lines"] = append(later["lines"].([]any), object{"position": json.Number("10"), "quantity": "0.5", "date": "2026-12-02"})
	e.step("a later one in two parts", e.says("orders", "confirm", first, later), "")
	e.step("after it", e.is(first), "confirmed confirmed accepted 1 2026-12-03 confirmed 4711")
	e.step("an unknown line", e.says("orders", "confirm", first, object{"lines": []any{object{"position": json.Number("20"), "quantity": "1"}}}), "unknown_line")
	e.step("the number of another order", e.says("orders", "confirm", second, confirmed("", "1", "2026-12-01", "")), "invalid_value")
	taken := confirmed("2026-11-24T10:00:00Z", "1", "2026-12-01", "confirmed")
	e.step("the number of another order", e.says("orders", "confirm", second, taken), "number_taken")
	e.step("after it", e.is(second), "open")
	refused := confirmed("2026-11-24T10:00:00Z", "0", "2026-12-01", "rejected")
	refused["number"], refused["message"] = "4712", "10: no longer made"
	e.step("all of it rejected", e.says("orders", "confirm", second, refused), "")
	e.step("after it", e.is(second), "open rejected 10: no longer made refused 0 2026-12-01 rejected 4712")
	var held string
	e.Scan(&held, "SELECT count(*)::text FROM stock_reservation WHERE order_id = $1", second)
	e.step("what is held for it", held, "0")
	e.Exec("UPDATE sales_order SET status = 'pending' WHERE id = $1", second)
	e.step("an order that waits for its payment", e.says("orders", "confirm", second, confirmed("2026-11-24T12:00:00Z", "1", "2026-12-01", "")), "order_pending")
}

// What the ERP has nothing for at present is not rejected: it stays on order with its stock, and is confirmed later.
func TestUnconfirmedStaysOnOrder(t *testing.T) {
	e := newERP(t, 1)
	id := e.orders[0]
	held := func() (text string) {
		e.Scan(&text, "SELECT coalesce(sum(quantity), 0)::int::text FROM stock_reservation WHERE order_id = $1", id)
		return text
	}
	nothing := confirmed("2026-11-24T10:00:00Z", "0", "", "unconfirmed")
	delete(nothing["lines"].([]any)[0].(object), "date")
	e.step("nothing confirmed", e.says("orders", "confirm", id, nothing), "")
	e.step("after it", e.is(id), "confirmed unconfirmed accepted 0 unconfirmed 4711")
	e.step("what is held for it", held(), "1")
	e.step("confirmed", e.says("orders", "confirm", id, confirmed("2026-11-25T10:00:00Z", "1", "2026-12-01", "confirmed")), "")
	e.step("after it", e.is(id), "confirmed confirmed accepted 1 2026-12-01 confirmed 4711")
	e.step("what is held for it", held(), "1")
}

// verdict is SAP's answer to the message itself, which may come late.
func (e *erp) verdict(id string, v order.Verdict) {
	e.T.Helper()
	err := pgx.BeginFunc(context.Background(), e.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(context.Background(), tx, e.sap); err != nil {
			return err
		}
		return order.Acknowledged(context.Background(), tx, e.sap, id, v)
	})
	if err != nil {
		e.T.Error(err)
	}
}

func made(number, time string, lines ...any) object {
	return object{"number": number, "currency": "EUR", "subtotal": "100", "taxTotal": "19", "total": "119", "documentTime": time, "lines": lines}
}

func item(position int, sku, quantity, total string) object {
	return object{"position": json.Number(strconv.Itoa(position)), "sku": sku, "name": "As SAP calls it", "quantity": quantity, "unit": "PCE", "rowTotal": total, "taxTotal": "0"}
}

func TestImportOrder(t *testing.T) {
	e := newERP(t, 1)
	other := e.Buyer("2000")
	var ours string
	e.Scan(&ours, "SELECT number FROM sales_order WHERE id = $1", e.orders[0])
	e.says("orders", "confirm", e.orders[0], confirmed("2026-11-24T10:00:00Z", "1", "2026-12-01", "confirmed"))
	imports := func(customer string, input object) string { return e.says("customers", "importOrder", customer, input) }
	e.step("our own order, by our number", imports(e.buyer.Customer, made(ours, "2026-11-24T10:00:00Z", item(10, "X", "1", "100"))), "made_here")
	e.step("our own order, by SAP's number", imports(e.buyer.Customer, made("4711", "2026-11-24T10:00:00Z", item(10, "X", "1", "100"))), "made_here")
	e.step("no line", imports(e.buyer.Customer, made("4800", "2026-11-24T10:00:00Z")), "required")
	e.step("a line twice", imports(e.buyer.Customer, made("4800", "2026-11-24T10:00:00Z", item(10, "X", "1", "50"), item(10, "Y", "1", "50"))), "duplicate_line")
	e.step("an order", imports(e.buyer.Customer, made("4800", "2026-11-24T10:00:00Z", item(10, "X", "2", "60"), item(20, "Y", "1", "40"))), "")
	var id string
	e.Scan(&id, "SELECT record_id::text FROM external_id WHERE type = 'orders' AND system = 'SAP' AND external_id = '4800'")
	shown := func() (text string) {
		e.Scan(&text, `SELECT status || ' ' || trim_scale(total) || (SELECT string_agg(format(' %s %s x %s at %s', sku, trim_scale(quantity), coalesce(u.code, '?'), trim_scale(price)), ',' ORDER BY position)
			FROM order_line l LEFT JOIN unit u ON u.id = l.unit_id WHERE l.order_id = o.id) FROM sales_order o WHERE o.id = $1`, id)
		return text
	}
	e.step("the order", shown(), "confirmed 119 X 2 x C62 at 30, Y 1 x C62 at 40")
	if e.Get(e.As(e.buyer), "orders", id) == nil || e.Get(e.As(other), "orders", id) != nil {
		t.Error("the order is not its customer's alone")
	}
	before := e.changes()
	e.step("the same", imports(e.buyer.Customer, made("4800", "2026-11-24T10:00:00Z", item(10, "X", "2", "60"), item(20, "Y", "1", "40"))), "")
	e.step("an older one", imports(e.buyer.Customer, made("4800", "2026-11-24T09:00:00Z", item(10, "X", "1", "30"))), "")
	e.step("what they changed", e.changes(), before)
	e.step("another customer's", imports(other.Customer, made("4800", "2026-11-24T11:00:00Z", item(10, "X", "1", "30"))), "number_taken")
	ship := object{"number": "D1", "lines": []any{object{"position": json.Number("10"), "quantity": "2"}}}
	e.step("a part of it leaves", e.says("orders", "ship", id, ship), "")
	e.step("after it", shown(), "processing 119 X 2 x C62 at 30, Y 1 x C62 at 40")
	e.step("without what has left", imports(e.buyer.Customer, made("4800", "2026-11-24T11:00:00Z", item(20, "Y", "1", "40"))), "already_shipped")
	e.step("with less than has left", imports(e.buyer.Customer, made("4800", "2026-11-24T11:00:00Z", item(10, "X", "1", "30"))), "already_shipped")
	e.step("with another line", imports(e.buyer.Customer, made("4800", "2026-11-24T11:00:00Z", item(10, "X", "2", "60"), item(30, "Z", "4", "40"))), "")
	e.step("after it", shown(), "processing 119 X 2 x C62 at 30, Z 4 x C62 at 10")
	e.step("its money", e.says("orders", "refund", id, object{"amount": "1"}), "made_elsewhere")
	var n int
	e.Scan(&n, "SELECT (SELECT count(*) FROM payment WHERE order_id = $1) + (SELECT count(*) FROM stock_reservation WHERE order_id = $1)", id)
	if n != 0 {
		t.Errorf("payments and reservations of an ERP's order: %d", n)
	}
}
