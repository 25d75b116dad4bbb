package intake_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/point/files/filestest"
	"github.com/hanse-commerce/hanse/module/sap"
)

// answered is a company whose order W00001001, of five each of two products, SAP answers.
type answered struct {
	*filestest.House
	order string
}

func newAnswered(t *testing.T) *answered {
	t.Helper()
	h := filestest.New(t)
	if err := h.Registry.Add(sap.New()); err != nil {
		t.Fatal(err)
	}
	h.Insert("channel", map[string]any{"code": "sap", "name": "SAP", "kind": "sap", "partner_id": h.Partner.ID,
		"settings": `{"website": "acme", "timeZone": "Europe/Berlin", "units": [{"sap": "PCE", "code": "C62"}]}`})
	h.Reload()
	runner := h.NewRunner(commercetest.NewOutbox(h.House))
	h.Intake.Commands = runner
	shop := &commercetest.Shop{House: h.House, Runner: runner, Prices: h.ID("price_list", "code", "DEFAULT")}
	var items []commercetest.Item
	for _, sku := range []string{"NW-0046", "NW-0047"} {
		product := h.Product(sku)
		h.Price(shop.Prices, product, "0", "9.00")
		h.Stock("MAIN", product, "C62", "40")
		items = append(items, commercetest.Item{Quantity: "5", Unit: "C62", SKU: sku})
	}
	buyer, address := shop.Trader("0000020001")
	order, err := shop.Place(shop.As(buyer), shop.Checkout(shop.Cart(buyer, items...), address))
	if err != nil {
		t.Fatal(err)
	}
	h.Exec("UPDATE sales_order SET number = 'W00001001' WHERE id = $1", order)
	return &answered{h, order}
}

// sample is the input of a case of the SAP module's mappings.
func (a *answered) sample(name string) string {
	a.T.Helper()
	archive, err := txtar.ParseFile("../../../../module/sap/mapping/" + name + ".txtar")
	if err != nil {
		a.T.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == "input.xml" {
			return string(f.Data)
		}
	}
	a.T.Fatalf("%s has no input: %v", name, os.ErrNotExist)
	return ""
}

// takes imports a document and says what became of it, with the codes of what is to say about it.
func (a *answered) takes(content string) string {
	a.T.Helper()
	id, out := a.Import("in.xml", content)
	var codes []string
	a.Scan(&codes, "SELECT coalesce(array_agg(code ORDER BY code), '{}') FROM exchange_error WHERE exchange_id = $1", id)
	return strings.TrimSpace(filestest.Counts(out) + " " + strings.Join(codes, " "))
}

func (a *answered) step(what, got, want string) {
	a.T.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		a.T.Errorf("%s: -want +got:\n%s", what, diff)
	}
}

// order is what the order has come to.
func (a *answered) is() (text string) {
	a.T.Helper()
	a.Scan(&text, `SELECT o.status || ' ' || o.shipping_status || coalesce(' ' || o.external_status, '') || (SELECT string_agg(format(' %s: %s confirmed, %s shipped, %s charged', position,
		coalesce(trim_scale(confirmed_quantity)::text, 'none'), trim_scale(shipped_quantity), trim_scale(invoiced_quantity)), ',' ORDER BY position)
		FROM order_line WHERE order_id = o.id) FROM sales_order o WHERE o.id = $1`, a.order)
	return text
}

// later makes a document one of the same second with another number, as a resend is.
func later(content, time string) string {
	content = strings.Replace(content, "<CRETIM>101500</CRETIM>", "<CRETIM>"+time+"</CRETIM>", 1)
	return strings.Replace(content, "<DOCNUM>0000000000000001</DOCNUM>", "<DOCNUM>0000000000"+time+"</DOCNUM>", 1)
}

// first keeps the first IDoc of a file.
func first(content string) string {
	at := strings.Index(content, "</IDOC>") + len("</IDOC>")
	root := content[strings.LastIndex(content, "</"):]
	return content[:at] + "\n" + root
}

// SAP confirms, ships a part and charges it; what it sends again, or late, changes nothing.
func TestSAPAnswers(t *testing.T) {
	a := newAnswered(t)
	confirmed, shipped, charged := first(a.sample("ordrsp/confirmed")), a.sample("delvry03/sample"), a.sample("invoic02/sample")
	a.step("a shipment by a number that is not known yet", a.takes(strings.Replace(shipped, "W00001001", "", -1)),
		"partlyDone: 1 read, 0 created, 0 updated, 0 unchanged, 1 failed item_without_order not_found")
	a.step("the confirmation", a.takes(confirmed), "done: 1 read, 0 created, 1 updated, 0 unchanged, 0 failed")
	a.step("after it", a.is(), "confirmed open confirmed 10: 5 confirmed, 0 shipped, 0 charged, 20: 5 confirmed, 0 shipped, 0 charged")
	a.step("the same document again", a.takes(confirmed), "done: 1 read, 0 created, 0 updated, 1 unchanged, 0 failed skipped")
	a.step("the same by another document", a.takes(later(confirmed, "101500")), "done: 1 read, 0 created, 0 updated, 1 unchanged, 0 failed unchanged")
	a.step("an older one", a.takes(strings.ReplaceAll(later(confirmed, "081500"), "5.000", "4.000")), "done: 1 read, 0 created, 0 updated, 1 unchanged, 0 failed stale")
	a.step("the shipment, by SAP's number alone", a.takes(strings.ReplaceAll(shipped, "W00001001", "")), "done: 1 read, 0 created, 1 updated, 0 unchanged, 0 failed item_without_order")
	a.step("after it", a.is(), "processing partlyShipped confirmed 10: 5 confirmed, 2 shipped, 0 charged, 20: 5 confirmed, 4.5 shipped, 0 charged")
	a.step("the shipment again", a.takes(later(shipped, "101500")), "done: 1 read, 0 created, 0 updated, 1 unchanged, 0 failed item_without_order unchanged")
	a.step("more than was ordered", a.takes(strings.ReplaceAll(later(shipped, "111500"), "0080000123", "0080000124")),
		"partlyDone: 1 read, 0 created, 0 updated, 0 unchanged, 1 failed item_without_order too_much")
	a.step("the invoice", a.takes(charged), "done: 1 read, 0 created, 1 updated, 0 unchanged, 0 failed")
	a.step("after it", a.is(), "processing partlyShipped confirmed 10: 5 confirmed, 2 shipped, 5 charged, 20: 5 confirmed, 4.5 shipped, 2 charged")
	a.step("the invoice again", a.takes(later(charged, "101500")), "done: 1 read, 0 created, 0 updated, 1 unchanged, 0 failed unchanged")
	var text string
	a.Scan(&text, `SELECT format('%s %s %s %s %s, %s lines', number, invoiced_on, due_on, trim_scale(net), trim_scale(total), (SELECT count(*) FROM invoice_line)) FROM invoice`)
	a.step("the invoice itself", text, "0090000456 2026-11-24 2026-12-24 374.9 407.25, 3 lines")
	a.Scan(&text, `SELECT format('%s %s %s %s', s.number, s.carrier, s.tracking_number, jsonb_array_length(s.parcels)) FROM shipment s`)
	a.step("the shipment itself", text, "0080000123 FedEx Express 794600000017 2")
	a.Scan(&text, `SELECT string_agg(c.event || ' by ' || c.origin || coalesce(' ' || x.kind, ''), ', ' ORDER BY c.seq) FROM change c LEFT JOIN exchange x ON x.id = c.exchange_id
		WHERE c.resource = 'orders' AND c.event IN ('order.confirmed', 'order.shipped', 'order.invoiced') AND $1::uuid = ANY (c.ids)`, a.order)
	a.step("the way of the order, each step with its exchange", text, "order.confirmed by SAP ORDERS05, order.shipped by SAP DELVRY03, order.invoiced by SAP INVOIC02")
}

// An order that was made in SAP comes into the history and nothing follows from it.
func TestOrderMadeInSAP(t *testing.T) {
	a := newAnswered(t)
	made := a.sample("orders_made/sample")
	var jobs, reserved, payments, again int
	count := func(into *int, sql string) { a.Scan(into, sql) }
	count(&jobs, "SELECT count(*) FROM river_job")
	count(&reserved, "SELECT count(*) FROM stock_reservation")
	count(&payments, "SELECT count(*) FROM payment_transaction")
	a.step("the order", a.takes(made), "done: 1 read, 0 created, 1 updated, 0 unchanged, 0 failed")
	a.step("again", a.takes(later(made, "101500")), "done: 1 read, 0 created, 0 updated, 1 unchanged, 0 failed unchanged")
	a.step("older", a.takes(strings.ReplaceAll(later(made, "091500"), "TEL-17", "TEL-18")), "done: 1 read, 0 created, 0 updated, 1 unchanged, 0 failed stale")
	var text string
	a.Scan(&text, `SELECT format('%s %s %s %s %s %s %s %s, %s', o.number, o.po_number, o.status, o.external, trim_scale(o.total), trim_scale(o.tax_total), trim_scale(o.shipping_total), o.tax_included,
		(SELECT string_agg(format('%s %s %s %s %s', l.position, l.sku, l.name, trim_scale(l.row_total), l.product_id IS NOT NULL), '; ' ORDER BY position) FROM order_line l WHERE l.order_id = o.id))
		FROM sales_order o WHERE external`)
	a.step("the order itself", text, "0000004800 TEL-17 confirmed t 120.07 19.17 5.9 f, 10 NW-0046 Spegesild 45 t; 20 - Assembly on site 50 f")
	a.step("later, with another number of the buyer's", a.takes(strings.ReplaceAll(later(made, "111500"), "TEL-17", "TEL-19")), "done: 1 read, 0 created, 1 updated, 0 unchanged, 0 failed")
	for sql, before := range map[string]int{"SELECT count(*) FROM river_job": jobs, "SELECT count(*) FROM stock_reservation": reserved, "SELECT count(*) FROM payment_transaction": payments} {
		if count(&again, sql); again != before {
			t.Errorf("%s: %d, and %d before", sql, again, before)
		}
	}
	a.Scan(&text, "SELECT trim_scale(sum(total))::text FROM sales_order WHERE payment_term_id IS NOT NULL")
	a.step("what counts against the customer's credit", text, "90")
}

// A preview says what a document asks for, whether it can be asked, and does nothing.
func TestPreviewOfAnswers(t *testing.T) {
	a := newAnswered(t)
	confirmed := first(a.sample("ordrsp/confirmed"))
	before := a.is()
	counts, lines := preview(t, a.House, "in.xml", confirmed)
	if counts.Updated != 1 || len(lines) != 1 || len(lines[0].Notices) != 1 || lines[0].Notices[0].Detail != "It asks for orders/confirm of ext:SAP:0000004711." {
		t.Errorf("the preview says %+v %+v", counts, lines)
	}
	counts, _ = preview(t, a.House, "in.xml", strings.ReplaceAll(strings.ReplaceAll(confirmed, "W00001001", "W00009999"), "0000004711", "0000004799"))
	if counts.Failed != 1 {
		t.Errorf("the preview of an unknown order says %+v", counts)
	}
	a.step("after previews", a.is(), before)
	var n int
	if err := a.Pool.QueryRow(context.Background(), "SELECT count(*) FROM external_id WHERE type = 'orders'").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d external ids, %v", n, err)
	}
}
