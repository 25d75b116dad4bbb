package payment_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/module"
)

// Where Stripe takes a payment only once the parts of a shipment are taken together, when the last has left.
func TestStripeCapturesOnce(t *testing.T) {
	s := newStreet(t)
	s.post(s.sim+"/_control", `{"multicapture":false}`)
	p := s.open("stripe", "119.00", s.card("pm_card_visa"))
	p.settle(s.one)
	p.want("authorized 119/0/0")
	for _, step := range []struct {
		due   string
		final bool
		want  string
	}{{"59.5", false, "authorized 119/0/0"}, {"80", false, "authorized 119/0/0"}, {"119", true, "captured 119/119/0"}, {"119", true, "captured 119/119/0"}} {
		if got := p.shipped(step.due, step.final); got != step.want {
			t.Errorf("shipped %s: %s, want %s", step.due, got, step.want)
		}
	}
	if got := p.steps(); got != "capture 119 succeeded" {
		t.Error(got)
	}
}

// Goods that leave when nothing can be taken any more are told of, once for each sum that is missing.
func TestPaymentShort(t *testing.T) {
	s := newStreet(t)
	s.post(s.sim+"/_control", `{"multicapture":false}`)
	p := s.open("stripe", "119.00", s.card("pm_card_visa"))
	p.settle(s.one)
	if got := p.run(s.one, string(module.Capture), amount("19")); got != "succeeded" { // by hand, which lets go of the rest
		t.Fatal(got)
	}
	p.want("captured 119/19/0")
	for _, step := range []struct{ due, want string }{
		{"19", "capture 19 succeeded"},
		{"59.5", "capture 19 succeeded, capture 40.5 failed payment_short"},
		{"59.5", "capture 19 succeeded, capture 40.5 failed payment_short"},
		{"119", "capture 19 succeeded, capture 40.5 failed payment_short, capture 100 failed payment_short"},
	} {
		p.shipped(step.due, step.due == "119")
		if got := p.steps(); got != step.want {
			t.Errorf("shipped %s: %s, want %s", step.due, got, step.want)
		}
		p.want("captured 119/19/0")
	}
	var told int
	s.Scan(&told, "SELECT count(*) FROM change WHERE event = 'order.paymentShort' AND $1::uuid = ANY (ids)", p.order)
	if told != 2 {
		t.Errorf("it was told %d times", told)
	}
}

// Goods leave while a cancellation waits for its gateway: staff is told at once, whatever the gateway will answer.
func TestShippedWhileCancelling(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "100", "tok_good")
	p.settle(c.one)
	c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Connection) }
	p.run(c.one, "cancel", nil)
	p.shipped("100", true)
	c.gateway.before = nil
	c.hasty()
	c.sweep(c.two)
	p.want("voided 100/0/0")
	var told int
	c.Scan(&told, "SELECT count(*) FROM change WHERE event = 'order.paymentShort'")
	if told != 1 {
		t.Errorf("goods worth 100 have left, the payment has %s, and it was told %d times", p.steps(), told)
	}
}

// A refund that its gateway refuses, or that bounces, is told at the order; the money can be asked for again by amount.
func TestRefundFailedIsTold(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "100", "tok_good")
	p.settle(c.one)
	p.run(c.one, "capture", nil)
	c.gateway.before = func(r module.PaymentRequest) error {
		if r.Action == module.Refund {
			return &module.Error{Class: module.Refused, Code: "account_closed", Detail: "The account is closed."}
		}
		return nil
	}
	if got := p.run(c.one, "refund", map[string]any{"amount": "30", "reason": "broken"}); got != "failed account_closed" {
		t.Error(got)
	}
	p.settle(c.one)
	var told string
	c.Scan(&told, `SELECT string_agg(concat_ws(' ', data->>'amount', data->>'currency', data->>'reason', data->>'code'), ', ')
		FROM change WHERE event = 'order.refundFailed' AND $1::uuid = ANY (ids)`, p.order)
	if told != "30 EUR broken account_closed" {
		t.Errorf("told %q", told)
	}
	c.gateway.before = nil
	if got := p.run(c.one, "refund", amount("30")); got != "succeeded" {
		t.Error(got)
	}
	p.want("partlyRefunded 100/100/30")
}
