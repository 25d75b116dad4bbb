package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/point/files/filestest"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// orders places orders for products of the file, one after the other, until stop is called, which tells how many there were.
func orders(h *filestest.House, products int) (stop func() int64) {
	h.T.Helper()
	shop := &commercetest.Shop{House: h.House, Runner: h.NewRunner(commercetest.NewOutbox(h.House)), Prices: h.ID("price_list", "code", "DEFAULT")}
	buyer, address := shop.Trader("buyer")
	var placed atomic.Int64
	ended, quit := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; ; n++ {
			select {
			case <-quit:
				return
			default:
			}
			item := func(k int) commercetest.Item {
				return commercetest.Item{Quantity: "1", Unit: "C62", SKU: fmt.Sprintf("P-%08d", (n*37+k*11)%products/10*10+1)} // such as have stock
			}
			checkout := shop.Checkout(shop.Cart(buyer, item(0), item(1000), item(2000)), address)
			if _, err := shop.Place(shop.As(buyer), checkout); err != nil {
				h.T.Errorf("an order while a preview ran: %v", err)
				return
			}
			placed.Add(1)
		}
	}()
	filestest.Await(h.T, "the first order", func() bool { return placed.Load() > 0 })
	return func() int64 {
		close(quit)
		<-ended
		return placed.Load()
	}
}

func preview(t testing.TB, h *filestest.House, name, content string) (counts intake.Counts, lines []intake.Line) {
	t.Helper()
	_, err := h.Intake.Preview(context.Background(), intake.File{Partner: h.Partner, Content: filestest.Content{File: name, Bytes: []byte(content)}, Size: int64(len(content))},
		func(d *intake.Done) {
			counts.Add(d.Counts)
			lines = append(lines, d.Lines...)
		})
	if err != nil {
		t.Fatal(err)
	}
	return counts, lines
}

// A preview tells what an import would do, writes nothing and holds up no order.
func TestPreview(t *testing.T) {
	h := filestest.New(t)
	const n = 3000
	var file, changed bytes.Buffer
	if err := filestest.WriteProducts(&file, n, false); err != nil {
		t.Fatal(err)
	}
	if err := filestest.WriteProducts(&changed, n+10, true); err != nil {
		t.Fatal(err)
	}
	h.Import("products_1.csv", file.String())
	state := func() string {
		return rows(h, `SELECT md5(string_agg(concat_ws(' ', id, xmin, revision), ',' ORDER BY id)) FROM product UNION ALL SELECT md5(string_agg(concat_ws(' ', id, xmin), ',' ORDER BY id)) FROM price
			UNION ALL SELECT count(*)::text FROM exchange UNION ALL SELECT count(*)::text FROM run UNION ALL SELECT count(*)::text FROM category UNION ALL SELECT count(*)::text FROM unit_alias
			UNION ALL SELECT md5(string_agg(concat_ws(' ', id, on_hand), ',' ORDER BY id)) FROM inventory_level UNION ALL SELECT count(*)::text FROM exchange_error`)
	}
	before := state()
	stop := orders(h, n)
	counts, lines := preview(t, h, "products_2.csv", changed.String()+"BAD,,,,New/Path,FURLONG,,,,-1,EUR,1\nNEW,New,,,Other/Path,ST,,,,1,EUR,1\n")
	if placed := stop(); placed < 1 {
		t.Error("no order was placed meanwhile")
	}
	if want := (intake.Counts{Read: n + 12, Created: 11, Updated: n / 10, Unchanged: n - n/10, Failed: 1}); counts != want {
		t.Errorf("%+v, want %+v", counts, want)
	}
	if last := lines[len(lines)-2]; last.Outcome.String() != "failed" || len(last.Notices) < 3 {
		t.Errorf("the wrong row: %+v", last)
	}
	if diff := cmp.Diff(before, state()); diff != "" {
		t.Error("the preview wrote:\n" + diff)
	}
	id, out := h.Import("products_2.csv", changed.String())
	if got, want := filestest.Counts(out), fmt.Sprintf("done: %d read, 10 created, %d updated, %d unchanged, 0 failed", n+10, n/10, n-n/10); got != want {
		t.Errorf("%s, want %s %v", got, want, h.Issues(id))
	}
}

// BenchmarkPreview compares 100,000 rows with what is stored while orders for the same products go on.
//
//	go test ./internal/point/files/intake -run '^$' -bench Preview -benchtime 1x
func BenchmarkPreview(b *testing.B) {
	const n = 100_000
	var file, changed bytes.Buffer
	if err := filestest.WriteProducts(&file, n, false); err != nil {
		b.Fatal(err)
	}
	if err := filestest.WriteProducts(&changed, n, true); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		h := filestest.New(b)
		h.Import("products_1.csv", file.String())
		h.Exec("ANALYZE")
		stop := orders(h, n)
		start := time.Now()
		counts, _ := preview(b, h, "products_2.csv", changed.String())
		took := time.Since(start)
		if placed := stop(); placed > 0 {
			b.ReportMetric(float64(placed)/took.Seconds(), "orders/s")
		}
		b.ReportMetric(took.Seconds(), "preview-s")
		if counts.Updated != n/10 || counts.Unchanged != n-n/10 {
			b.Errorf("%+v", counts)
		}
	}
}
