package payment_test

import "testing"

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
