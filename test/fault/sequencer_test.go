package fault_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/test/program"
)

// TestSequencerFailsOver kills the node that numbers changes while programs write through both; the other goes on without
// a gap.
func TestSequencerFailsOver(t *testing.T) {
	t.Parallel()
	c := found(t)
	a, b := c.serve(t), c.serve(t)
	f := newFront(t, a, b)
	erp := program.Admin(t, c.Facts, f.http.URL)
	products := erp.Must(t, http.MethodGet, program.AdminAPI+"/products?page[size]=8&fields[products]=sku", nil).IDs()
	leader := c.holder(t, "sequencer", a, b)
	other := a
	if leader == a {
		other = b
	}
	const writes = 30
	var written atomic.Int64
	midway := make(chan struct{})
	var all sync.WaitGroup
	for _, id := range products {
		all.Go(func() {
			for n := range writes {
				rename(t, erp, id, fmt.Sprintf("Version %d", n))
				if written.Add(1) == int64(len(products)*writes/2) {
					close(midway)
				}
			}
		})
	}
	<-midway
	leader.Kill(t)
	all.Wait()
	if now := c.holder(t, "sequencer", other); now != other {
		t.Error("nobody took over")
	}
	c.feedWhole(t)
	for _, id := range products {
		counted(t, c, 1, "products with their last name", "SELECT count(*) FROM product WHERE id = $1 AND name->>'en' = $2", id, fmt.Sprintf("Version %d", writes-1))
	}
	pool, err := postgres.Open(t.Context(), c.DatabaseURL, postgres.PoolOptions{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if v, err := change.VerifyChain(t.Context(), pool); err != nil || v.Broken != 0 {
		t.Errorf("the audit chain is broken at %d (%v)", v.Broken, err)
	}
}

// rename sets a product's name, as often as it takes.
func rename(t *testing.T, c *program.Client, id, name string) {
	body := map[string]any{"data": map[string]any{"type": "products", "id": id, "attributes": map[string]any{"name": map[string]string{"en": name}}}}
	err := program.Await(t.Context(), func() error {
		answer, err := c.Do(t.Context(), http.MethodPatch, program.AdminAPI+"/products/"+id, body)
		if err == nil && answer.Status/100 != 2 {
			err = fmt.Errorf("renaming a product: %s", answer)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
