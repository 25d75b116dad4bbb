package fault_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/hanse-commerce/hanse/test/program"
)

// TestTwoNodesTakeEachFileOnce drops files at both nodes at once and kills the one that takes them. Each is taken once.
func TestTwoNodesTakeEachFileOnce(t *testing.T) {
	t.Parallel()
	c := found(t)
	before := ask[int](t, c, "SELECT count(*) FROM product")
	came := ask[int](t, c, "SELECT count(*) FROM exchange WHERE direction = 'in'")
	a, b := c.serve(t), c.serve(t)
	taker := c.holder(t, c.watching(t), a, b)
	const files, rows = 30, 5
	var droppers sync.WaitGroup
	for side, n := range []*node{a, b} {
		at := c.sftp(t, n)
		droppers.Go(func() {
			for i := side; i < files; i += 2 {
				text := "sku,name\n"
				for r := range rows {
					text += fmt.Sprintf("ONCE-%d-%d,Product %d of file %d\n", i, r, r, i)
				}
				if err := drop(at, fmt.Sprintf("products_20261124T09%02d00Z_%d.csv", i, i), text); err != nil {
					t.Error(err)
				}
			}
		})
	}
	droppers.Wait()
	program.Eventually(t, func() error { return archived(c, "products_20261124T09*", files/3) })
	taker.Kill(t)
	program.Eventually(t, func() error { return archived(c, "products_20261124T09*", files) })
	program.Eventually(t, func() error { return placed(c, files) })

	counted(t, c, came+files, "exchanges", "SELECT count(*) FROM exchange WHERE direction = 'in'")
	counted(t, c, files, "files done with all rows created", `SELECT count(*) FROM exchange
		WHERE direction = 'in' AND name LIKE 'products_20261124T09%' AND status = 'done' AND read = $1 AND created = $1`, rows)
	counted(t, c, before+files*rows, "products", "SELECT count(*) FROM product")
	counted(t, c, files*rows, "events of new products", `SELECT coalesce(sum(cardinality(h.ids)), 0)::int FROM change h
		JOIN exchange x ON x.id = h.exchange_id WHERE x.name LIKE 'products_20261124T09%' AND h.event = 'created' AND h.resource = 'products'`)
	results, err := filepath.Glob(filepath.Join(c.Partner.Home, "result", "products_20261124T09*"))
	if err != nil || len(results) != files {
		t.Errorf("%d result files, expected %d (%v)", len(results), files, err)
	}
	left, err := filepath.Glob(filepath.Join(c.Partner.Home, "in", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("in/ still holds %v (%v)", left, err)
	}
}

// archived waits for files in archive/, placed for the ledger to know of it.
func archived(c *company, pattern string, want int) error {
	found, err := filepath.Glob(filepath.Join(c.Partner.Home, "archive", pattern))
	if err == nil && len(found) < want {
		err = fmt.Errorf("%d files are archived, expected %d", len(found), want)
	}
	return err
}

func placed(c *company, want int) error {
	var n int
	err := try(c, &n, "SELECT count(*) FROM exchange WHERE name LIKE 'products_20261124T09%' AND status = 'done' AND path LIKE 'archive/%'")
	if err == nil && n != want {
		err = fmt.Errorf("%d exchanges know their file in archive/, expected %d", n, want)
	}
	return err
}
