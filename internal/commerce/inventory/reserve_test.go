package inventory_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
)

// depot is a house whose goods a buyer orders.
type depot struct {
	*commercetest.House
	caller access.Caller
}

func newDepot(t *testing.T) *depot {
	h := commercetest.New(t)
	d := &depot{House: h, caller: h.As(h.Buyer("1000"))}
	h.Exec("UPDATE warehouse SET priority = 10 WHERE code = 'MAIN'")
	return d
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func (d *depot) line(product, unit, quantity string) inventory.Line {
	return inventory.Line{ID: newID(), Product: product, Unit: d.Unit(unit), Quantity: decimal.RequireFromString(quantity)}
}

// within runs what a buyer's request does in one transaction.
func (d *depot) within(do func(tx pgx.Tx) (change.Entry, error)) (entry change.Entry, err error) {
	err = pgx.BeginFunc(context.Background(), d.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(context.Background(), tx, d.caller); err != nil {
			return err
		}
		entry, err = do(tx)
		return err
	})
	return entry, err
}

func (d *depot) reserve(order string, lines ...inventory.Line) (change.Entry, error) {
	return d.within(func(tx pgx.Tx) (change.Entry, error) {
		return inventory.Reserve(context.Background(), tx, d.caller, order, lines)
	})
}

func (d *depot) release(order string, lines ...string) change.Entry {
	d.T.Helper()
	entry, err := d.within(func(tx pgx.Tx) (change.Entry, error) {
		return inventory.Release(context.Background(), tx, d.caller, order, lines...)
	})
	if err != nil {
		d.T.Fatal(err)
	}
	return entry
}

// reserved lists what is reserved: "MAIN R9 C62 5".
func (d *depot) reserved() (all []string) {
	d.T.Helper()
	d.Scan(&all, `SELECT coalesce(array_agg(concat_ws(' ', w.code, p.sku, u.code, trim_scale(v.reserved)) ORDER BY p.sku, w.code, u.code), '{}')
		FROM inventory_level v JOIN warehouse w ON w.id = v.warehouse_id JOIN product p ON p.id = v.product_id JOIN unit u ON u.id = v.unit_id
		WHERE v.reserved <> 0`)
	return all
}

func TestReserve(t *testing.T) {
	d := newDepot(t)
	bolt, wire, service, none := d.Product("bolt"), d.Product("wire"), d.Product("service"), d.Product("none")
	d.Exec("UPDATE product SET kind = 'service' WHERE id = $1", service)
	d.Exec("UPDATE product SET unit_id = $2 WHERE id = $1", wire, d.Unit("MTR"))
	d.Insert("product_unit", map[string]any{"product_id": bolt, "unit_id": d.Unit("XCT"), "factor": "24"})
	d.Stock("MAIN", bolt, "C62", "30")
	d.Stock("ZWEI", bolt, "C62", "100")
	d.Stock("EINS", bolt, "C62", "7")
	d.Stock("AUS", bolt, "C62", "1000")
	d.Exec("UPDATE warehouse SET status = 'disabled' WHERE code = 'AUS'")
	d.Stock("MAIN", wire, "MTR", "2.5")
	d.Stock("MAIN", wire, "XRO", "4")

	for _, c := range []struct {
		name  string
		lines []inventory.Line
		want  []string
		short []int
		left  string
	}{
		{"from the first warehouse", []inventory.Line{d.line(bolt, "C62", "30")}, []string{"MAIN bolt C62 30"}, nil, ""},
		{"then by code", []inventory.Line{d.line(bolt, "C62", "40")}, []string{"EINS bolt C62 7", "MAIN bolt C62 30", "ZWEI bolt C62 3"}, nil, ""},
		{"all there is", []inventory.Line{d.line(bolt, "C62", "137")}, []string{"EINS bolt C62 7", "MAIN bolt C62 30", "ZWEI bolt C62 100"}, nil, ""},
		{"one too many", []inventory.Line{d.line(bolt, "C62", "137.5")}, []string{}, []int{0}, "137"},
		{"two lines share", []inventory.Line{d.line(bolt, "C62", "20"), d.line(bolt, "C62", "20")}, []string{"EINS bolt C62 7", "MAIN bolt C62 30", "ZWEI bolt C62 3"}, nil, ""},
		{"the second falls short", []inventory.Line{d.line(bolt, "C62", "100"), d.line(bolt, "C62", "40")}, []string{}, []int{1}, "37"},
		{"cartons out of pieces", []inventory.Line{d.line(bolt, "XCT", "1"), d.line(bolt, "C62", "1")}, []string{"MAIN bolt C62 25"}, nil, ""},
		{"too many cartons", []inventory.Line{d.line(bolt, "XCT", "6")}, []string{}, []int{0}, "5.708333"},
		{"half a metre", []inventory.Line{d.line(wire, "MTR", "0.5")}, []string{"MAIN wire MTR 0.5"}, nil, ""},
		{"stock of another unit is its own", []inventory.Line{d.line(wire, "XRO", "4"), d.line(wire, "MTR", "2.5")}, []string{"MAIN wire MTR 2.5", "MAIN wire XRO 4"}, nil, ""},
		{"a unit without stock or factor", []inventory.Line{d.line(wire, "XBX", "1")}, []string{}, []int{0}, "0"},
		{"a service needs none", []inventory.Line{d.line(service, "C62", "99"), d.line(wire, "MTR", "1")}, []string{"MAIN wire MTR 1"}, nil, ""},
		{"no stock at all", []inventory.Line{d.line(none, "C62", "1"), d.line(bolt, "C62", "1")}, []string{}, []int{0}, "0"},
		{"all or nothing", []inventory.Line{d.line(bolt, "C62", "1"), d.line(wire, "MTR", "3")}, []string{}, []int{1}, "2.5"},
		{"an unknown product", []inventory.Line{d.line(newID(), "C62", "1")}, []string{}, []int{0}, "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			order := newID()
			entry, err := d.reserve(order, c.lines...)
			var short *inventory.Short
			if c.short == nil && err != nil || c.short != nil && !errors.As(err, &short) {
				t.Fatalf("got the error %v, want short lines %v", err, c.short)
			}
			if short != nil && (short.Lines[0].Line != c.short[0] || short.Lines[0].Available.String() != c.left) {
				t.Errorf("short of %+v, want line %v with %s left", short.Lines, c.short, c.left)
			}
			if diff := cmp.Diff(c.want, d.reserved()); diff != "" {
				t.Error(diff)
			}
			if len(entry.IDs) != len(c.want) {
				t.Errorf("the change log hears of %d levels, want %d", len(entry.IDs), len(c.want))
			}
			if again := d.release(order); len(again.IDs) != len(entry.IDs) || len(d.reserved()) != 0 {
				t.Errorf("after the release %v is still reserved", d.reserved())
			}
			if twice := d.release(order); len(twice.IDs) != 0 {
				t.Error("a second release gave something back")
			}
		})
	}
}

func TestReleaseOfSomeLines(t *testing.T) {
	d := newDepot(t)
	bolt, order := d.Product("bolt"), newID()
	d.Stock("MAIN", bolt, "C62", "10")
	first, second := d.line(bolt, "C62", "3"), d.line(bolt, "C62", "4")
	if _, err := d.reserve(order, first, second); err != nil {
		t.Fatal(err)
	}
	d.release(order, first.ID)
	if diff := cmp.Diff([]string{"MAIN bolt C62 4"}, d.reserved()); diff != "" {
		t.Error(diff)
	}
}

// 40 buyers, 10 units: exactly 10 of them get one, and none waits for another for ever although they name the goods in
// different orders.
func TestBuyersAfterTheLastUnits(t *testing.T) {
	d := newDepot(t)
	bolt, nut := d.Product("bolt"), d.Product("nut")
	d.Stock("MAIN", bolt, "C62", "6")
	d.Stock("ZWEI", bolt, "C62", "4")
	d.Stock("MAIN", nut, "C62", "1000")
	var buyers sync.WaitGroup
	outcomes := make(chan string, 40)
	for i := range 40 {
		buyers.Go(func() {
			lines := []inventory.Line{d.line(bolt, "C62", "1"), d.line(nut, "C62", "1")}
			if i%2 == 0 {
				lines[0], lines[1] = lines[1], lines[0]
			}
			_, err := d.reserve(newID(), lines...)
			var short *inventory.Short
			switch {
			case err == nil:
				outcomes <- "ordered"
			case errors.As(err, &short):
				outcomes <- "short"
			default:
				outcomes <- err.Error()
			}
		})
	}
	buyers.Wait()
	close(outcomes)
	count := map[string]int{}
	for o := range outcomes {
		count[o]++
	}
	if diff := cmp.Diff(map[string]int{"ordered": 10, "short": 30}, count); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"MAIN bolt C62 6", "ZWEI bolt C62 4", "MAIN nut C62 10"}, d.reserved()); diff != "" {
		t.Error(diff)
	}
}

// The level shrinks while a buyer waits for it: what counts is what is there when he gets it.
func TestReserveSeesWhatOthersCommitted(t *testing.T) {
	d := newDepot(t)
	bolt := d.Product("bolt")
	level := d.Stock("MAIN", bolt, "C62", "5")
	ctx := context.Background()
	tx, err := d.Pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "UPDATE inventory_level SET on_hand = 2 WHERE id = $1", level); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := d.reserve(newID(), d.line(bolt, "C62", "3"))
		done <- err
	}()
	d.awaitLock()
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	var short *inventory.Short
	if err := <-done; !errors.As(err, &short) || short.Lines[0].Available.String() != "2" {
		t.Errorf("got %v, want a shortage with 2 left", err)
	}
}

// awaitLock polls until somebody waits for a row.
func (d *depot) awaitLock() {
	deadline := time.Now().Add(20 * time.Second)
	for waiting := 0; waiting == 0; {
		if time.Now().After(deadline) {
			d.T.Fatal("nobody came to wait for the row")
		}
		d.Scan(&waiting, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
	}
}

func TestProductsShowTheirStock(t *testing.T) {
	d := newDepot(t)
	bolt, service := d.Product("bolt"), d.Product("service")
	d.Exec("UPDATE product SET kind = 'service' WHERE id = $1", service)
	d.Stock("MAIN", bolt, "C62", "30")
	d.Stock("ZWEI", bolt, "C62", "-4")
	d.Stock("ZWEI", bolt, "XCT", "2")
	d.Stock("AUS", bolt, "C62", "9")
	d.Exec("UPDATE warehouse SET status = 'disabled' WHERE code = 'AUS'")
	if _, err := d.reserve(newID(), d.line(bolt, "C62", "12")); err != nil {
		t.Fatal(err)
	}
	place := func(warehouse, unit, available string) map[string]any {
		return map[string]any{"warehouse": warehouse, "unit": unit, "available": available}
	}
	for product, want := range map[string]map[string]any{
		bolt:    {"available": "18", "stock": []any{place("MAIN", "C62", "18"), place("ZWEI", "C62", "0"), place("ZWEI", "XCT", "2")}},
		service: {"available": nil, "stock": []any{}},
	} {
		if diff := cmp.Diff(want, d.Get(d.caller, "products", product, "available", "stock")); diff != "" {
			t.Error(diff)
		}
	}
}

// A cart of 1,000 lines is one statement.
func TestReserveManyLines(t *testing.T) {
	d := newDepot(t)
	d.Exec(`WITH p AS (INSERT INTO product (id, organization_id, sku, name) SELECT gen_random_uuid(), $1, 'P' || n, '{"en":"P"}'
		FROM generate_series(1, 1000) n RETURNING id, unit_id)
		INSERT INTO inventory_level (id, organization_id, warehouse_id, product_id, unit_id, on_hand)
		SELECT gen_random_uuid(), $1, $2, id, unit_id, 5 FROM p`, d.Organization, d.ID("warehouse", "code", "MAIN"))
	var products []string
	d.Scan(&products, "SELECT array_agg(id::text) FROM product")
	lines, piece := make([]inventory.Line, len(products)), d.Unit("C62")
	for i, p := range products {
		lines[i] = inventory.Line{ID: newID(), Product: p, Unit: piece, Quantity: decimal.NewFromInt(int64(i%5 + 1))}
	}
	if entry, err := d.reserve(newID(), lines...); err != nil || len(entry.IDs) != 1000 {
		t.Errorf("%d levels, %v", len(entry.IDs), err)
	}
}
