package fault_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/hanse-commerce/hanse/test/program"
)

// TestLastPiecesOverTwoNodes lets more buyers order at two nodes at once than there are pieces.
func TestLastPiecesOverTwoNodes(t *testing.T) {
	t.Parallel()
	c := found(t)
	a, b := c.serve(t), c.serve(t)
	sku := skuInStock(t, c)
	const buyers, pieces = 12, 5
	who := program.Buyer(t, c.Buyer.Email, c.Buyer.Password, "http://"+a.http)
	checkouts := make([]string, buyers)
	for i := range checkouts {
		checkouts[i] = who.Prepare(t, sku, "1")
	}
	run(t, c.db, "UPDATE inventory_level SET on_hand = 0 WHERE product_id = (SELECT id FROM product WHERE sku = $1)", sku)
	run(t, c.db, `UPDATE inventory_level SET on_hand = $2 WHERE id = (SELECT l.id FROM inventory_level l JOIN product p ON p.id = l.product_id AND l.unit_id = p.unit_id
		WHERE p.sku = $1 ORDER BY l.id LIMIT 1)`, sku, pieces)
	answers := make([]program.Answer, buyers)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, checkout := range checkouts {
		client := who.At(t, "http://"+[]*node{a, b}[i%2].http)
		all.Go(func() {
			<-start
			var err error
			if answers[i], err = client.Do(t.Context(), http.MethodPost, program.Placing(checkout), nil); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	all.Wait()
	placed := 0
	for _, answer := range answers {
		switch {
		case answer.Status == http.StatusCreated:
			placed++
		case answer.Status/100 != 4 || answer.Code() == "":
			t.Errorf("a buyer who came too late is told %s", answer)
		}
	}
	if placed != pieces {
		t.Errorf("%d orders were placed for %d pieces", placed, pieces)
	}
	counted(t, c, pieces, "orders", "SELECT count(*) FROM sales_order")
	counted(t, c, pieces, "pieces reserved", "SELECT sum(reserved)::int FROM inventory_level")
	counted(t, c, 0, "levels below zero", "SELECT count(*) FROM inventory_level WHERE reserved > on_hand")
}
