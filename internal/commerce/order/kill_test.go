package order_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/job"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// victim is what the parent tells a child process that is going to be killed while it places orders.
type victim struct {
	URL       string
	Caller    access.Caller
	Checkouts []string
	Clerks    int // how many place at once
	Seam      int // kills itself before this step of its first order, the steps counted from 1; 0: it waits to be killed
}

const (
	victimVariable = "HANSE_TEST_VICTIM"
	victimName     = "hanse-test-victim"
)

// TestMain lets the test binary play a node that dies.
func TestMain(m *testing.M) {
	given := os.Getenv(victimVariable)
	if given == "" {
		os.Exit(m.Run())
	}
	var v victim
	err := json.Unmarshal([]byte(given), &v)
	if err == nil {
		err = v.work(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "victim:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// work places all checkouts, the clerks each their share.
func (v victim) work(ctx context.Context) error {
	pool, err := postgres.Open(ctx, v.URL, postgres.PoolOptions{MaxConns: v.Clerks + 1})
	if err != nil {
		return err
	}
	config := pool.Config()
	pool.Close()
	config.ConnConfig.RuntimeParams["application_name"] = victimName
	if pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return err
	}
	schema, err := commerce.Schema()
	if err != nil {
		return err
	}
	jobs, err := job.NewClient(pool, job.Options{PollOnly: true})
	if err != nil {
		return err
	}
	store := record.NewStore(func() *resource.Schema { return schema })
	runner, err := command.NewRunner(&steps{pool: pool, seam: v.Seam}, store, commercetest.Bindings(order.Services{DB: pool, Outbox: commercetest.JobOutbox(jobs)}))
	if err != nil {
		return err
	}
	place, _ := schema.Command("checkouts", "place")
	failed := make(chan error, v.Clerks)
	var clerks sync.WaitGroup
	for n := range v.Clerks {
		clerks.Go(func() {
			for i := n; i < len(v.Checkouts); i += v.Clerks {
				if _, _, err := runner.Run(ctx, v.Caller, place, resource.Ref{ID: v.Checkouts[i]}, nil, "key of "+v.Checkouts[i]); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	clerks.Wait()
	close(failed)
	var all []error
	for err := range failed {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// steps counts what a transaction asks the database and dies before the step of a number.
type steps struct {
	pool *pgxpool.Pool
	seam int
	done int
}

func (s *steps) step() {
	if s.seam == 0 {
		return
	}
	if s.done++; s.done == s.seam {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func (s *steps) Begin(ctx context.Context) (pgx.Tx, error) {
	s.step()
	tx, err := s.pool.Begin(ctx)
	return &walk{tx, s}, err
}

// walk is a transaction whose steps are counted.
type walk struct {
	pgx.Tx
	*steps
}

func (w *walk) Begin(ctx context.Context) (pgx.Tx, error) {
	w.step()
	tx, err := w.Tx.Begin(ctx)
	return &walk{tx, w.steps}, err
}

func (w *walk) Commit(ctx context.Context) error {
	w.step()
	err := w.Tx.Commit(ctx)
	w.step()
	return err
}

func (w *walk) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	w.step()
	return w.Tx.SendBatch(ctx, b)
}

func (w *walk) Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error) {
	w.step()
	return w.Tx.Exec(ctx, sql, arguments...)
}

func (w *walk) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	w.step()
	return w.Tx.Query(ctx, sql, args...)
}

func (w *walk) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	w.step()
	return w.Tx.QueryRow(ctx, sql, args...)
}

// start runs a victim.
func (v victim) start(t *testing.T) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	told, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), victimVariable+"="+string(told))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// killed waits for the victim's end and reports whether it was killed and did not end by itself.
func killed(t *testing.T, cmd *exec.Cmd) bool {
	t.Helper()
	err := cmd.Wait()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled():
		return true
	}
	t.Fatalf("the victim failed: %v", err)
	return false
}

// buried polls until the server has noticed that the victim is gone: what it had sent before may still be committed.
func buried(t *testing.T, s *commercetest.Shop) {
	t.Helper()
	poll(t, "the victim's sessions do not end", func() bool {
		var left int
		s.Scan(&left, "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", victimName)
		return left == 0
	})
}

func poll(t *testing.T, complaint string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatal(complaint)
		}
	}
}

// A node is killed before each step of an order and after the last. Either the whole order is there or nothing; placing it
// again, with the same key, gives one order.
func TestKilledAtEachSeam(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	s.Exec("UPDATE customer SET credit_limit = 100000 WHERE id = $1", buyer.Customer)
	orders := 0
	for seam := 1; ; seam++ {
		checkout := s.Checkout(s.Cart(buyer, oneBolt, commercetest.Item{Quantity: "2.5", Unit: "MTR", SKU: "wire"}), address)
		v := victim{URL: s.Pool.Config().ConnString(), Caller: s.As(buyer), Checkouts: []string{checkout}, Clerks: 1, Seam: seam}
		dead := killed(t, v.start(t))
		buried(t, s)
		n := whole(t, s)
		if !dead {
			if n != orders+1 || seam < 9 {
				t.Errorf("the victim ended by itself after %d steps, with %d orders", seam, n)
			}
			return
		}
		id, replayed, err := s.Run(s.Runner, s.As(buyer), "checkouts", "place", checkout, nil, "key of "+checkout)
		if err != nil || replayed != (n == orders+1) {
			t.Errorf("killed before step %d, with %d orders instead of %d; placing again: %t, %v", seam, n, orders, replayed, err)
		}
		orders++
		if again := whole(t, s); again != orders || id == "" {
			t.Errorf("killed before step %d, %d orders instead of %d", seam, again, orders)
		}
	}
}

// A node with four clerks is killed at any moment, some times over; in the end all is as if none had been.
func TestKilledAtRandom(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	checkouts := make([]string, 120)
	for i := range checkouts {
		checkouts[i] = s.Checkout(s.Cart(buyer, oneBolt, commercetest.Item{Quantity: "0.1", Unit: "MTR", SKU: "wire"}), address)
	}
	for deaths := 0; deaths < 5; deaths++ {
		v := victim{URL: s.Pool.Config().ConnString(), Caller: s.As(buyer), Checkouts: checkouts, Clerks: 4}
		cmd := v.start(t)
		before := whole(t, s)
		after := before + 1 + rand.IntN(20)
		poll(t, "the victim places no orders", func() bool {
			var n int
			s.Scan(&n, "SELECT count(*) FROM sales_order")
			return n >= min(after, len(checkouts))
		})
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = killed(t, cmd)
		buried(t, s)
		whole(t, s)
	}
	for _, checkout := range checkouts {
		if _, err := s.Place(s.As(buyer), checkout); err != nil {
			t.Error(err)
		}
	}
	if n := whole(t, s); n != len(checkouts) {
		t.Errorf("%d checkouts gave %d orders", len(checkouts), n)
	}
	same(t, `[{"sku":"bolt","reserved":120},{"sku":"wire","reserved":12}]`,
		rows(s, "SELECT p.sku, trim_scale(v.reserved) AS reserved FROM inventory_level v JOIN product p ON p.id = v.product_id WHERE v.reserved > 0 ORDER BY 1"))
}
