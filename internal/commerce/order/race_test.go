package order_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

var oneBolt = commercetest.Item{Quantity: "1", Unit: "C62", SKU: "bolt"}

// together runs n requests at once and counts their outcomes: what do gives, or the refusal's code.
func together(n int, do func(i int) (string, error)) map[string]int {
	start, outcomes := make(chan struct{}), make(chan string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			id, err := do(i)
			switch {
			case err == nil:
				outcomes <- id
			case codes(err) != nil:
				outcomes <- codes(err)[0]
			default:
				outcomes <- err.Error()
			}
		})
	}
	close(start)
	all.Wait()
	close(outcomes)
	counts := map[string]int{}
	for o := range outcomes {
		counts[o]++
	}
	return counts
}

// whole compares what hangs together: each order has its lines, addresses, payment and changes and, once it is placed, one
// job; and stock reserved is the sum of reservations. It gives the number of orders.
func whole(t testing.TB, s *commercetest.Shop) (orders int) {
	t.Helper()
	same(t, `[]`, rows(s, `SELECT o.number, o.status FROM sales_order o
		CROSS JOIN LATERAL (SELECT CASE o.status WHEN 'pending' THEN 'paying' WHEN 'cancelled' THEN 'none' ELSE 'placed' END AS checkout,
			CASE WHEN o.status IN ('pending', 'cancelled') THEN 0 ELSE 1 END AS placed) want
		WHERE o.subtotal IS DISTINCT FROM (SELECT sum(row_total) FROM order_line l WHERE l.order_id = o.id)
		OR o.tax_total IS DISTINCT FROM o.shipping_tax + (SELECT sum(tax_total) FROM order_line l WHERE l.order_id = o.id)
		OR o.tax_total IS DISTINCT FROM (SELECT coalesce(sum((t->>'tax')::numeric), 0) FROM jsonb_array_elements(o.taxes) t)
		OR o.total <> o.subtotal + o.shipping_total + CASE WHEN o.tax_included THEN 0 ELSE o.tax_total END
		OR (SELECT count(*) FROM payment p WHERE p.order_id = o.id AND p.amount = o.total AND p.currency = o.currency) <> 1
		OR (SELECT count(*) FROM order_address a WHERE a.order_id = o.id) <> 2
		OR (SELECT count(*) FROM river_job j WHERE j.args->>'order' = o.id::text) <> want.placed
		OR (SELECT count(*) FROM change c WHERE c.event = 'order.placed' AND o.id = ANY (c.ids)) <> want.placed
		OR (SELECT count(*) FROM change c WHERE c.event = 'created' AND c.resource = 'orders' AND o.id = ANY (c.ids)) <> 1
		OR (SELECT count(*) FROM checkout k JOIN cart c ON c.id = k.cart_id WHERE k.order_id = o.id AND k.status = want.checkout AND c.status = 'ordered')
			<> CASE want.checkout WHEN 'none' THEN 0 ELSE 1 END
		OR EXISTS (SELECT FROM order_line l JOIN product p ON p.id = l.product_id WHERE l.order_id = o.id AND p.kind <> 'service'
			AND (o.status = 'cancelled') = EXISTS (SELECT FROM stock_reservation r WHERE r.line_id = l.id AND r.order_id = o.id))`))
	same(t, `[]`, rows(s, `SELECT v.id FROM inventory_level v WHERE v.reserved > v.on_hand
		OR v.reserved <> (SELECT coalesce(sum(r.quantity), 0) FROM stock_reservation r WHERE r.level_id = v.id)`))
	same(t, `[{"jobs":0,"reservations":0,"changes":0,"checkouts":0,"lines":0}]`, rows(s, `SELECT
		(SELECT count(*) FROM river_job j WHERE NOT EXISTS (SELECT FROM sales_order o WHERE o.id::text = j.args->>'order')) AS jobs,
		(SELECT count(*) FROM stock_reservation r WHERE NOT EXISTS (SELECT FROM order_line l WHERE l.id = r.line_id)) AS reservations,
		(SELECT count(*) FROM change c WHERE c.resource = 'orders' AND NOT EXISTS (SELECT FROM sales_order o WHERE o.id = ANY (c.ids))) AS changes,
		(SELECT count(*) FROM checkout k WHERE (k.status <> 'open') <> (k.order_id IS NOT NULL)) AS checkouts,
		(SELECT count(*) FROM order_line l WHERE NOT EXISTS (SELECT FROM change c WHERE c.resource = 'orderLines' AND l.id = ANY (c.ids))) AS lines`))
	s.Scan(&orders, "SELECT count(*) FROM sales_order")
	return orders
}

// A double click, two nodes, a repeated request: one order, and everyone is told of it.
func TestPlacedOnce(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	checkout := s.Checkout(s.Cart(buyer, oneBolt), address)
	nodes := []string{"", "one", "two"} // without a key, and with several
	got := together(12, func(i int) (string, error) {
		id, _, err := s.Run(s.Runner, s.As(buyer), "checkouts", "place", checkout, nil, nodes[i%len(nodes)]+map[bool]string{true: fmt.Sprint(i)}[i%3 != 0])
		return id, err
	})
	if len(got) != 1 || whole(t, s) != 1 {
		t.Fatalf("outcomes %v", got)
	}
	for id, n := range got {
		if again, err := s.Place(s.As(buyer), checkout); again != id || err != nil || n != 12 {
			t.Errorf("placing it later gives %s, %v; order %s was given %d times", again, err, id, n)
		}
	}
}

// Two checkouts of one cart give one order.
func TestCartIsOrderedOnce(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	cart := s.Cart(buyer, oneBolt)
	checkouts := []string{s.Checkout(cart, address), s.Checkout(cart, address)}
	got := together(2, func(i int) (string, error) {
		_, err := s.Place(s.As(buyer), checkouts[i])
		return "ordered", err
	})
	if diff := cmp.Diff(map[string]int{"ordered": 1, "cart already_placed": 1}, got); diff != "" || whole(t, s) != 1 {
		t.Error(diff)
	}
}

// Two orders that each fit into the credit and together do not: one is placed. Paid and cancelled orders do not count.
func TestCreditIsNotSpentTwice(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	s.Exec("UPDATE customer SET credit_limit = 100 WHERE id = $1", buyer.Customer)
	service := commercetest.Item{Quantity: "1", Unit: "C62", SKU: "service"}
	place := func() map[string]int {
		checkouts := make([]string, 4)
		for i := range checkouts {
			checkouts[i] = s.Checkout(s.Cart(buyer, service), address)
		}
		return together(len(checkouts), func(i int) (string, error) {
			_, err := s.Place(s.As(buyer), checkouts[i])
			return "ordered", err
		})
	}
	for _, settled := range []string{"payment_status = 'captured'", "status = 'cancelled'", "currency = 'USD'"} {
		if diff := cmp.Diff(map[string]int{"ordered": 1, "credit_limit": 3}, place()); diff != "" {
			t.Errorf("before %s: %s", settled, diff)
		}
		s.Exec("UPDATE sales_order SET " + settled)
	}
	s.Exec("UPDATE customer SET credit_limit = 84.90 WHERE id = $1", buyer.Customer)
	if diff := cmp.Diff(map[string]int{"ordered": 1, "credit_limit": 3}, place()); diff != "" {
		t.Errorf("to the last cent: %s", diff)
	}
}

// 200 buyers after 10 units, each with further goods in another order: 10 orders, and nobody is told of deadlocks.
func TestBuyersAfterTheLastUnits(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	s.Exec("UPDATE inventory_level SET on_hand = 10 WHERE product_id = $1", s.ID("product", "sku", "bolt"))
	others := []commercetest.Item{{Quantity: "0.5", Unit: "MTR", SKU: "wire"}, {Quantity: "1", Unit: "C62", SKU: "screw"}}
	const buyers = 200
	checkouts := make([]string, buyers)
	for i := range checkouts {
		items := []commercetest.Item{others[i%2], oneBolt, others[(i+1)%2]}
		if i%3 == 0 {
			items[0], items[1] = items[1], items[0]
		}
		checkouts[i] = s.Checkout(s.Cart(buyer, items...), address)
	}
	got := together(buyers, func(i int) (string, error) {
		_, err := s.Place(s.As(buyer), checkouts[i])
		if found := codes(err); len(found) == 1 && len(found[0]) > 8 && found[0][8:] == "short_stock" {
			return "short", nil
		}
		return "ordered", err
	})
	if diff := cmp.Diff(map[string]int{"ordered": 10, "short": 190}, got); diff != "" || whole(t, s) != 10 {
		t.Error(diff)
	}
	var deadlocks int
	s.Scan(&deadlocks, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
	if deadlocks != 0 {
		t.Errorf("%d deadlocks were resolved; orders lock in one order, so there should be none", deadlocks)
	}
}

// While a line is being written the order waits and then has it; a line that comes after is refused.
func TestCartChangesWhileItIsOrdered(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	cart := s.Cart(buyer, oneBolt)
	checkout := s.Checkout(cart, address)
	ctx := context.Background()
	lines, _ := s.Schema.Type("cartLines")
	add := func(sku string) *record.Change {
		c := &record.Change{Values: lines.NewRecord()}
		for name, v := range map[string]string{"cart": cart, "product": "key:" + sku, "quantity": "2"} {
			c.Values[lines.At(name)] = resource.Of(v)
		}
		return c
	}
	tx, err := s.Pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	apply := func(tx pgx.Tx, c *record.Change) error {
		if err := access.Enter(ctx, tx, s.As(buyer)); err != nil {
			return err
		}
		return s.Store.Apply(ctx, tx, s.As(buyer), &record.Batch{Sets: []*record.ChangeSet{{Type: lines, Operation: record.Create, Changes: []*record.Change{c}}}})
	}
	if c := add("screw"); apply(tx, c) != nil || c.Outcome != record.Created {
		t.Fatalf("%v", c.Faults)
	}
	done := make(chan error)
	var id string
	go func() {
		var err error
		id, err = s.Place(s.As(buyer), checkout)
		done <- err
	}()
	awaitLock(t, s)
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	same(t, `[{"sku":"bolt"},{"sku":"screw"}]`, rows(s, "SELECT sku FROM order_line WHERE order_id = $1 ORDER BY 1", id))
	late := s.Write(s.As(buyer), record.Create, "cartLines", resource.Ref{}, "cart", cart, "product", "key:wire", "quantity", "1")
	if late.Outcome != record.Failed {
		t.Errorf("a line came into the ordered cart: %v", late.Outcome)
	}
}

// awaitLock polls until somebody waits for a lock.
func awaitLock(t testing.TB, s *commercetest.Shop) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for waiting := 0; waiting == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nobody came to wait for the row")
		}
		s.Scan(&waiting, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
	}
}

// deaf is an outbox that fails.
type deaf struct{}

func (deaf) OrderPlaced(context.Context, pgx.Tx, string, string) error {
	return errors.New("no jobs today")
}

func TestFailingOutboxLeavesNothing(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	checkout := s.Checkout(s.Cart(buyer, oneBolt), address)
	runner := s.NewRunner(deaf{})
	for _, key := range []string{"", "key"} {
		if _, _, err := s.Run(runner, s.As(buyer), "checkouts", "place", checkout, nil, key); err == nil || codes(err) != nil {
			t.Errorf("an order without a job was placed: %v", err)
		}
	}
	untouched(t, s)
	if _, replayed, err := s.Run(s.Runner, s.As(buyer), "checkouts", "place", checkout, nil, "key"); err != nil || replayed {
		t.Errorf("the failed request has used up its key: %t, %v", replayed, err)
	}
}

// The feed tells of each order that it was created and placed, without a gap.
func TestFeedTellsOfOrders(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	checkouts := make([]string, 20)
	for i := range checkouts {
		checkouts[i] = s.Checkout(s.Cart(buyer, oneBolt), address)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	sequencer := change.NewSequencer(s.Pool, "test", slog.New(slog.DiscardHandler))
	s.Runner.Committed = sequencer.Wake
	stopped := make(chan struct{})
	go func() { defer close(stopped); _ = sequencer.Run(ctx) }()
	defer func() { cancel(); <-stopped }()
	placed := together(len(checkouts), func(i int) (string, error) { return s.Place(s.As(buyer), checkouts[i]) })
	seen, feed, at := map[string]string{}, change.NewFeed(s.Pool), change.Cursor{}
	for finished, last := 0, int64(0); finished < len(checkouts); {
		grown := sequencer.Grown()
		events, next, err := feed.Read(ctx, at, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Position != last && e.Position != last+1 {
				t.Errorf("the feed jumps from %d to %d", last, e.Position)
			}
			last = e.Position
			if e.Resource == "orders" {
				seen[e.Record] += e.Event + " "
			}
			if e.Event == "order.placed" {
				finished++
			}
		}
		if at = next; len(events) > 0 {
			continue
		}
		select {
		case <-grown:
		case <-ctx.Done():
			t.Fatalf("only %d of %d orders came", finished, len(checkouts))
		}
	}
	for id := range placed {
		if seen[id] != "created order.placed " {
			t.Errorf("of order %s the feed says %q", id, seen[id])
		}
	}
}
