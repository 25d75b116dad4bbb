package order_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// By card an order stands when the gateway has authorized it, and only then the ERP hears of it.
func TestPaidOnline(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	checkout := c.checkout(buyer, address)
	id, err := c.place(c.one, buyer, checkout, "ok")
	if err != nil {
		t.Fatal(err)
	}
	same(t, `[{"order":"open","paid":"authorized","payment":"authorized","checkout":"placed","cart":"ordered"}]`, c.states(checkout))
	got := c.Get(c.As(buyer), "orders", id, "paymentMethod", "paymentUrl", "total")
	if diff := cmp.Diff(map[string]any{"paymentMethod": "card", "paymentUrl": nil, "total": "5.03"}, got); diff != "" {
		t.Error(diff)
	}
	if again, err := c.place(c.two, buyer, checkout, "declined"); again != id || err != nil || c.calls != 1 {
		t.Errorf("placing it again gives %s, %v after %d calls", again, err, c.calls)
	}
	same(t, `[{"term":true}]`, rows(c.Shop, "SELECT payment_term_id IS NULL AS term FROM sales_order"))
	if whole(t, c.Shop) != 1 {
		t.Error("there is not one order")
	}
}

// A declined card leaves nothing but a cancelled order: stock, cart and checkout are free, and another card can be tried.
func TestDeclined(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	checkout := c.checkout(buyer, address)
	for range 2 {
		if _, err := c.place(c.one, buyer, checkout, "declined"); len(codes(err)) != 1 || codes(err)[0] != "paymentMethod payment_declined" {
			t.Fatalf("%v", err)
		}
		same(t, `[{"order":null,"paid":null,"payment":null,"checkout":"open","cart":"open"}]`, c.states(checkout))
	}
	same(t, `[{"status":"cancelled","payment_status":"failed","cancelled":true},{"status":"cancelled","payment_status":"failed","cancelled":true}]`,
		rows(c.Shop, "SELECT status, payment_status, cancelled_at IS NOT NULL AS cancelled FROM sales_order"))
	same(t, `[{"reserved":0,"jobs":0}]`, rows(c.Shop, "SELECT (SELECT sum(reserved) FROM inventory_level) AS reserved, (SELECT count(*) FROM river_job) AS jobs"))
	for range 2 { // the same request says the same
		_, _, err := c.Run(c.one.Runner, c.As(buyer), "checkouts", "place", checkout, map[string]any{"paymentToken": "declined"}, "key")
		if len(codes(err)) != 1 || codes(err)[0] != "paymentMethod payment_declined" {
			t.Errorf("%v", err)
		}
	}
	if _, err := c.place(c.two, buyer, checkout, "ok"); err != nil {
		t.Fatal(err)
	}
	if whole(t, c.Shop) != 4 {
		t.Error("each attempt is an order of its own")
	}
}

// While the buyer is at his bank the checkout waits with its cart; placing again, the way back and the gateway's message, at
// once and on two nodes, make one order of it.
func TestOneOrderOfRedirectAndWebhook(t *testing.T) {
	c := newTill(t)
	ctx := context.Background()
	buyer, address := c.Trader("1000")
	checkout := c.checkout(buyer, address)
	id, err := c.place(c.one, buyer, checkout, "")
	if err != nil {
		t.Fatal(err)
	}
	same(t, `[{"order":"pending","paid":"requiresAction","payment":"requiresAction","checkout":"paying","cart":"ordered"}]`, c.states(checkout))
	if got := c.Get(c.As(buyer), "orders", id, "paymentUrl")["paymentUrl"]; got == nil {
		t.Error("the buyer is not told where to go")
	}
	for what, w := range map[string]*record.Change{
		"a checkout that is paying": c.Write(c.As(buyer), record.Update, "checkouts", resource.Ref{ID: checkout}, "paymentMethod", "paymentTerm"),
		"its removal":               c.Write(c.As(buyer), record.Delete, "checkouts", resource.Ref{ID: checkout}),
	} {
		if w.Outcome != record.Failed {
			t.Errorf("%s went through: %s", what, w.Outcome)
		}
	}
	if whole(t, c.Shop) != 1 {
		t.Error("there is not one order")
	}
	c.each(func(s *module.PaymentState) { approve(s, money.Of(decimal.RequireFromString("5.03"), "EUR")) })
	var pay string
	c.Scan(&pay, "SELECT id::text FROM payment")
	var reference string
	c.Scan(&reference, "SELECT gateway_reference FROM payment")
	got := together(9, func(i int) (string, error) {
		n := []*node{c.one, c.two}[i%2]
		switch i % 3 {
		case 0:
			placed, err := c.place(n, buyer, checkout, "")
			return fmt.Sprint(placed == id), err
		case 1:
			return "back", n.desk.Refresh(ctx, c.Organization, pay)
		}
		return "message", n.desk.Event(ctx, c.Organization, c.channel, module.Event{ID: fmt.Sprint(i), Payment: &module.PaymentLookup{Reference: reference}})
	})
	if diff := cmp.Diff(map[string]int{"true": 3, "back": 3, "message": 3}, got); diff != "" {
		t.Error(diff)
	}
	same(t, `[{"order":"open","paid":"authorized","payment":"authorized","checkout":"placed","cart":"ordered"}]`, c.states(checkout))
	if whole(t, c.Shop) != 1 {
		t.Error("there is not one order")
	}
}

// What a node leaves undone between its commit and the gateway's answer, the sweep of any node does.
func TestSweepPlaces(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	silent, dead := c.checkout(buyer, address), c.checkout(buyer, address)
	c.down = true
	if _, err := c.place(c.one, buyer, silent, "ok"); err != nil {
		t.Fatal(err)
	}
	c.one.Runner = c.NewRunner(commercetest.NewOutbox(c.House)) // which asks no gateway
	if _, err := c.place(c.one, buyer, dead, "ok"); err != nil {
		t.Fatal(err)
	}
	for _, checkout := range []string{silent, dead} {
		same(t, `[{"order":"pending","paid":"pending","payment":"pending","checkout":"paying","cart":"ordered"}]`, c.states(checkout))
	}
	c.down = false
	c.Exec("UPDATE payment_work SET due_at = now()")
	if err := c.two.desk.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, checkout := range []string{silent, dead} {
		same(t, `[{"order":"open","paid":"authorized","payment":"authorized","checkout":"placed","cart":"ordered"}]`, c.states(checkout))
	}
	if whole(t, c.Shop) != 2 {
		t.Error("there are not two orders")
	}
}

// A buyer who never comes back from his bank leaves nothing behind after an hour.
func TestGivenUp(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	checkout := c.checkout(buyer, address)
	if _, err := c.place(c.one, buyer, checkout, ""); err != nil {
		t.Fatal(err)
	}
	c.Exec("UPDATE payment_transaction SET created_at = created_at - interval '61 minutes'")
	c.Exec("UPDATE payment SET created_at = created_at - interval '61 minutes'")
	status := ""
	for deadline := time.Now().Add(20 * time.Second); status != "open"; {
		if time.Now().After(deadline) {
			t.Fatalf("the checkout is still %s", status)
		}
		if err := c.two.desk.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		c.Exec("UPDATE payment_work SET due_at = now() WHERE transaction_id IN (SELECT id FROM payment_transaction WHERE action = 'cancel')")
		c.Scan(&status, "SELECT status FROM checkout WHERE id = $1", checkout)
	}
	same(t, `[{"order":null,"paid":null,"payment":null,"checkout":"open","cart":"open"}]`, c.states(checkout))
	whole(t, c.Shop)
	if id, err := c.place(c.one, buyer, checkout, "ok"); err != nil || id == "" {
		t.Error(err)
	}
}

// Where a gateway decides, the request must say how the buyer gets back.
func TestReturnAddress(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	checkout := c.checkout(buyer, address)
	for _, w := range []struct {
		input map[string]any
		want  []string
	}{
		{nil, []string{"returnUrl required"}},
		{map[string]any{"returnUrl": "javascript:alert(1)"}, []string{"returnUrl invalid_value"}},
		{map[string]any{"returnUrl": "https://shop.test/", "cancelUrl": "//evil.test"}, []string{"cancelUrl invalid_value"}},
	} {
		if _, _, err := c.Run(c.one.Runner, c.As(buyer), "checkouts", "place", checkout, w.input, ""); !cmp.Equal(codes(err), w.want) {
			t.Errorf("%v: %v, want %v", w.input, err, w.want)
		}
	}
	c.Exec("UPDATE checkout SET payment_method = 'nobody'")
	if _, err := c.place(c.one, buyer, checkout, "ok"); !cmp.Equal(codes(err), []string{"paymentMethod invalid_value"}) {
		t.Errorf("%v", err)
	}
	untouched(t, c.Shop)
}

// Buyers after the last units by card, on two nodes, some with cards that are declined: nobody gets what is not there, what a
// declined card held is free again, and nobody is told of deadlocks.
func TestBuyersByCardAfterTheLastUnits(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	c.Exec("UPDATE inventory_level SET on_hand = 5 WHERE product_id = $1", c.ID("product", "sku", "bolt"))
	checkouts := make([]string, 24)
	for i := range checkouts {
		checkouts[i] = c.checkout(buyer, address)
	}
	got := together(len(checkouts), func(i int) (string, error) {
		_, err := c.place([]*node{c.one, c.two}[i%2], buyer, checkouts[i], []string{"ok", "declined", "ok"}[i%3])
		return "ordered", err
	})
	if got["ordered"] > 5 || got["ordered"]+got["lines/0 short_stock"]+got["paymentMethod payment_declined"] != len(checkouts) {
		t.Errorf("outcomes %v", got)
	}
	same(t, fmt.Sprintf(`[{"open":%d,"reserved":%[1]d}]`, got["ordered"]), rows(c.Shop, `SELECT count(*) AS open,
		(SELECT sum(reserved) FROM inventory_level) AS reserved FROM sales_order WHERE status = 'open'`))
	whole(t, c.Shop)
	var deadlocks int
	c.Scan(&deadlocks, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
	if deadlocks != 0 {
		t.Errorf("%d deadlocks were resolved", deadlocks)
	}
}

// An order is placed only where there is all of the money: not where it was given back before Hanse heard of it, nor where less
// came than is due.
func TestMoneyThatWasThere(t *testing.T) {
	for name, has := range map[string]struct{ captured, refunded, order string }{
		"given back":         {"5.03", "5.03", "cancelled failed"},
		"too little":         {"1", "0.5", "cancelled failed"},
		"partly given back":  {"5.03", "1", "open partlyRefunded"},
		"nothing given back": {"5.03", "0", "open captured"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTill(t)
			buyer, address := c.Trader("1000")
			id, err := c.place(c.one, buyer, c.checkout(buyer, address), "")
			if err != nil {
				t.Fatal(err)
			}
			c.each(func(s *module.PaymentState) {
				approve(s, money.Of(decimal.RequireFromString(has.captured), "EUR"))
				s.Status, s.Captured, s.Refunded = module.PaymentCaptured, s.Authorized, money.Of(decimal.RequireFromString(has.refunded), "EUR")
			})
			var pay, state string
			c.Scan(&pay, "SELECT id::text FROM payment")
			if err := c.two.desk.Refresh(context.Background(), c.Organization, pay); err != nil {
				t.Fatal(err)
			}
			c.Scan(&state, "SELECT status || ' ' || payment_status FROM sales_order WHERE id = $1", id)
			if state != has.order {
				t.Errorf("the order is %s, want %s", state, has.order)
			}
		})
	}
}
