package fault_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
	"github.com/hanse-commerce/hanse/test/program"
)

// TestMoneyOverTwoNodes takes one company through what is told twice, late, wrong or by somebody else, while two nodes listen.
// One after the other, each with an order of its own.
func TestMoneyOverTwoNodes(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.till.withhold(true)
	who := s.buyer(t, 0)
	sku := skuInStock(t, s.company)
	for name, f := range map[string]func(*testing.T, *shop, *program.Client, string){
		"one message ten times at once":            messageTenTimes,
		"capture is told before authorization":     captureFirst,
		"messages that are altered or old":         forgedMessages,
		"an idempotency key is used again":         keyAgain,
		"double click and capture race":            capturedOnce,
		"prices and owners that a client makes up": madeUp,
	} {
		t.Run(name, func(t *testing.T) { f(t, s, who, sku) })
	}
}

// challenged is an order whose buyer is at his bank and says yes; the message of it is at hand, and was not delivered.
func (s *shop) challenged(t *testing.T, who *program.Client, sku string) (order string, m message) {
	t.Helper()
	checkout := byCard(t, who, sku, "1")
	order = who.Must(t, http.MethodPost, program.Placing(checkout), paying(s.till.card(t, "pm_card_authenticationRequired"))).ID()
	s.till.passes(t, ask[string](t, s.company, "SELECT next_url FROM payment WHERE order_id = $1", order))
	return order, s.till.sent(t, "payment_intent.amount_capturable_updated", s.till.of(t, s.company, order).ID)
}

// hook is where a node takes the gateway's messages.
func (s *shop) hook(n int) string { return s.address(n) + "/hooks/" + s.till.channel }

func (s *shop) payment(t *testing.T, order string) (status string) {
	t.Helper()
	return ask[string](t, s.company, "SELECT status FROM payment WHERE order_id = $1", order)
}

// messageTenTimes is case 7: one transition, ten times 2xx.
func messageTenTimes(t *testing.T, s *shop, who *program.Client, sku string) {
	order, m := s.challenged(t, who, sku)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range 10 {
		all.Go(func() {
			<-start
			if status, err := send(s.hook(i%2), m); status != http.StatusOK || err != nil {
				t.Errorf("the message is answered by %d (%v)", status, err)
			}
		})
	}
	close(start)
	all.Wait()
	if got := s.payment(t, order); got != "authorized" {
		t.Errorf("the payment is %s", got)
	}
	s.settledOnce(t, order)
	counted(t, s.company, 1, "transitions", `SELECT count(*) FROM change h JOIN payment p ON h.ids @> ARRAY[p.id] WHERE p.order_id = $1 AND h.event = 'payment.authorized'`, order)
}

// captureFirst is case 8: money that was taken at the gateway's own screen is told before that it was authorized.
func captureFirst(t *testing.T, s *shop, who *program.Client, sku string) {
	order, authorized := s.challenged(t, who, sku)
	e := s.till.of(t, s.company, order)
	s.till.call(t, http.MethodPost, "/v1/payment_intents/"+e.ID+"/capture", url.Values{}, &struct{}{})
	for i, m := range []message{s.till.sent(t, "payment_intent.succeeded", e.ID), authorized, s.till.sent(t, "charge.captured", e.ID), authorized} {
		if status, err := send(s.hook(i%2), m); status != http.StatusOK || err != nil {
			t.Errorf("%s is answered by %d (%v)", m.kind, status, err)
		}
		if got := s.payment(t, order); got != "captured" {
			t.Errorf("behind the message %d, %s, the payment is %s", i+1, m.kind, got)
		}
	}
	if e = s.settledOnce(t, order); e.Captured != e.Amount {
		t.Errorf("the gateway took %d of %d", e.Captured, e.Amount)
	}
}

// forgedMessages is case 9: 400, no effect, counted.
func forgedMessages(t *testing.T, s *shop, who *program.Client, sku string) {
	order, m := s.challenged(t, who, sku)
	// The payment is looked at from time to time besides; not now.
	run(t, s.db, "UPDATE payment_work SET due_at = now() + interval '1 hour' WHERE payment_id = (SELECT id FROM payment WHERE order_id = $1)", order)
	if got := s.payment(t, order); got != "requiresAction" {
		t.Skipf("skipped: the payment was looked at before and is %s", got)
	}
	before := s.refused(t)
	altered, old, unsigned, stranger := m, m, m, m
	altered.body = strings.Replace(m.body, `"evt_`, `"evt_x`, 1)
	old.signature = stripesim.Sign([]byte(m.body), signingKey, time.Now().Add(-6*time.Minute))
	unsigned.signature = ""
	stranger.signature = stripesim.Sign([]byte(m.body), "whsec_another", time.Now())
	forged := []message{altered, old, unsigned, stranger}
	for i, f := range forged {
		if status, err := send(s.hook(i%2), f); status != http.StatusBadRequest || err != nil {
			t.Errorf("forged message %d is answered by %d (%v)", i+1, status, err)
		}
	}
	if got := s.payment(t, order); got != "requiresAction" {
		t.Errorf("forged messages made the payment %s", got)
	}
	if n := s.refused(t) - before; n != len(forged) {
		t.Errorf("%d of %d refused messages were counted", n, len(forged))
	}
	if status, err := send(s.hook(1), m); status != http.StatusOK || err != nil {
		t.Errorf("the message itself is answered by %d (%v)", status, err)
	}
	s.settledOnce(t, order)
}

// refused is how many messages both nodes have counted as refused.
func (s *shop) refused(t *testing.T) (n int) {
	t.Helper()
	for i := range s.nodes {
		answer, err := http.Get(s.address(i) + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("/metrics answers %s (%v)", answer.Status, err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "hanse_channel_hooks_total{") && strings.Contains(line, `outcome="refused"`) {
				value, err := strconv.Atoi(strings.TrimSpace(line[strings.LastIndex(line, " ")+1:]))
				if err != nil {
					t.Fatal(err)
				}
				n += value
			}
		}
	}
	return n
}

// keyAgain is case 10: 409 in flight, replay when done, 422 with another request.
func keyAgain(t *testing.T, s *shop, who *program.Client, sku string) {
	checkout := byCard(t, who, sku, "1")
	body := paying(s.till.card(t, "pm_card_visa"))
	b := s.block(t, "BEFORE INSERT ON sales_order", "")
	first := make(chan program.Answer, 1)
	go func() {
		a, _ := who.Do(context.Background(), http.MethodPost, program.Placing(checkout), body, "Idempotency-Key", "again")
		first <- a
	}()
	b.reached(t)
	other := who.At(t, s.address(1))
	if a := other.Expect(t, http.StatusConflict, http.MethodPost, program.Placing(checkout), body, "Idempotency-Key", "again"); a.Code() == "" {
		t.Errorf("a key in flight is answered by %s", a)
	}
	b.drop(t)
	a := <-first
	if a.Status != http.StatusCreated {
		t.Fatalf("the order is not placed: %s", a)
	}
	for n := range s.nodes {
		again := who.At(t, s.address(n)).Must(t, http.MethodPost, program.Placing(checkout), body, "Idempotency-Key", "again")
		if again.ID() != a.ID() || again.Status != a.Status || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("node %d replays %s", n, again)
		}
	}
	cheaper := program.Data("checkouts", map[string]any{"paymentToken": "pm_other", "returnUrl": "https://shop.example/back"}, nil)
	if a := other.Expect(t, http.StatusUnprocessableEntity, http.MethodPost, program.Placing(checkout), cheaper, "Idempotency-Key", "again"); a.Code() == "" {
		t.Errorf("a key of another request is answered by %s", a)
	}
	s.settledOnce(t, a.ID())
}

// drop opens the barrier and takes it away.
func (b *barrier) drop(t *testing.T) {
	t.Helper()
	b.open(t)
	run(t, b.keeper, fmt.Sprintf("DROP FUNCTION barrier_%d() CASCADE", b.key))
}

// capturedOnce is case 12: the buyer clicks twice on each node, then staff on both take the money at once.
func capturedOnce(t *testing.T, s *shop, who *program.Client, sku string) {
	checkout := byCard(t, who, sku, "4")
	body := paying(s.till.card(t, "pm_card_visa"))
	var mu sync.Mutex
	orders := map[string]int{}
	s.atOnce(6, func(n int) {
		a, err := who.At(t, s.address(n%2)).Do(t.Context(), http.MethodPost, program.Placing(checkout), body)
		if err != nil || a.Status/100 != 2 {
			t.Errorf("a click is answered by %s (%v)", a, err)
		}
		mu.Lock()
		defer mu.Unlock()
		orders[a.ID()]++
	})
	if len(orders) != 1 {
		t.Fatalf("six clicks gave the orders %v", orders)
	}
	order := ask[string](t, s.company, "SELECT order_id::text FROM checkout WHERE id = $1", checkout)
	payment := ask[string](t, s.company, "SELECT id::text FROM payment WHERE order_id = $1", order)
	s.settledOnce(t, order)
	staff := program.Admin(t, s.Facts, s.address(0))
	taken := map[int]int{}
	s.atOnce(8, func(n int) {
		a, err := staff.At(t, s.address(n%2)).Do(t.Context(), http.MethodPost, program.AdminAPI+"/payments/"+payment+"/actions/capture", program.Data("payments", map[string]any{}, nil))
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		taken[a.Status/100]++
	})
	if taken[2] != 1 || taken[4] != 7 {
		t.Errorf("eight captures of all are answered by %v, as hundreds", taken)
	}
	if e := s.settledOnce(t, order); e.Captured != e.Amount || e.Captures != 1 {
		t.Errorf("the gateway took %d of %d in %d captures", e.Captured, e.Amount, e.Captures)
	}
	counted(t, s.company, 1, "payments with all taken and no more than authorized", `SELECT count(*) FROM payment WHERE id = $1
		AND captured_amount = amount AND captured_amount <= authorized_amount AND status = 'captured'`, payment)
}

// atOnce does something so many times at once.
func (*shop) atOnce(times int, do func(n int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for n := range times {
		all.Go(func() {
			<-start
			do(n)
		})
	}
	close(start)
	all.Wait()
}

// madeUp is case 13: what a client says about prices, totals, discounts and owners is refused, and does not count.
func madeUp(t *testing.T, s *shop, who *program.Client, sku string) {
	checkout := byCard(t, who, sku, "1")
	path := program.ShopAPI + "/checkouts/" + checkout
	cart := who.Must(t, http.MethodGet, path+"/cart", nil).ID()
	change := func(kind, id string, attributes map[string]any) map[string]any {
		return map[string]any{"data": map[string]any{"type": kind, "id": id, "attributes": attributes}}
	}
	for _, attributes := range []map[string]any{{"total": "0.01"}, {"subtotal": "0.01"}, {"taxTotal": "0"}, {"shippingTotal": "0"}, {"discountTotal": "99"},
		{"organization": s.till.channel}, {"organizationId": s.till.channel}, {"tenant": "1"}, {"status": "placed"}} {
		who.Expect(t, http.StatusUnprocessableEntity, http.MethodPatch, path, change("checkouts", checkout, attributes))
	}
	for _, attributes := range []map[string]any{{"discountTotal": "99"}, {"price": "0.01"}, {"organization": s.till.channel}} {
		attributes["paymentToken"], attributes["returnUrl"] = s.till.card(t, "pm_card_visa"), "https://shop.example/back"
		who.Expect(t, http.StatusUnprocessableEntity, http.MethodPost, program.Placing(checkout), program.Data("checkouts", attributes, nil))
	}
	lines := []map[string]string{{"sku": sku, "quantity": "1", "price": "0.01", "rowTotal": "0.01"}}
	a, err := who.Do(t.Context(), http.MethodPost, program.ShopAPI+"/carts/"+cart+"/actions/addLines", program.Data("carts", map[string]any{"lines": lines}, nil))
	if err != nil || a.Status/100 == 5 {
		t.Errorf("lines with prices are answered by %s (%v)", a, err)
	}
	cheap := paying(s.till.card(t, "pm_card_visa"))
	cheap["data"].(map[string]any)["attributes"].(map[string]any)["total"] = "0.01"
	if a := who.Expect(t, http.StatusConflict, http.MethodPost, program.Placing(checkout), cheap); a.Code() != "price_changed" {
		t.Errorf("a total that the client made up is answered by %s", a)
	}
	counted(t, s.company, 0, "orders of the checkout", "SELECT count(*) FROM checkout WHERE id = $1 AND order_id IS NOT NULL", checkout)
	order := who.Must(t, http.MethodPost, program.Placing(checkout), paying(s.till.card(t, "pm_card_visa"))).ID()
	s.settledOnce(t, order)
	counted(t, s.company, 1, "orders at the server's own prices, in the buyer's organization", `SELECT count(*) FROM sales_order o WHERE o.id = $1 AND o.discount_total = 0
		AND o.organization_id = (SELECT organization_id FROM customer WHERE id = o.customer_id)
		AND o.subtotal = (SELECT sum(row_total) FROM order_line l WHERE l.order_id = o.id) AND o.subtotal > 0.5`, order)
}
