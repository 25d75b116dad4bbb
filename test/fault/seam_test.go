package fault_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/test/program"
)

// barrier stops a node's work at one place of the database until it is opened.
type barrier struct {
	keeper *pgx.Conn
	key    int64
}

// block lets every transaction stand still that does what a trigger describes, such as "BEFORE INSERT ON sales_order".
func (c *company) block(t *testing.T, what, condition string) *barrier {
	t.Helper()
	ctx := context.Background()
	keeper, err := pgx.Connect(ctx, c.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	b := &barrier{keeper, next()}
	t.Cleanup(func() { _ = keeper.Close(ctx) })
	run(t, keeper, "SELECT pg_advisory_lock($1)", b.key)
	run(t, keeper, fmt.Sprintf(`CREATE FUNCTION barrier_%d() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(%d); RETURN new; END $$`, b.key, b.key))
	kind := "TRIGGER"
	if strings.Contains(what, "DEFERRED") {
		kind = "CONSTRAINT TRIGGER"
	}
	if condition != "" {
		condition = "WHEN (" + condition + ")"
	}
	run(t, keeper, fmt.Sprintf("CREATE %s barrier_%d %s FOR EACH ROW %s EXECUTE FUNCTION barrier_%d()", kind, b.key, what, condition, b.key))
	return b
}

// reached waits until somebody stands before the barrier.
func (b *barrier) reached(t *testing.T) {
	t.Helper()
	program.Eventually(t, func() error {
		var n int
		err := b.keeper.QueryRow(context.Background(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND objid = $1`, b.key).Scan(&n)
		if err == nil && n == 0 {
			err = fmt.Errorf("nobody has come to barrier %d", b.key)
		}
		return err
	})
}

// open lets through who stands there and all who come.
func (b *barrier) open(t *testing.T) {
	t.Helper()
	run(t, b.keeper, "SELECT pg_advisory_unlock($1)", b.key)
}

// seams of an order, from the click to the file: where a node is killed, and what it has done by then.
var seams = []struct {
	name, what, condition string
	answered              bool // the buyer has his answer by then
	file                  bool // the file lies in out/ by then
}{
	{name: "the order is being written", what: "BEFORE INSERT ON sales_order"},
	{name: "its lines are being written", what: "BEFORE INSERT ON order_line"},
	{name: "its job is being written", what: "BEFORE INSERT ON river_job"},
	{name: "it is being committed", what: "AFTER INSERT ON sales_order DEFERRABLE INITIALLY DEFERRED"},
	{name: "its file's departure is being noted", what: "BEFORE INSERT ON exchange", condition: "new.direction = 'out'", answered: true},
	{name: "its file lies there, which is being noted", what: "BEFORE UPDATE ON exchange", condition: "new.direction = 'out' AND new.status = 'done'",
		answered: true, file: true},
	{name: "the order is being told that its file lies there", what: "BEFORE UPDATE ON sales_order", condition: "old.exported_at IS NULL AND new.exported_at IS NOT NULL",
		answered: true, file: true},
}

// TestKilledAtEachSeamOfAnOrder kills the node that places an order at each of its steps. The buyer tries again at another
// node, as often as it takes; there is one order, one reservation and one file.
func TestKilledAtEachSeamOfAnOrder(t *testing.T) {
	t.Parallel()
	for _, s := range seams {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			c := found(t)
			first := c.serve(t)
			who := program.Buyer(t, c.Buyer.Email, c.Buyer.Password, "http://"+first.http)
			checkout := who.Prepare(t, skuInStock(t, c), "3")
			b := c.block(t, s.what, s.condition)
			click := make(chan program.Answer, 1)
			go func() {
				a, _ := who.Do(context.Background(), http.MethodPost, program.Placing(checkout), nil, "Idempotency-Key", "click")
				click <- a
			}()
			b.reached(t)
			if s.answered {
				if a := <-click; a.Status != http.StatusCreated {
					t.Fatalf("the order is not placed: %s", a)
				}
			}
			if there := len(c.orderFiles(t)) == 1; there != s.file {
				t.Errorf("the file lies in out/: %v, expected %v", there, s.file)
			}
			first.Kill(t)
			b.open(t)
			if !s.answered {
				if a := <-click; a.Status != 0 {
					t.Errorf("a killed node answers %s", a)
				}
			}
			second := c.serve(t)
			again := who.At(t, "http://"+second.http)
			id := insist(t, again, checkout, "click")
			c.placedOnce(t, checkout, id, 3)
		})
	}
}

// insist places a checkout until there is an order; what comes back before must ask for that.
func insist(t *testing.T, c *program.Client, checkout, key string) (id string) {
	t.Helper()
	program.Eventually(t, func() error {
		a, err := c.Do(t.Context(), http.MethodPost, program.Placing(checkout), nil, "Idempotency-Key", key)
		if err != nil {
			return err
		}
		if a.Status/100 == 2 {
			id = a.ID()
			return nil
		}
		if a.Status != http.StatusServiceUnavailable && a.Status != http.StatusConflict || a.Code() == "" {
			t.Fatalf("placing the order again: %s", a)
		}
		return fmt.Errorf("the order is not placed: %s", a)
	})
	return id
}

// placedOnce checks that all of an order is there, and nothing twice.
func (c *company) placedOnce(t *testing.T, checkout, order string, quantity int) {
	t.Helper()
	program.Eventually(t, func() error {
		var exported bool
		if err := try(c, &exported, "SELECT exported_at IS NOT NULL FROM sales_order WHERE id = $1", order); err != nil || !exported {
			return fmt.Errorf("order %s has no file: %v", order, err)
		}
		return nil
	})
	counted(t, c, 1, "orders", "SELECT count(*) FROM sales_order")
	counted(t, c, 1, "orders of the checkout", "SELECT count(*) FROM checkout WHERE id = $1 AND order_id = $2", checkout, order)
	counted(t, c, 1, "order lines", "SELECT count(*) FROM order_line")
	counted(t, c, quantity, "pieces reserved", "SELECT sum(reserved)::int FROM inventory_level")
	counted(t, c, 1, "events of the order", "SELECT count(*) FROM change WHERE event = 'order.placed'")
	counted(t, c, 1, "events of its file", "SELECT count(*) FROM change WHERE event = 'order.exported'")
	counted(t, c, 1, "departures", "SELECT count(*) FROM exchange WHERE direction = 'out' AND point = 'files' AND record_id = $1 AND status = 'done'", order)
	counted(t, c, 1, "keys kept", "SELECT count(*) FROM idempotency_key")
	if files := c.orderFiles(t); len(files) != 1 {
		t.Errorf("order files: %v, expected one", files)
	}
}

// orderFiles are the order files that lie ready or were collected.
func (c *company) orderFiles(t *testing.T) (paths []string) {
	t.Helper()
	for _, folder := range []string{"out", "archive"} {
		found, err := filepath.Glob(filepath.Join(c.Partner.Home, folder, "orders_*.xml*"))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	return paths
}

// skuInStock is a product that everybody can buy.
func skuInStock(t *testing.T, c *company) string {
	t.Helper()
	return ask[string](t, c, `SELECT p.sku FROM product p JOIN inventory_level l ON l.product_id = p.id AND l.unit_id = p.unit_id
		WHERE p.status = 'enabled' AND p.kind = 'simple' GROUP BY p.sku HAVING sum(l.on_hand) > 100 ORDER BY p.sku LIMIT 1`)
}

// TestOrderFileCollectedBeforeItIsNoted: SAP fetches the file in the moment in which the node that placed it dies. It must
// not get it twice, and the order must know that it was fetched.
func TestOrderFileCollectedBeforeItIsNoted(t *testing.T) {
	t.Parallel()
	c := found(t)
	first, second := c.serve(t), (*node)(nil)
	who := program.Buyer(t, c.Buyer.Email, c.Buyer.Password, "http://"+first.http)
	checkout := who.Prepare(t, skuInStock(t, c), "3")
	b := c.block(t, "BEFORE UPDATE ON exchange", "new.direction = 'out' AND new.status = 'done'")
	order := who.Must(t, http.MethodPost, program.Placing(checkout), nil, "Idempotency-Key", "click").ID()
	b.reached(t)
	first.Kill(t)
	second = c.serve(t)
	sap := c.sftp(t, second)
	name := filepath.Base(c.orderFiles(t)[0])
	if err := sap.Rename("out/"+name, "archive/"+name); err != nil {
		t.Fatal(err)
	}
	program.Eventually(t, func() error {
		var collected bool
		if err := try(c, &collected, "SELECT collected_at IS NOT NULL FROM sales_order WHERE id = $1", order); err != nil || !collected {
			return fmt.Errorf("the order does not know that its file was collected (%v)", err)
		}
		return nil
	})
	b.open(t)
	c.placedOnce(t, checkout, order, 3)
	if _, err := os.Stat(filepath.Join(c.Partner.Home, "archive", name)); err != nil {
		t.Error(err)
	}
}
