package order_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A cancelled order holds no stock and no money, whatever it was paid with; cancelling it again changes nothing.
func TestCancel(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	c.Exec("UPDATE customer SET credit_limit = 6 WHERE id = $1", buyer.Customer)
	cancel := func(id string) error {
		for range 2 {
			if _, _, err := c.Run(c.one.Runner, c.Caller, "orders", "cancel", id, map[string]any{"reason": "changed his mind"}, ""); err != nil {
				return err
			}
		}
		return nil
	}
	after := func(id string) string {
		return rows(c.Shop, `SELECT o.status, o.payment_status, p.status AS payment, trim_scale(p.captured_amount) AS taken, trim_scale(p.refunded_amount) AS back
			FROM sales_order o JOIN payment p ON p.order_id = o.id WHERE o.id = $1`, id)
	}
	onAccount := c.Checkout(c.Cart(buyer, oneBolt), address)
	account, err := c.Place(c.As(buyer), onAccount)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Place(c.As(buyer), c.Checkout(c.Cart(buyer, oneBolt), address)); !cmp.Equal(codes(err), []string{"credit_limit"}) {
		t.Fatalf("%v", err)
	}
	if err := cancel(account); err != nil {
		t.Fatal(err)
	}
	same(t, `[{"status":"cancelled","payment_status":"voided","payment":"voided","taken":0,"back":0}]`, after(account))
	if _, err := c.Place(c.As(buyer), c.Checkout(c.Cart(buyer, oneBolt), address)); err != nil {
		t.Errorf("the credit is not free: %v", err)
	}
	reserved, err := c.place(c.one, buyer, c.checkout(buyer, address), "ok")
	if err != nil {
		t.Fatal(err)
	}
	if err := cancel(reserved); err != nil {
		t.Fatal(err)
	}
	same(t, `[{"status":"cancelled","payment_status":"voided","payment":"voided","taken":0,"back":0}]`, after(reserved))

	waiting := c.checkout(buyer, address)
	pending, err := c.place(c.one, buyer, waiting, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := cancel(pending); err != nil {
		t.Fatal(err)
	}
	same(t, `[{"status":"cancelled","payment_status":"voided","payment":"voided","taken":0,"back":0}]`, after(pending))
	same(t, `[{"order":null,"paid":null,"payment":null,"checkout":"open","cart":"open"}]`, c.states(waiting))

	shipped, err := c.place(c.one, buyer, waiting, "ok")
	if err != nil {
		t.Fatal(err)
	}
	c.Exec("UPDATE sales_order SET shipping_status = 'partlyShipped' WHERE id = $1", shipped)
	if err := cancel(shipped); !cmp.Equal(codes(err), []string{"already_shipped"}) {
		t.Errorf("%v", err)
	}
	if _, _, err := c.Run(c.one.Runner, c.As(buyer), "orders", "cancel", shipped, nil, ""); !cmp.Equal(codes(err), []string{"forbidden"}) {
		t.Errorf("a buyer may cancel: %v", err)
	}
	same(t, `[{"reserved":2}]`, rows(c.Shop, "SELECT sum(reserved) AS reserved FROM inventory_level"))
}

// What was taken is given back.
func TestCancelCaptured(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	id, err := c.place(c.one, buyer, c.checkout(buyer, address), "ok")
	if err != nil {
		t.Fatal(err)
	}
	var payment string
	c.Scan(&payment, "SELECT id::text FROM payment")
	if _, _, err := c.Run(c.one.Runner, c.Caller, "payments", "capture", payment, nil, ""); err != nil {
		t.Fatal(err)
	}
	same(t, `[{"order":"open","paid":"captured"}]`, rows(c.Shop, `SELECT status AS order, payment_status AS paid FROM sales_order`))
	if _, _, err := c.Run(c.one.Runner, c.Caller, "orders", "cancel", id, nil, ""); err != nil {
		t.Fatal(err)
	}
	same(t, `[{"order":"cancelled","paid":"refunded","taken":5.03,"back":5.03}]`, rows(c.Shop, `SELECT o.status AS order, o.payment_status AS paid,
		trim_scale(p.captured_amount) AS taken, trim_scale(p.refunded_amount) AS back FROM sales_order o JOIN payment p ON p.order_id = o.id`))
}
