package watch_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/blob"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/filestest"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/point/files/watch"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// TestMain lets the test binary be a node of its own, which a test can kill.
func TestMain(m *testing.M) {
	if url := os.Getenv("HANSE_TEST_NODE"); url != "" {
		if err := node(url, os.Getenv("HANSE_TEST_DATA")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// chunk is how many rows the nodes of these tests write at once.
const chunk = 100

func node(url, data string) error {
	ctx, log := context.Background(), slog.New(slog.NewTextHandler(os.Stderr, nil))
	pool, err := postgres.Open(ctx, url, postgres.PoolOptions{MaxConns: 8, Log: log})
	if err != nil {
		return err
	}
	schema, err := resource.NewSchema(append(commerce.Resources(), access.Resources(), exchange.Resources())...)
	if err != nil {
		return err
	}
	blobs, err := blob.OpenFolder(filepath.Join(data, "blobs"))
	if err != nil {
		return err
	}
	ledger := exchange.NewLedger(pool)
	service := &intake.Service{DB: pool, Store: record.NewStore(func() *resource.Schema { return schema }), Ledger: ledger, Node: "child", ChunkRows: chunk, Log: log}
	w := &watch.Watcher{DB: pool, Homes: home.Folders{Dir: filepath.Join(data, "sftp")}, Blobs: blobs, Ledger: ledger, Intake: service,
		Registry: &module.Registry{}, Node: "child", Log: log, Settle: soon, Poll: 20 * time.Millisecond}
	return w.Run(ctx)
}

// child starts a node that is a process of its own.
func child(h *filestest.House) *exec.Cmd {
	h.T.Helper()
	program, err := os.Executable()
	if err != nil {
		h.T.Fatal(err)
	}
	cmd := exec.Command(program) // #nosec G204 -- this test binary
	cmd.Env = append(os.Environ(), "HANSE_TEST_NODE="+h.Pool.Config().ConnString(), "HANSE_TEST_DATA="+h.Data)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		h.T.Fatal(err)
	}
	h.T.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

// morning is a file with rows of all kinds of fate.
func morning(rows int) string {
	var b strings.Builder
	b.WriteString("sku,name,name_de,category,unit,price,stock\n")
	for n := range rows {
		sku, price := fmt.Sprintf("P%05d", n), fmt.Sprintf("%d.%02d", n%97, n%100)
		switch n % 50 {
		case 7:
			price = "-1"
		case 13:
			sku = fmt.Sprintf("P%05d", n-13) // a key that came before
		case 21:
			sku = ""
		}
		fmt.Fprintf(&b, "%s,Rod %d,Stange %d,Group %d/Kind %d,PCE,%s,%d\n", sku, n, n, n%3, n%7, price, n%1000)
	}
	return b.String()
}

// content is all that an import leaves behind, without ids and times.
func stored(h *filestest.House) string {
	h.T.Helper()
	var all []string
	h.Scan(&all, `SELECT array_agg(x.t ORDER BY x.t) FROM (
		SELECT concat_ws('|', 'product', p.sku, p.name, p.revision, c.code, u.code) FROM product p LEFT JOIN category c ON c.id = p.category_id JOIN unit u ON u.id = p.unit_id
		UNION ALL SELECT concat_ws('|', 'price', p.sku, x.amount, x.currency, x.min_quantity, x.revision) FROM price x JOIN product p ON p.id = x.product_id
		UNION ALL SELECT concat_ws('|', 'level', p.sku, x.on_hand, x.revision) FROM inventory_level x JOIN product p ON p.id = x.product_id
		UNION ALL SELECT concat_ws('|', 'category', c.code, c.name, c.revision, a.code) FROM category c LEFT JOIN category a ON a.id = c.parent_id
		UNION ALL SELECT concat_ws('|', 'alias', alias, system) FROM unit_alias WHERE system IS NOT NULL
		UNION ALL SELECT concat_ws('|', 'exchange', e.name, e.status, e.read, e.created, e.updated, e.unchanged, e.failed, e.warnings, e.path) FROM exchange e
		UNION ALL SELECT concat_ws('|', 'error', x.line, x.key, x.class, x.code, x.count) FROM exchange_error x
		UNION ALL SELECT concat_ws('|', 'change', c.resource, c.event, count(*)) FROM (SELECT resource, event, unnest(ids) FROM change) c
			WHERE c.resource IN ('products', 'prices', 'inventoryLevels', 'categories') GROUP BY c.resource, c.event) AS x(t)`)
	return strings.Join(all, "\n")
}

// clean is what an import leaves behind that nothing disturbs.
func clean(t *testing.T, name, file string) (content, result string) {
	t.Helper()
	h := filestest.New(t)
	h.Watch(h.Watcher("clean", soon))
	h.Lay("in/"+name, file)
	h.AwaitEmpty()
	return stored(h), h.Text("result/" + name + ".result.csv")
}

func compare(t *testing.T, h *filestest.House, name, content, result string) {
	t.Helper()
	h.AwaitEmpty()
	if got := stored(h); got != content {
		t.Errorf("the database differs from a clean run:\n%s", firstDifference(content, got))
	}
	if got := h.Text("result/" + name + ".result.csv"); got != result {
		t.Errorf("the result file differs from a clean run:\n%s", firstDifference(result, got))
	}
	want(t, h.Files("result"), "result/"+name+".result.csv")
	want(t, h.Files("archive"), "archive/"+name)
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("line %d of %d and %d:\n- %s\n+ %s", i+1, len(a), len(b), a[i], strings.Join(b[min(i, len(b)):min(i+1, len(b))], ""))
		}
	}
	return fmt.Sprintf("%d further lines: %s", len(b)-len(a), b[len(a)])
}

const rows = 6000

// A node that is killed in the middle of an import, at any row, is followed by another one: the database equals that of a
// clean run, counts and result file are whole, and nothing is there twice.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	file := morning(rows)
	content, result := clean(t, "products_1.csv", file)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0)) // #nosec G404 -- a test's dice
	h := filestest.New(t)
	h.Lay("in/products_1.csv", file)
	for range 2 {
		least := h.Count("SELECT coalesce(max(checkpoint), 0) FROM run") + dice.IntN(rows/4)
		cmd := child(h)
		filestest.Await(t, "a checkpoint", func() bool { return h.Count("SELECT coalesce(max(checkpoint), -1) FROM run") >= least })
		if err := cmd.Process.Kill(); err != nil { // SIGKILL
			t.Fatal(err)
		}
		_ = cmd.Wait()
	}
	if h.Count("SELECT max(checkpoint) FROM run") == rows {
		t.Error("the import was over before the last node was killed")
	}
	h.Intake.ChunkRows = chunk
	h.Watch(h.Watcher("last", soon))
	compare(t, h, "products_1.csv", content, result)
	if n := h.Count("SELECT count(*) FROM run"); n != 1 {
		t.Errorf("%d runs", n)
	}
}

// Of two nodes one works; when it is killed midway the other goes on.
func TestOtherNodeGoesOn(t *testing.T) {
	t.Parallel()
	file := morning(rows)
	content, result := clean(t, "products_1.csv", file)
	h := filestest.New(t)
	h.Lay("in/products_1.csv", file)
	cmd := child(h)
	filestest.Await(t, "the first node to work", func() bool { return h.Count("SELECT count(*) FROM run") == 1 })
	h.Intake.ChunkRows = chunk
	h.Watch(h.Watcher("other", soon))
	filestest.Await(t, "a checkpoint", func() bool { return h.Count("SELECT max(checkpoint) FROM run") > rows/5 })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	compare(t, h, "products_1.csv", content, result)
	if got := h.Count("SELECT fence FROM run"); got != 2 {
		t.Errorf("the run was taken over %d times", got-1)
	}
}

// The database goes away again and again; the import goes on each time.
func TestDatabaseConnectionsAreCut(t *testing.T) {
	t.Parallel()
	file := morning(rows)
	content, result := clean(t, "products_1.csv", file)
	h := filestest.New(t)
	config := h.Pool.Config()
	config.ConnConfig.RuntimeParams["application_name"] = "victim"
	victims, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(victims.Close)
	w := h.Watcher("cut", soon)
	w.DB, w.Ledger = victims, exchange.NewLedger(victims)
	w.Intake = &intake.Service{DB: victims, Store: h.Store, Ledger: w.Ledger, Node: "cut", ChunkRows: chunk, Log: w.Log}
	h.Lay("in/products_1.csv", file)
	h.Watch(w)
	for n := 1; n <= 3; n++ {
		filestest.Await(t, "a checkpoint", func() bool { return h.Count("SELECT coalesce(max(checkpoint), 0) FROM run") >= n*rows/5 })
		if n := h.Count("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'victim'"); n == 0 {
			t.Error("nothing was cut")
		}
	}
	compare(t, h, "products_1.csv", content, result)
}
