package fault_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/test/program"
)

// tally counts what clients were told while the database went away.
type tally struct {
	refused, broken atomic.Int64
	away            chan struct{} // closed at the first refusal
	once            sync.Once
}

// TestDatabaseRestartsWhileClientsOrder restarts PostgreSQL while fifty clients order by card at two nodes: every 201 exists
// once, all else is 503 in the API's form, who tries again with his key gets one order, and the gateway has one payment of
// each. It is not parallel: the server is shared.
func TestDatabaseRestartsWhileClientsOrder(t *testing.T) {
	s := openShop(t)
	c := s.company
	who := s.buyer(t, 0)
	sku := skuInStock(t, c)
	const clients, each = 50, 2
	checkouts := s.checkouts(t, who, sku, clients*each)
	cards := make([]string, len(checkouts))
	for i := range cards {
		cards[i] = s.till.card(t, "pm_card_visa")
	}
	seen := &tally{away: make(chan struct{})}
	orders := make([]string, len(checkouts))
	half := make(chan struct{}) // closed when half of the orders are through
	var through atomic.Int64
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			client := who.At(t, s.address(i%2))
			for k := range each {
				at := i*each + k
				if k > 0 {
					<-half // the second order of each meets the restart
				}
				orders[at] = persist(t, client, seen, checkouts[at], paying(cards[at]))
				if through.Add(1) == clients {
					close(half)
				}
			}
		})
	}
	<-half
	postgrestest.Restart(t, func() {
		<-seen.away
		for i, n := range s.nodes {
			program.Eventually(t, func() error { return answers(n.http, http.StatusServiceUnavailable) })
			program.NewClient(s.address(i)).Expect(t, http.StatusOK, http.MethodGet, "/healthz", nil)
		}
	})
	all.Wait()
	t.Logf("%d requests were refused, %d cut off", seen.refused.Load(), seen.broken.Load())
	for _, n := range s.nodes {
		program.Eventually(t, func() error { return answers(n.http, http.StatusOK) })
	}
	program.Eventually(t, func() error { // what the restart met between two seams is finished
		var waiting int
		err := try(c, &waiting, "SELECT count(*) FROM sales_order WHERE status = 'pending'")
		if err == nil && waiting > 0 {
			err = fmt.Errorf("%d orders still wait for their payment", waiting)
		}
		return err
	})

	counted(t, c, len(checkouts), "orders", "SELECT count(*) FROM sales_order")
	for i, id := range orders {
		counted(t, c, 1, "orders of a checkout with the id that its client was told",
			"SELECT count(*) FROM checkout c JOIN sales_order o ON o.id = c.order_id WHERE c.id = $1 AND o.id = $2", checkouts[i], id)
	}
	counted(t, c, len(checkouts), "pieces reserved", "SELECT sum(reserved)::int FROM inventory_level")
	counted(t, c, len(checkouts), "events of orders", "SELECT count(*) FROM change WHERE event = 'order.placed'")
	// The node has come to itself: files go out, the feed goes on.
	program.Eventually(t, func() error {
		if files := c.orderFiles(t); len(files) != len(checkouts) {
			return fmt.Errorf("%d order files, expected %d", len(files), len(checkouts))
		}
		return nil
	})
	c.feedWhole(t)
	counted(t, c, len(checkouts), "payments of an order's total, authorized", `SELECT count(*) FROM payment p JOIN sales_order o ON o.id = p.order_id
		WHERE p.status = 'authorized' AND p.amount = o.total AND p.authorized_amount = o.total AND o.status = 'open'`)
	var taken int64
	entries := s.till.entries(t)
	for _, e := range entries {
		taken += e.Amount
	}
	counted(t, c, 1, "sums that are the gateway's", "SELECT count(*) FROM (SELECT sum(total) * 100 AS coins FROM sales_order) s WHERE coins = $1", taken)
	if len(entries) != len(checkouts) {
		t.Errorf("the gateway has %d payments of %d orders", len(entries), len(checkouts))
	}
	for _, n := range s.nodes {
		n.Stop(t)
	}
}

// persist places a checkout until it is told of an order; all that it is told before must be the API's own refusal.
func persist(t *testing.T, c *program.Client, seen *tally, checkout string, body any) (order string) {
	err := program.Await(t.Context(), func() error {
		a, err := c.Do(t.Context(), http.MethodPost, program.Placing(checkout), body, "Idempotency-Key", checkout)
		switch {
		case err != nil:
			seen.broken.Add(1)
			t.Errorf("the node cut a request off: %v", err)
			return err
		case a.Status == http.StatusCreated:
			if order = a.ID(); order == "" {
				t.Errorf("an order without an id: %s", a)
			}
			return nil
		case a.Status == http.StatusServiceUnavailable && a.Code() != "" && a.Header.Get("Retry-After") != "":
			seen.refused.Add(1)
			seen.once.Do(func() { close(seen.away) })
		case a.Status == http.StatusConflict && a.Code() != "": // the first try is still being rolled back
		default:
			t.Errorf("placing an order meanwhile: %s", a)
		}
		return errors.New(a.String())
	})
	if err != nil {
		t.Error(err)
	}
	return order
}

// feedWhole waits until all changes are in the feed, and checks that its positions have no gap and no change is there twice.
func (c *company) feedWhole(t *testing.T) {
	t.Helper()
	program.Eventually(t, func() error { // in one snapshot: what a node does behind an answer still goes on
		var faults string
		err := try(c, &faults, `SELECT concat_ws(', ',
			(SELECT count(*) || ' changes wait for the sequencer' FROM change_pending HAVING count(*) > 0),
			(SELECT format('%s of %s changes in %s positions, the last is %s', count(DISTINCT change_id), h.n, count(*), max(position)) FROM feed
				HAVING count(DISTINCT change_id) <> h.n OR count(*) <> h.n OR max(position) <> h.n))
			FROM (SELECT count(*) AS n FROM change) h`)
		if err == nil && faults != "" {
			err = errors.New("the feed is not whole: " + faults)
		}
		return err
	})
	counted(t, c, 0, "versions of a record in the wrong order", `SELECT count(*) FROM (
		SELECT h.seq, lag(h.seq) OVER (PARTITION BY h.resource, r.record ORDER BY f.position) AS before
		FROM feed f JOIN change h ON h.id = f.change_id CROSS JOIN unnest(h.ids) AS r(record)) v WHERE v.before > v.seq`)
}
