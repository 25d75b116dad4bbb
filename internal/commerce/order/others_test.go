package order_test

import (
	"context"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// What a customer ordered does not exist for another: not by id, in no list or count, by no filter and behind no relation,
// and what a buyer writes cannot name it.
func TestOthersOrdersDoNotExist(t *testing.T) {
	s := ironmonger(t)
	mine, address := s.Trader("1000")
	theirs, theirAddress := s.Trader("2000")
	checkout := s.Checkout(s.Cart(mine, oneBolt), address)
	id, err := s.Place(s.As(mine), checkout)
	if err != nil {
		t.Fatal(err)
	}
	count := func(caller access.Caller, q record.Query) (n int) {
		t.Helper()
		q.Total = q.Target.IsZero()
		answer, err := s.Store.Read(context.Background(), s.Pool, caller, &q, func(*record.Answer, *record.Row) error { n++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if q.Total && int(answer.Total) != n {
			t.Errorf("%s: %d are counted and %d shown", q.Type.Name, answer.Total, n)
		}
		return n
	}
	for name, line := range map[string]string{"orders": "", "orderLines": "order", "orderAddresses": "order", "checkouts": "", "carts": "", "cartLines": "cart"} {
		typ, _ := s.Schema.Type(name)
		queries := []record.Query{{Type: typ}}
		if line != "" {
			queries = append(queries, record.Query{Type: typ, Filters: []record.Filter{{Path: line + ".customer", Operator: resource.Eq, Values: []string{mine.Customer}}}})
		}
		var some string
		s.Scan(&some, "SELECT id::text FROM "+typ.Table+" LIMIT 1")
		queries = append(queries, record.Query{Type: typ, Target: resource.Ref{ID: some}},
			record.Query{Type: typ, Filters: []record.Filter{{Path: "id", Operator: resource.Eq, Values: []string{some}}}})
		for i, q := range queries {
			if n := count(s.As(mine), q); n == 0 {
				t.Errorf("%s: the buyer does not see his own by query %d", name, i)
			}
			if n := count(s.As(theirs), q); n != 0 {
				t.Errorf("%s: another customer sees %d by query %d", name, n, i)
			}
		}
	}
	orders, _ := s.Schema.Type("orders")
	lines, _ := s.Schema.Type("orderLines")
	if n := count(s.As(theirs), record.Query{Type: lines, Of: &record.Origin{Type: orders, Target: resource.Ref{ID: id}, Relation: "lines"}}); n != 0 {
		t.Errorf("another customer sees %d lines behind the order", n)
	}
	cart, own := s.Cart(theirs, oneBolt), s.As(theirs)
	for what, c := range map[string]*record.Change{
		"a checkout to another's address": s.Write(own, record.Create, "checkouts", resource.Ref{}, "cart", cart, "shippingAddress", address),
		"an invoice to another's address": s.Write(own, record.Create, "checkouts", resource.Ref{}, "cart", cart, "billingAddress", address),
		"a checkout of another's cart":    s.Write(own, record.Create, "checkouts", resource.Ref{}, "cart", s.Cart(mine, oneBolt), "shippingAddress", theirAddress),
		"a checkout with an order":        s.Write(own, record.Create, "checkouts", resource.Ref{}, "cart", cart, "order", id),
		"a cart for another's person":     s.Write(own, record.Create, "carts", resource.Ref{}, "customerUser", mine.User),
		"a note on another's order":       s.Write(own, record.Update, "orders", resource.Ref{ID: id}, "internalNote", "x"),
		"another price on his own line":   s.Write(own, record.Create, "orderLines", resource.Ref{}, "order", id, "price", "0"),
		"a change of the placed checkout": s.Write(s.As(mine), record.Update, "checkouts", resource.Ref{ID: checkout}, "poNumber", "other"),
		"no placed checkout any more":     s.Write(s.As(mine), record.Delete, "checkouts", resource.Ref{ID: checkout}),
	} {
		if c.Outcome != record.Failed {
			t.Errorf("a buyer made %s: %s", what, c.Outcome)
		}
	}
}
