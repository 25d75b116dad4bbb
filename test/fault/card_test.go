package fault_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/hanse-commerce/hanse/test/program"
)

var errNone = errors.New("there is none yet")

// shop is a company that takes cards at two nodes behind one address.
type shop struct {
	*company
	nodes [2]*node
	front *front
	till  *till
}

func openShop(t *testing.T, args ...string) *shop {
	t.Helper()
	s := &shop{company: found(t)}
	for i := range s.nodes {
		s.nodes[i] = s.start(t, args...)
	}
	for _, n := range s.nodes {
		n.ready(t)
	}
	s.front = newFront(t, s.nodes[:]...)
	s.till = s.openTill(t, s.front.http.URL)
	return s
}

func (s *shop) address(n int) string { return "http://" + s.nodes[n].http }

func (s *shop) buyer(t *testing.T, n int) *program.Client {
	t.Helper()
	return program.Buyer(t, s.Buyer.Email, s.Buyer.Password, s.address(n))
}

// byCard prepares a checkout that is paid by card.
func byCard(t *testing.T, who *program.Client, sku, quantity string) (checkout string) {
	t.Helper()
	checkout = who.Prepare(t, sku, quantity)
	who.Must(t, http.MethodPatch, program.ShopAPI+"/checkouts/"+checkout, map[string]any{"data": map[string]any{"type": "checkouts", "id": checkout,
		"attributes": map[string]any{"paymentMethod": "stripe"}}})
	return checkout
}

// paying is the request that places a checkout by card.
func paying(token string) map[string]any {
	return program.Data("checkouts", map[string]any{"paymentToken": token, "returnUrl": "https://shop.example/back"}, nil)
}

// cardSeams are where a node is killed that places an order by card.
var cardSeams = []struct {
	name         string
	what         string // the database does when it is killed; "" for the gateway
	condition    string
	done         bool // the gateway has carried the payment out by then
	lostOnTheWay bool // what stands before the gateway, or its answer, never arrives
	calls        int  // that make a payment, in the end
}{
	{name: "the order is committed and nobody was asked", what: "BEFORE INSERT ON exchange", condition: "new.direction = 'out' AND new.point = 'module'", calls: 1},
	{name: "the gateway is being asked, which never hears of it", lostOnTheWay: true, calls: 2},
	{name: "the gateway is being asked, and hears of it later", calls: 2},
	{name: "the gateway has answered, which never arrives", done: true, lostOnTheWay: true, calls: 2},
	{name: "the answer is being recorded", what: "BEFORE UPDATE ON payment_transaction", condition: "new.status = 'succeeded'", done: true, calls: 2},
	{name: "the order is being told", what: "BEFORE UPDATE ON sales_order", condition: "old.status = 'pending' AND new.status = 'open'", done: true, calls: 2},
}

// TestKilledAtEachSeamOfAPayment kills the node that places an order by card at each seam: behind its first commit, while it
// asks the gateway, before it has written the answer. The gateway's messages are kept from the other node, whose sweep alone
// finishes what was begun: one order, one payment at the gateway, one reservation, one file.
func TestKilledAtEachSeamOfAPayment(t *testing.T) {
	t.Parallel()
	for _, seam := range cardSeams {
		t.Run(seam.name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			s.till.withhold(true)
			who := s.buyer(t, 0)
			checkout := byCard(t, who, skuInStock(t, s.company), "3")
			body := paying(s.till.card(t, "pm_card_visa"))
			var b *barrier
			var h *stop
			if seam.what != "" {
				b = s.block(t, seam.what, seam.condition)
			} else {
				h = s.till.hold(t, making, seam.done, seam.lostOnTheWay)
			}
			click := make(chan program.Answer, 1)
			go func() {
				a, _ := who.Do(context.Background(), http.MethodPost, program.Placing(checkout), body, "Idempotency-Key", "click")
				click <- a
			}()
			if h != nil {
				<-h.reached
			} else {
				b.reached(t)
			}
			if n := len(s.till.entries(t)); (n == 1) != seam.done {
				t.Errorf("the gateway has %d payments, carried out: %v", n, seam.done)
			}
			counted(t, s.company, 1, "orders that wait", "SELECT count(*) FROM sales_order WHERE status = 'pending'")
			s.nodes[0].Kill(t)
			if a := <-click; a.Status != 0 {
				t.Errorf("a killed node answers %s", a)
			}
			if h != nil {
				close(h.open)
			} else {
				b.bury(t)
			}
			s.later(t)
			order := s.paidOnce(t, checkout, 3)
			if s.till.paying != seam.calls {
				t.Errorf("the gateway was asked %d times", s.till.paying)
			}
			again := who.At(t, s.address(1)).Must(t, http.MethodPost, program.Placing(checkout), body, "Idempotency-Key", "click")
			if again.ID() != order || again.Header.Get("Idempotency-Replayed") != "true" {
				t.Errorf("the buyer who asks again is told %s", again)
			}
			s.paidOnce(t, checkout, 3)
		})
	}
}

// bury ends what the dead node's sessions still stand before, as their server does when it notices, and opens the barrier.
func (b *barrier) bury(t *testing.T) {
	t.Helper()
	run(t, b.keeper, `SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND objid = $1`, b.key)
	b.open(t)
}

// later lets the minute pass that a dead node has for its call.
func (c *company) later(t *testing.T) {
	t.Helper()
	run(t, c.db, `UPDATE payment_work SET due_at = clock_timestamp(), claimed_until = least(claimed_until, clock_timestamp())`)
}

// paidOnce waits until the checkout's order stands, and checks that it is there once, here and at the gateway, for one amount.
func (s *shop) paidOnce(t *testing.T, checkout string, quantity int) (order string) {
	t.Helper()
	program.Eventually(t, func() error {
		var status string
		err := try(s.company, &status, "SELECT o.id || ' ' || o.status FROM sales_order o JOIN checkout c ON c.order_id = o.id WHERE c.id = $1 AND c.status = 'placed'", checkout)
		if err != nil {
			return fmt.Errorf("the checkout has no order that stands: %w", err)
		}
		_, err = fmt.Sscan(status, &order, &status)
		return err
	})
	s.placedOnce(t, checkout, order, quantity)
	s.settledOnce(t, order)
	if n := len(s.till.entries(t)); n != 1 {
		t.Errorf("the gateway has %d payments, expected one", n)
	}
	return order
}

// settledOnce compares one order with its payment, and both with the gateway's books.
func (s *shop) settledOnce(t *testing.T, order string) entry {
	t.Helper()
	counted(t, s.company, 1, "payments of the whole total, authorized", `SELECT count(*) FROM payment p JOIN sales_order o ON o.id = p.order_id
		WHERE o.id = $1 AND p.amount = o.total AND p.authorized_amount = o.total AND p.status = o.payment_status AND p.status <> 'pending'`, order)
	e := s.till.of(t, s.company, order)
	counted(t, s.company, 1, "payments of the gateway's amount under its number",
		`SELECT count(*) FROM payment WHERE order_id = $1 AND amount * 100 = $2 AND captured_amount * 100 = $3 AND gateway_reference = $4`, order, e.Amount, e.Captured, e.ID)
	counted(t, s.company, 1, "events that it was placed", "SELECT count(*) FROM change WHERE event = 'order.placed' AND ids @> ARRAY[$1::uuid]", order)
	return e
}

// TestPaidByRedirectAndMessageAtOnce: the buyer comes back from his bank in the moment in which the gateway's messages arrive,
// all of it twice and on both nodes, while he clicks again. It is one order.
func TestPaidByRedirectAndMessageAtOnce(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.till.withhold(true)
	who := s.buyer(t, 0)
	checkout := byCard(t, who, skuInStock(t, s.company), "2")
	body := paying(s.till.card(t, "pm_card_authenticationRequired"))
	order := who.Must(t, http.MethodPost, program.Placing(checkout), body, "Idempotency-Key", "click").ID()
	counted(t, s.company, 1, "orders that wait for the buyer", "SELECT count(*) FROM sales_order WHERE id = $1 AND status = 'pending' AND payment_status = 'requiresAction'", order)
	payment := ask[string](t, s.company, "SELECT id::text FROM payment WHERE order_id = $1", order)
	s.till.passes(t, ask[string](t, s.company, "SELECT next_url FROM payment WHERE order_id = $1", order))
	m := s.till.sent(t, "payment_intent.amount_capturable_updated", s.till.of(t, s.company, order).ID)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range 4 {
		at := who.At(t, s.address(i%2))
		for _, path := range []string{program.ShopAPI + "/payments/" + payment + "/actions/refresh", program.Placing(checkout)} {
			all.Go(func() {
				<-start
				if a, err := at.Do(t.Context(), http.MethodPost, path, nil); err != nil || a.Status/100 != 2 {
					t.Errorf("POST %s: %v, %s", path, err, a)
				}
			})
		}
		all.Go(func() {
			<-start
			if status, err := send(s.address(i%2)+"/hooks/"+s.till.channel, m); status != http.StatusOK || err != nil {
				t.Errorf("the gateway's message is answered by %d (%v)", status, err)
			}
		})
	}
	close(start)
	all.Wait()
	if same := s.paidOnce(t, checkout, 2); same != order {
		t.Errorf("the checkout has another order than at first")
	}
}
