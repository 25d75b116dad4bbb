package payment_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/module"
)

func trouble(class module.Class) error {
	return &module.Error{Class: class, Code: "of_module", Detail: "what is wrong"}
}

// What becomes of an authorization and of a capture after each class of error.
func TestErrorsOfGateways(t *testing.T) {
	c := newCounter(t)
	for name, want := range map[string]struct {
		err                 error
		authorized, capture string // what comes of them
	}{
		"refused":      {trouble(module.Refused), "failed 0/0/0 of_module", "failed of_module"},
		"unauthorized": {trouble(module.Unauthorized), "failed 0/0/0 not_configured", "pending not_configured"},
		"invalid":      {trouble(module.Invalid), "failed 0/0/0 not_configured", "failed not_configured"},
		"connection":   {trouble(module.Connection), "pending 0/0/0", "pending unreachable"},
		"intermittent": {trouble(module.Intermittent), "pending 0/0/0", "pending unreachable"},
		"rateLimit":    {&module.Error{Class: module.RateLimited, RetryAfter: time.Minute}, "pending 0/0/0", "pending unreachable"},
		"any other":    {errors.New("broken pipe"), "pending 0/0/0", "pending unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			c.T = t
			p := c.open("till", "10", "tok_good")
			c.gateway.before = func(module.PaymentRequest) error { return want.err }
			p.settle(c.one)
			p.want(want.authorized)
			c.gateway.before = nil
			if p.state() == "pending 0/0/0" {
				p.settle(c.two) // not yet: the pause is not over
				p.want("pending 0/0/0")
				var wait, tries float64
				c.Scan(&wait, "SELECT extract(epoch FROM due_at - clock_timestamp()) FROM payment_work WHERE transaction_id = $1", p.attempt)
				c.Scan(&tries, "SELECT tries FROM payment_work WHERE transaction_id = $1", p.attempt)
				if least := map[string]float64{"rateLimit": 50}[name]; wait < max(least, 1) || wait > 61 || tries != 1 {
					t.Errorf("the next try, after %v, is in %v s", tries, wait)
				}
				c.hasty()
				p.settle(c.two)
				p.want("authorized 10/0/0")
			}
			p = c.open("till", "10", "tok_good")
			p.settle(c.one)
			c.gateway.before = func(module.PaymentRequest) error { return want.err }
			if got := p.run(c.one, "capture", nil); got != want.capture {
				t.Errorf("the capture is %s, want %s", got, want.capture)
			}
			p.want("authorized 10/0/0")
			c.gateway.before = nil
			if strings.HasPrefix(want.capture, "pending") {
				if got := p.run(c.two, "capture", amount("0.01")); got != "not_authorized" {
					t.Errorf("beside a capture that waits: %s", got)
				}
				c.hasty()
				c.sweep(c.two)
				p.want("captured 10/10/0")
			} else if got := p.run(c.one, "capture", nil); got != "succeeded" {
				t.Errorf("once more: %s", got)
			}
		})
	}
}

// Staff reads what to do; the buyer a code alone.
func TestWordsForStaff(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_good")
	c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Unauthorized) }
	p.settle(c.one)
	staff, buyer := c.Get(c.Caller, "payments", p.id), c.Get(c.As(c.buyer), "payments", p.id)
	if m, _ := staff["message"].(string); !strings.Contains(m, "credentials") || !strings.Contains(m, "till") || staff["code"] != "not_configured" {
		t.Errorf("staff reads %v", staff)
	}
	if buyer["message"] != nil || buyer["code"] != "not_configured" || buyer["status"] != "failed" {
		t.Errorf("the buyer reads %v", buyer)
	}
}

func TestDeclinedAndTriedAgain(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_declined")
	p.settle(c.one)
	p.want("failed 0/0/0 declined")
	if got := p.run(c.one, "capture", nil); got != "not_authorized" {
		t.Error(got)
	}
	again := func(token string) string { return p.run(c.one, "authorize", map[string]any{"token": token}) }
	if got := again("tok_declined"); got != "failed declined" {
		t.Error(got)
	}
	p.want("failed 0/0/0 declined")
	if got := again("tok_good"); got != "succeeded" {
		t.Error(got)
	}
	p.want("authorized 10/0/0")
	p.went(payment.Failed, payment.Pending, payment.Failed, payment.Pending, payment.Authorized)
	// The first attempt was not declined for good: its money arrives, and goes back.
	c.gateway.buyer(p.attempt, func(d *deposit) { d.approve(true) })
	if err := p.event(c.one, "evt_1"); err != nil {
		t.Error(err)
	}
	c.hasty()
	c.sweep(c.one)
	p.want("authorized 10/0/0")
	if got := c.gateway.has(p.attempt); got != "captured 10/10/10" {
		t.Errorf("of the first attempt the gateway has %s", got)
	}
	c.Exec("UPDATE sales_order SET status = 'cancelled' WHERE id = $1", p.order)
	if got := p.run(c.one, "cancel", nil); got != "succeeded" {
		t.Error(got)
	}
	if got := again("tok_good"); got != "order_cancelled" {
		t.Error(got)
	}
}

func TestAuthorizationExpires(t *testing.T) {
	c := newCounter(t)
	c.gateway.lasts = time.Millisecond
	p := c.open("till", "10", "tok_good")
	p.settle(c.one)
	p.want("authorized 10/0/0")
	c.gateway.buyer(p.attempt, func(d *deposit) { d.release(module.PaymentExpired) })
	c.hasty()
	c.sweep(c.one)
	p.want("expired 10/0/0")
	if got := p.run(c.one, "capture", nil); got != "not_authorized" {
		t.Error(got)
	}
	if got := p.run(c.one, "authorize", map[string]any{"token": "tok_good"}); got != "succeeded" {
		t.Error(got)
	}
	p.want("authorized 10/0/0")
	p.went(payment.Authorized, payment.Expired, payment.Pending, payment.Authorized)
}

// The order was cancelled while the gateway took the money, too late to be stopped: it goes back.
func TestOrderCancelledMeanwhile(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_sca")
	p.settle(c.one)
	c.gateway.buyer(p.attempt, func(d *deposit) { d.approve(true) })
	c.Exec("UPDATE sales_order SET status = 'cancelled' WHERE id = $1", p.order)
	if got := p.run(c.one, "cancel", nil); got != "failed wrong_state" {
		t.Error(got)
	}
	for range 2 {
		c.hasty()
		c.sweep(c.one)
	}
	p.want("refunded 10/10/10 order_cancelled")
	p.went(payment.RequiresAction, payment.Voided, payment.Refunded)
}

// A capture whose gateway did not answer is ahead of the order's cancellation: what it takes goes back.
func TestCancelledBehindACapture(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_good")
	p.settle(c.one)
	c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Connection) }
	if got := p.run(c.one, "capture", amount("6")); got != "pending unreachable" {
		t.Error(got)
	}
	c.gateway.before = nil
	c.Exec("UPDATE sales_order SET status = 'cancelled' WHERE id = $1", p.order)
	if got := p.run(c.one, "cancel", nil); got != "pending" { // it waits for the capture
		t.Error(got)
	}
	for range 4 {
		c.hasty()
		c.sweep(c.two)
	}
	p.want("refunded 10/6/6")
	if got := c.gateway.has(p.attempt); got != "captured 10/6/6" {
		t.Errorf("the gateway has %s; %s", got, p.steps())
	}
}

// A gateway that will not give late money back is asked some times, and not for ever.
func TestGivingBackIsRefused(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_declined")
	p.settle(c.one)
	c.gateway.buyer(p.attempt, func(d *deposit) { d.approve(true) })
	c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Refused) }
	if err := p.event(c.one, "evt_1"); err != nil {
		t.Error(err)
	}
	for range 8 {
		c.hasty()
		c.sweep(c.one)
	}
	if got := p.steps(); strings.Count(got, "refund 10 failed of_module") != 3 || strings.Contains(got, "pending") {
		t.Error(got)
	}
	c.gateway.before = nil
	if got := p.run(c.one, "refund", nil); got != "succeeded" { // staff does
		t.Error(got)
	}
	p.want("refunded 10/10/10 declined")
}

// Less than what is to be paid is no payment.
func TestAnotherAmount(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_sca")
	p.settle(c.one)
	c.gateway.buyer(p.attempt, func(d *deposit) { d.amount = d.amount.Div(two); d.approve(false) })
	if got := p.run(c.one, "refresh", nil); got != "failed 5/0/0 amount_differs" {
		t.Error(got)
	}
	c.hasty()
	c.sweep(c.one)
	if got := c.gateway.has(p.attempt); got != "voided 5/0/0" {
		t.Errorf("the gateway has %s", got)
	}
}

// A desk that runs does by itself what a test sweeps: what a node died before is asked for.
func TestRun(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_good")
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	done := make(chan error, 2)
	for _, n := range []*node{c.one, c.two} {
		go func() { done <- n.desk.Run(ctx) }()
	}
	c.hasty()
	c.one.desk.Nudge()
	for p.state() != "authorized 10/0/0" {
		if ctx.Err() != nil {
			t.Fatal("nobody asked the gateway")
		}
	}
	stop()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
