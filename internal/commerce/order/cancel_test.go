package order_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
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

// A buyer who comes back from the gateway's page opens his checkout again and pays in another way; what he pays on the old page
// after all goes back.
func TestReopen(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	stranger, _ := c.Trader("2000")
	checkout := c.checkout(buyer, address)
	reopen := func(b commercetest.Buyer) error {
		_, _, err := c.Run(c.one.Runner, c.As(b), "checkouts", "reopen", checkout, nil, "")
		return err
	}
	if err := reopen(buyer); err != nil {
		t.Errorf("an open checkout: %v", err)
	}
	if _, err := c.place(c.one, buyer, checkout, ""); err != nil {
		t.Fatal(err)
	}
	if err := reopen(stranger); !cmp.Equal(codes(err), []string{"not_found"}) {
		t.Errorf("another customer: %v", err)
	}
	for range 2 {
		if err := reopen(buyer); err != nil {
			t.Fatal(err)
		}
		same(t, `[{"order":null,"paid":null,"payment":null,"checkout":"open","cart":"open"}]`, c.states(checkout))
	}
	same(t, `[{"status":"cancelled","payment_status":"voided","reserved":0}]`,
		rows(c.Shop, "SELECT status, payment_status, (SELECT sum(reserved) FROM inventory_level) AS reserved FROM sales_order"))
	if _, err := c.place(c.two, buyer, checkout, "ok"); err != nil {
		t.Fatal(err)
	}
	if err := reopen(buyer); !cmp.Equal(codes(err), []string{"already_placed"}) {
		t.Errorf("a placed checkout: %v", err)
	}
	if whole(t, c.Shop) != 2 {
		t.Error("there are not two orders")
	}
}

// Opening again, the gateway's yes and another click at once leave one of two: the order with its money, or neither.
func TestReopenRaces(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	for range 5 {
		checkout := c.checkout(buyer, address)
		if _, err := c.place(c.one, buyer, checkout, ""); err != nil {
			t.Fatal(err)
		}
		var pay string
		c.Scan(&pay, "SELECT id::text FROM payment ORDER BY id DESC LIMIT 1")
		c.each(func(s *module.PaymentState) {
			if s.Status == module.PaymentRequiresAction {
				approve(s, money.Of(decimal.RequireFromString("5.03"), "EUR"))
			}
		})
		together(2, func(i int) (string, error) {
			if i == 0 {
				_, _, err := c.Run(c.one.Runner, c.As(buyer), "checkouts", "reopen", checkout, nil, "")
				return "", err
			}
			return "", c.two.desk.Refresh(context.Background(), c.Organization, pay)
		})
		c.Exec("UPDATE payment_work SET due_at = now()")
		if err := c.two.desk.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	same(t, `[]`, rows(c.Shop, `SELECT o.status AS order, o.payment_status AS paid, p.status AS payment FROM sales_order o JOIN payment p ON p.order_id = o.id
		WHERE (o.status, o.payment_status, p.status) NOT IN (('open', 'authorized', 'authorized'), ('cancelled', 'voided', 'voided'))`))
	whole(t, c.Shop)
}

// An order of which the ERP rejects all keeps none of the buyer's money, whether it was taken with the order or waits for a
// shipment; told again nothing more happens.
func TestRejectedWholly(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	c.Exec("UPDATE customer SET credit_limit = 6 WHERE id = $1", buyer.Customer)
	for _, taken := range []bool{false, true} {
		id, err := c.place(c.one, buyer, c.checkout(buyer, address), "ok")
		if err != nil {
			t.Fatal(err)
		}
		want := `[{"order":"open","paid":"voided","payment":"voided","taken":0,"back":0}]`
		if taken {
			want = `[{"order":"open","paid":"refunded","payment":"refunded","taken":5.03,"back":5.03}]`
			var payment string
			c.Scan(&payment, "SELECT id::text FROM payment WHERE order_id = $1", id)
			if _, _, err := c.Run(c.one.Runner, c.Caller, "payments", "capture", payment, nil, ""); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			c.reject(id)
		}
		same(t, want, c.paid(id))
	}
	account, err := c.Place(c.As(buyer), c.Checkout(c.Cart(buyer, oneBolt), address))
	if err != nil {
		t.Fatal(err)
	}
	c.reject(account)
	same(t, `[{"order":"open","paid":"voided","payment":"voided","taken":0,"back":0}]`, c.paid(account))
	if _, err := c.Place(c.As(buyer), c.Checkout(c.Cart(buyer, oneBolt), address)); err != nil {
		t.Errorf("the credit is not free: %v", err)
	}
}

// reject is the ERP's word that nothing of an order will come; the sweep does what waits for the gateway.
func (c *till) reject(id string) {
	c.T.Helper()
	input := confirmed("2026-11-24T10:00:00Z", "0", "2026-12-01", order.Rejected)
	input["number"] = ""
	if _, _, err := c.Run(c.one.Runner, c.Caller, "orders", "confirm", id, input, ""); err != nil {
		c.T.Fatal(err)
	}
	c.Exec("UPDATE payment_work SET due_at = now() WHERE due_at < 'infinity'")
	if err := c.two.desk.Sweep(context.Background()); err != nil {
		c.T.Fatal(err)
	}
}

func (c *till) paid(id string) string {
	c.T.Helper()
	return rows(c.Shop, `SELECT o.status AS order, o.payment_status AS paid, p.status AS payment, trim_scale(p.captured_amount) AS taken,
		trim_scale(p.refunded_amount) AS back FROM sales_order o JOIN payment p ON p.order_id = o.id WHERE o.id = $1`, id)
}

// An order is cancelled also while its gateway has not answered a refund: what is on its way is not given back twice.
func TestCancelWhileRefunding(t *testing.T) {
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
	c.away(true)
	if _, _, err := c.Run(c.one.Runner, c.Caller, "payments", "refund", payment, map[string]any{"amount": "2"}, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Run(c.one.Runner, c.Caller, "orders", "cancel", id, nil, ""); err != nil {
		t.Fatal(err)
	}
	same(t, `[{"refunds":"2 pending, 3.03 pending"}]`, rows(c.Shop, `SELECT string_agg(trim_scale(amount) || ' ' || status, ', ' ORDER BY id) AS refunds
		FROM payment_transaction WHERE action = 'refund'`))
	c.away(false)
	c.Exec("UPDATE payment_work SET due_at = now(), claimed_until = NULL")
	for range 2 {
		if err := c.two.desk.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	same(t, `[{"order":"cancelled","paid":"refunded","payment":"refunded","taken":5.03,"back":5.03}]`, c.paid(id))
}
