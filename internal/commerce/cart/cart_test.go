package cart_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
)

func TestCartsShowWhatTheyCost(t *testing.T) {
	h := commercetest.New(t)
	buyer := h.Buyer("1000")
	list := h.List("own", "customer_id", buyer.Customer, 0)
	bolt, nut, gone := h.Product("bolt"), h.Product("nut"), h.Product("gone")
	h.Price(list, bolt, "0", "0.125")
	h.Price(list, bolt, "100", "0.1")
	h.Price(list, nut, "0", "2")
	cart := h.Insert("cart", map[string]any{"customer_id": buyer.Customer, "customer_user_id": buyer.User})
	for product, quantity := range map[string]string{bolt: "1", nut: "3", gone: "5"} {
		h.Insert("cart_line", map[string]any{"cart_id": cart, "product_id": product, "quantity": quantity})
	}
	want := map[string]any{"lineCount": 3.0, "subtotal": "6.13"}
	if diff := cmp.Diff(want, h.Get(h.As(buyer), "carts", cart, "lineCount", "subtotal")); diff != "" {
		t.Error(diff)
	}
	if got := h.Get(h.As(h.Buyer("2000")), "carts", cart); got != nil {
		t.Errorf("another customer sees the cart: %v", got)
	}
}

// A buyer's carts with what they cost are one statement that finds prices by their key.
func TestCartsAreOneStatement(t *testing.T) {
	h := commercetest.New(t)
	carts, _ := h.Schema.Type("carts")
	sql, args, err := h.Store.Statement(&record.Query{Type: carts, Size: 25, Number: 1}, h.As(h.Buyer("1000")))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(sql, "AS MATERIALIZED"); n != 1 {
		t.Errorf("the chain of price lists is found %d times", n)
	}
	if _, err := h.Pool.Exec(context.Background(), sql, args...); err != nil {
		t.Error(err)
	}
}
