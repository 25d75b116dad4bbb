package order_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is given back of an order on account does not hide what is still owed.
func TestRefundFreesNoCredit(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	c.Exec("UPDATE customer SET credit_limit = 6 WHERE id = $1", buyer.Customer)
	if _, err := c.Place(c.As(buyer), c.Checkout(c.Cart(buyer, oneBolt), address)); err != nil {
		t.Fatal(err)
	}
	var payment string
	c.Scan(&payment, "SELECT id::text FROM payment")
	for _, name := range []string{"capture", "refund"} {
		if _, _, err := c.Run(c.one.Runner, c.Caller, "payments", name, payment, map[string]any{"amount": "0.01"}, ""); err != nil {
			t.Fatal(name, err)
		}
	}
	if _, err := c.Place(c.As(buyer), c.Checkout(c.Cart(buyer, oneBolt), address)); !cmp.Equal(codes(err), []string{"credit_limit"}) {
		t.Errorf("5.03 are owed of 6, and another order of 5.03 is taken: %v", err)
	}
}

// Staff stops the payment of an order on account; the buyer does not put it back on account by himself, past credit and blocks.
func TestBuyerGivesHimselfNoCredit(t *testing.T) {
	c := newTill(t)
	buyer, address := c.Trader("1000")
	if _, err := c.Place(c.As(buyer), c.Checkout(c.Cart(buyer, oneBolt), address)); err != nil {
		t.Fatal(err)
	}
	var payment string
	c.Scan(&payment, "SELECT id::text FROM payment")
	if _, _, err := c.Run(c.one.Runner, c.Caller, "payments", "cancel", payment, nil, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Run(c.one.Runner, c.As(buyer), "payments", "authorize", payment, nil, ""); !cmp.Equal(codes(err), []string{"seller_only"}) {
		t.Errorf("the buyer authorizes his own credit: %v", err)
	}
	if _, _, err := c.Run(c.one.Runner, c.Caller, "payments", "authorize", payment, nil, ""); err != nil {
		t.Errorf("staff puts it back on account: %v", err)
	}
}
