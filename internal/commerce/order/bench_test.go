package order_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
)

// recorder writes down what a transaction asks the database, round trip by round trip, and takes it back at the end.
type recorder struct {
	pool  *pgxpool.Pool
	trips []*trip
}

// trip is one round trip: the statements that are sent together.
type trip struct{ statements []*pgx.QueuedQuery }

func (r *recorder) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := r.pool.Begin(ctx)
	return &taped{tx, r}, err
}

type taped struct {
	pgx.Tx
	*recorder
}

// Commit takes back what was done, so that the very same can be done again.
func (t *taped) Commit(ctx context.Context) error { return t.Tx.Rollback(ctx) }

func (t *taped) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := t.Tx.Begin(ctx)
	return &nested{taped{tx, t.recorder}}, err
}

// nested is a savepoint.
type nested struct{ taped }

func (n *nested) Commit(ctx context.Context) error { return n.Tx.Commit(ctx) }

func (t *taped) note(sql string, args []any) {
	t.trips = append(t.trips, &trip{[]*pgx.QueuedQuery{{SQL: sql, Arguments: args}}})
}

func (t *taped) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	next := &trip{}
	for _, q := range b.QueuedQueries {
		next.statements = append(next.statements, &pgx.QueuedQuery{SQL: q.SQL, Arguments: q.Arguments})
	}
	t.trips = append(t.trips, next)
	return t.Tx.SendBatch(ctx, b)
}

func (t *taped) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	t.note(sql, args)
	return t.Tx.Exec(ctx, sql, args...)
}

func (t *taped) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	t.note(sql, args)
	return t.Tx.Query(ctx, sql, args...)
}

func (t *taped) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	t.note(sql, args)
	return t.Tx.QueryRow(ctx, sql, args...)
}

// replay sends recorded statements in one transaction, with the very parameters and in the same round trips, and reads
// every row that comes back.
func replay(ctx context.Context, pool *pgxpool.Pool, trips []*trip) error {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	for _, t := range trips {
		batch := &pgx.Batch{}
		for _, q := range t.statements {
			batch.Queue(q.SQL, q.Arguments...).Query(func(rows pgx.Rows) error {
				for rows.Next() {
					_ = rows.RawValues()
				}
				return rows.Err()
			})
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
	}
	return tx.Commit(ctx)
}

// BenchmarkPlace compares placing an order with the very same statements sent by pgx alone, alternating. What each costs
// is reported as order-µs and statements-µs, and ratio is the part of the bare throughput that is reached.
func BenchmarkPlace(b *testing.B) {
	for _, lines := range []int{5, 1000} {
		for _, clients := range []int{1, 4} {
			if lines > 5 && clients > 1 {
				continue
			}
			b.Run(fmt.Sprintf("lines=%d/clients=%d", lines, clients), func(b *testing.B) { benchmarkPlace(b, lines, clients) })
		}
	}
}

func benchmarkPlace(b *testing.B, lines, clients int) {
	s := stocked(b, lines)
	buyer, address := s.Trader("1000")
	s.Exec("UPDATE customer SET credit_limit = 1e15 WHERE id = $1", buyer.Customer)
	tape := &recorder{pool: s.Pool}
	recording := s.NewRunnerOn(tape, commercetest.NewOutbox(s.House))
	next := func() string { return s.Checkout(filled(s, buyer, lines), address) }
	place := func(checkout string) error {
		_, _, err := s.Run(s.Runner, s.As(buyer), "checkouts", "place", checkout, nil, "key of "+checkout)
		return err
	}
	for range 20 / min(lines, 20) * clients { // connections learn the statements
		if err := place(next()); err != nil {
			b.Fatal(err)
		}
	}
	var ordering, bare time.Duration
	for b.Loop() {
		b.StopTimer()
		checkouts, tapes := make([]string, clients), make([][]*trip, clients)
		for i := range clients {
			checkouts[i] = next()
			tape.trips = nil
			copied := next()
			if _, _, err := s.Run(recording, s.As(buyer), "checkouts", "place", copied, nil, "key of "+copied); err != nil {
				b.Fatal(err)
			}
			tapes[i] = tape.trips
		}
		b.StartTimer()
		ordering += timed(b, clients, func(i int) error { return place(checkouts[i]) })
		bare += timed(b, clients, func(i int) error { return replay(context.Background(), s.Pool, tapes[i]) })
	}
	b.ReportMetric(float64(ordering.Microseconds())/float64(b.N*clients), "order-µs")
	b.ReportMetric(float64(bare.Microseconds())/float64(b.N*clients), "statements-µs")
	b.ReportMetric(bare.Seconds()/ordering.Seconds(), "ratio")
}

// timed runs n at once and gives the time that all took.
func timed(b *testing.B, n int, do func(i int) error) time.Duration {
	start := time.Now()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := do(i); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	return time.Since(start)
}

// stocked is a shop of as many products as an order has lines, each with three steps of prices and plenty of stock.
func stocked(b *testing.B, products int) *commercetest.Shop {
	s := commercetest.NewShop(b)
	s.Exec(`WITH p AS (INSERT INTO product (id, organization_id, sku, name) SELECT gen_random_uuid(), $1, 'P' || n, '{"en":"Product"}'
		FROM generate_series(1, $2::int) n RETURNING id, unit_id), v AS (
		INSERT INTO inventory_level (id, organization_id, warehouse_id, product_id, unit_id, on_hand) SELECT gen_random_uuid(), $1, $3, id, unit_id, 1e9 FROM p)
		INSERT INTO price (id, organization_id, price_list_id, product_id, unit_id, currency, min_quantity, amount)
		SELECT gen_random_uuid(), $1, $4, id, unit_id, 'EUR', step, 10 - step / 10.0 FROM p CROSS JOIN (VALUES (0), (5), (20)) s(step)`,
		s.Organization, products, s.ID("warehouse", "code", "MAIN"), s.Prices)
	return s
}

// filled is a cart with one line of each product.
func filled(s *commercetest.Shop, buyer commercetest.Buyer, lines int) string {
	cart := s.Cart(buyer)
	s.Exec(`INSERT INTO cart_line (id, organization_id, cart_id, product_id, quantity, position)
		SELECT gen_random_uuid(), $1, $2, id, 1 + n % 10, n FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM product LIMIT $3) p`,
		s.Organization, cart, lines)
	return cart
}

// BenchmarkPlaceOnline places orders that a gateway decides on, beside such on account. own-µs is what the payment adds of our
// own time to the gateway's, at the median and at the 99th of a hundred; the gateway answers at once.
func BenchmarkPlaceOnline(b *testing.B) {
	c := newTill(b)
	buyer, address := c.Trader("1000")
	c.Exec("UPDATE inventory_level SET on_hand = 1e9")
	onAccount := func() string { return c.Checkout(c.Cart(buyer, oneBolt), address) }
	place := func(checkout, token string) time.Duration {
		begun := time.Now()
		if _, err := c.place(c.one, buyer, checkout, token); err != nil {
			b.Fatal(err)
		}
		return time.Since(begun)
	}
	for range 10 { // connections learn the statements
		place(c.checkout(buyer, address), "ok")
		place(onAccount(), "")
	}
	var card, account []time.Duration
	for b.Loop() {
		byCard, byTerm := c.checkout(buyer, address), onAccount()
		card, account = append(card, place(byCard, "ok")), append(account, place(byTerm, ""))
	}
	slices.Sort(card)
	slices.Sort(account)
	at := func(all []time.Duration, percent int) float64 {
		return float64(all[(len(all)-1)*percent/100].Microseconds())
	}
	b.ReportMetric(at(card, 50), "card-µs")
	b.ReportMetric(at(account, 50), "account-µs")
	b.ReportMetric(at(card, 50)-at(account, 50), "own-µs")
	b.ReportMetric(at(card, 99)-at(account, 99), "own-p99-µs")
}
