package payment_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
)

func TestAuthorizeCaptureRefund(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "100", "tok_good")
	p.want("pending 0/0/0")
	p.settle(c.one)
	p.want("authorized 100/0/0")
	for _, s := range []struct {
		name  string
		input map[string]any
		got   string
		state string
	}{
		{"refund", nil, "nothing_to_refund", "authorized 100/0/0"},
		{"capture", amount("0"), "invalid_amount", "authorized 100/0/0"},
		{"capture", amount("0.001"), "invalid_amount", "authorized 100/0/0"},
		{"capture", amount("100.01"), "amount_too_high", "authorized 100/0/0"},
		{"capture", amount("60"), "succeeded", "partlyCaptured 100/60/0"},
		{"capture", amount("40.01"), "amount_too_high", "partlyCaptured 100/60/0"},
		{"refund", amount("60.01"), "amount_too_high", "partlyCaptured 100/60/0"},
		{"capture", nil, "succeeded", "captured 100/100/0"},
		{"capture", nil, "not_authorized", "captured 100/100/0"},
		{"cancel", nil, "nothing_to_cancel", "captured 100/100/0"},
		{"authorize", nil, "already_authorized", "captured 100/100/0"},
		{"refund", amount("30"), "succeeded", "partlyRefunded 100/100/30"},
		{"refund", nil, "succeeded", "refunded 100/100/100"},
		{"refund", nil, "nothing_to_refund", "refunded 100/100/100"},
		{"refresh", nil, "refunded 100/100/100", "refunded 100/100/100"},
	} {
		if got := p.run(c.one, s.name, s.input); got != s.got {
			t.Errorf("%s %v: %s, want %s", s.name, s.input, got, s.got)
		}
		p.want(s.state)
	}
	if got := c.gateway.has(p.attempt); got != "captured 100/100/100" {
		t.Error(got)
	}
	var left int
	c.Scan(&left, "SELECT count(*) FROM payment_work")
	if left != 0 {
		t.Errorf("%d questions are left", left)
	}
}

// A buyer tries again and looks after his own payment, and no other's; what is staff's he may not do.
func TestBuyersCommands(t *testing.T) {
	c := newCounter(t)
	buyer, other := c.As(c.buyer), c.As(c.Buyer("2000"))
	p := c.open("till", "10", "tok_declined")
	p.settle(c.one)
	as := func(who access.Caller, name string, input map[string]any) string {
		p.Caller = who
		defer func() { p.Caller = access.SystemCaller(c.Organization, "test") }()
		return p.run(c.two, name, input)
	}
	again := map[string]any{"token": "tok_sca", "returnUrl": "https://shop.test/back"}
	for _, s := range []struct {
		who   access.Caller
		name  string
		input map[string]any
		want  string
	}{
		{other, "authorize", again, "not_found"}, {other, "refresh", nil, "not_found"}, {buyer, "authorize", again, "requiresAction"},
		{buyer, "authorize", again, "already_authorized"}, {buyer, "capture", nil, "forbidden"}, {buyer, "refund", nil, "forbidden"},
		{buyer, "cancel", nil, "forbidden"}, {buyer, "refresh", nil, "requiresAction 0/0/0"},
	} {
		if got := as(s.who, s.name, s.input); got != s.want {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
		}
	}
	shown := c.Get(buyer, "payments", p.id)
	if shown["nextUrl"] == nil || shown["gatewayReference"] != nil || shown["captureBefore"] != nil {
		t.Errorf("the buyer is shown %v", shown)
	}
	if c.Get(other, "payments", p.id) != nil || c.Get(other, "paymentTransactions", p.attempt) != nil {
		t.Error("another buyer is shown the payment")
	}
	c.gateway.mu.Lock()
	for _, d := range c.gateway.payments {
		if d.status == "requiresAction" {
			d.approve(false)
		}
	}
	c.gateway.mu.Unlock()
	if got := as(buyer, "refresh", nil); got != "authorized 10/0/0" {
		t.Error(got)
	}
}
