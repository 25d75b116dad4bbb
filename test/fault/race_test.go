package fault_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/test/program"
)

// TestLastPiecesOverTwoNodes lets two hundred buyers order ten pieces by card at two nodes at once.
func TestLastPiecesOverTwoNodes(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	c := s.company
	sku := skuInStock(t, c)
	const buyers, pieces = 200, 10
	who := s.buyer(t, 0)
	checkouts := s.checkouts(t, who, sku, buyers)
	run(t, c.db, "UPDATE inventory_level SET on_hand = 0 WHERE product_id = (SELECT id FROM product WHERE sku = $1)", sku)
	run(t, c.db, `UPDATE inventory_level SET on_hand = $2 WHERE id = (SELECT l.id FROM inventory_level l JOIN product p ON p.id = l.product_id AND l.unit_id = p.unit_id
		WHERE p.sku = $1 ORDER BY l.id LIMIT 1)`, sku, pieces)
	answers := make([]program.Answer, buyers)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, checkout := range checkouts {
		client, body := who.At(t, s.address(i%2)), paying(s.till.card(t, "pm_card_visa"))
		all.Go(func() {
			<-start
			var err error
			if answers[i], err = client.Do(t.Context(), http.MethodPost, program.Placing(checkout), body); err != nil {
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
	counted(t, c, pieces, "payments of an order's total, authorized", `SELECT count(*) FROM payment p JOIN sales_order o ON o.id = p.order_id
		WHERE p.status = 'authorized' AND p.amount = o.total AND o.status = 'open'`)
	if n := len(s.till.entries(t)); n != pieces {
		t.Errorf("the gateway has %d payments for %d pieces", n, pieces)
	}
}

// checkouts are many, of one piece each, to be paid by card.
func (s *shop) checkouts(t *testing.T, who *program.Client, sku string, many int) []string {
	t.Helper()
	first := byCard(t, who, sku, "1")
	// Copies of the first one with its cart: what a buyer does before he orders is not what is tried here.
	run(t, s.db, `CREATE TEMPORARY TABLE copies AS SELECT gen_random_uuid() AS checkout, gen_random_uuid() AS cart, gen_random_uuid() AS line FROM generate_series(2, $1)`, many)
	defer run(t, s.db, "DROP TABLE copies")
	for _, sql := range []string{
		`INSERT INTO cart SELECT (jsonb_populate_record(c, jsonb_build_object('id', n.cart))).* FROM copies n, checkout k JOIN cart c ON c.id = k.cart_id WHERE k.id = '` + first + `'`,
		`INSERT INTO cart_line SELECT (jsonb_populate_record(l, jsonb_build_object('id', n.line, 'cart_id', n.cart))).* FROM copies n, checkout k JOIN cart_line l ON l.cart_id = k.cart_id WHERE k.id = '` + first + `'`,
		`INSERT INTO checkout SELECT (jsonb_populate_record(k, jsonb_build_object('id', n.checkout, 'cart_id', n.cart))).* FROM copies n, checkout k WHERE k.id = '` + first + `'`,
	} {
		run(t, s.db, sql)
	}
	rows, err := s.db.Query(t.Context(), "SELECT checkout::text FROM copies")
	if err != nil {
		t.Fatal(err)
	}
	copies, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return append(copies, first)
}
