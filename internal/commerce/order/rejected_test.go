package order_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
)

// prepaid is an order of a bolt at 0.13 and a metre of wire at 1.99, shipped for 4.90, of which all was taken at once.
func (c *till) prepaid(b commercetest.Buyer, address string) (id, payment string) {
	c.T.Helper()
	checkout := c.Checkout(c.Cart(b, oneBolt, commercetest.Item{Quantity: "1", Unit: "MTR", SKU: "wire"}), address)
	c.Exec("UPDATE checkout SET payment_method = 'card' WHERE id = $1", checkout)
	id, err := c.place(c.one, b, checkout, "ok")
	if err != nil {
		c.T.Fatal(err)
	}
	c.Scan(&payment, "SELECT id::text FROM payment WHERE order_id = $1", id)
	c.pays("capture", payment, nil)
	return id, payment
}

func (c *till) pays(command, payment string, input map[string]any) {
	c.T.Helper()
	if _, _, err := c.Run(c.one.Runner, c.Caller, "payments", command, payment, input, ""); err != nil {
		c.T.Fatal(err)
	}
}

// wire is the ERP's word of a day about the second line.
func (c *till) wire(id, day, quantity, status string) {
	c.T.Helper()
	input := object{"documentTime": day + "T10:00:00Z", "lines": []any{object{"position": json.Number("20"), "quantity": quantity, "status": status}}}
	if _, _, err := c.Run(c.one.Runner, c.Caller, "orders", "confirm", id, input, ""); err != nil {
		c.T.Fatal(err)
	}
	c.Exec("UPDATE payment_work SET due_at = now() WHERE due_at < 'infinity'")
	if err := c.two.desk.Sweep(context.Background()); err != nil {
		c.T.Fatal(err)
	}
}

// told are the events about an order's money, with their sums.
func (c *till) told(id string) (text string) {
	c.Scan(&text, `SELECT coalesce(string_agg(event || ' ' || coalesce(data->>'amount', data->>'missing'), ', ' ORDER BY seq), '') FROM change
		WHERE resource = 'orders' AND event IN ('order.refunded', 'order.refundFailed', 'order.paymentShort') AND $1 = ANY (ids)`, id)
	return text
}

// What was taken for a line that the ERP rejects goes back to the buyer, once; of what stays nothing does.
func TestRejectedPartIsGivenBack(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	id, _ := c.prepaid(buyer, address)
	is := func(when, paid, told string) {
		t.Helper()
		same(t, paid, c.paid(id))
		if got := c.told(id); got != told {
			t.Errorf("%s: told %q, want %q", when, got, told)
		}
	}
	c.wire(id, "2026-11-24", "0", "unconfirmed")
	is("unconfirmed", `[{"order":"confirmed","paid":"captured","payment":"captured","taken":7.02,"back":0}]`, "")
	for range 2 {
		c.wire(id, "2026-11-25", "0", order.Rejected)
	}
	c.wire(id, "2026-11-26", "0", order.Rejected)
	is("rejected", `[{"order":"confirmed","paid":"partlyRefunded","payment":"partlyRefunded","taken":7.02,"back":1.99}]`, "order.refunded 1.99")
	c.wire(id, "2026-11-27", "1", "confirmed")
	is("after all it comes", `[{"order":"confirmed","paid":"partlyRefunded","payment":"partlyRefunded","taken":7.02,"back":1.99}]`,
		"order.refunded 1.99, order.paymentShort 1.99")
	c.reject(id) // the bolt, by a document that is older and changes nothing
	is("in the end", `[{"order":"confirmed","paid":"partlyRefunded","payment":"partlyRefunded","taken":7.02,"back":1.99}]`,
		"order.refunded 1.99, order.paymentShort 1.99")
}

// Staff who gave the money back before the ERP's word came are not followed by a second refund.
func TestRejectedPartThatStaffGaveBack(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	id, payment := c.prepaid(buyer, address)
	c.away(true)
	c.pays("refund", payment, map[string]any{"amount": "1.50"}) // waits for the gateway, and counts
	c.wire(id, "2026-11-24", "0", order.Rejected)
	c.away(false)
	c.Exec("UPDATE payment_work SET due_at = now(), claimed_until = NULL")
	for range 2 {
		if err := c.two.desk.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	same(t, `[{"order":"confirmed","paid":"partlyRefunded","payment":"partlyRefunded","taken":7.02,"back":1.99}]`, c.paid(id))
}

// Where the money is still on its way to the shop when the ERP rejects a part, staff are told what is to be given back.
func TestRejectedPartWhileCapturing(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	checkout := c.Checkout(c.Cart(buyer, oneBolt, commercetest.Item{Quantity: "1", Unit: "MTR", SKU: "wire"}), address)
	c.Exec("UPDATE checkout SET payment_method = 'card' WHERE id = $1", checkout)
	id, err := c.place(c.one, buyer, checkout, "ok")
	if err != nil {
		t.Fatal(err)
	}
	var payment string
	c.Scan(&payment, "SELECT id::text FROM payment WHERE order_id = $1", id)
	c.away(true)
	c.pays("capture", payment, nil)
	c.wire(id, "2026-11-24", "0", order.Rejected)
	if got := c.told(id); got != "order.refundFailed 1.99" {
		t.Errorf("told %q", got)
	}
}
