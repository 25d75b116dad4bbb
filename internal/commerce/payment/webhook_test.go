package payment_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/module"
)

// event is a message of the gateway about an attempt, by its number alone as most are.
func (p *paid) event(n *node, id string) error {
	var reference string
	p.gateway.buyer(p.attempt, func(d *deposit) { reference = d.reference })
	return n.desk.Event(context.Background(), p.Organization, p.channel, module.Event{ID: id, Payment: &module.PaymentLookup{Reference: reference}})
}

func approve(d *deposit) { d.approve(false) }

func (p *paid) went(want ...payment.Status) {
	p.T.Helper()
	if got := p.told.of(p.id); !slices.Equal(got, want) {
		p.T.Errorf("the order was told %v, want %v", got, want)
	}
}

// Case 7: one message ten times at once, on two nodes.
func TestOneMessageTenTimes(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "50", "tok_sca")
	p.settle(c.one)
	p.want("requiresAction 0/0/0")
	var url string
	c.Scan(&url, "SELECT next_url FROM payment WHERE id = $1", p.id)
	if url != "https://bank.test/pay_1" {
		t.Errorf("the buyer is sent to %q", url)
	}
	c.gateway.buyer(p.attempt, approve)
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			if err := p.event([]*node{c.one, c.two}[i%2], "evt_1"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	p.want("authorized 50/0/0")
	p.went(payment.RequiresAction, payment.Authorized)
	var told, events int
	for _, ch := range c.told.changes {
		if ch.To == payment.Authorized {
			told++
		}
	}
	c.Scan(&events, "SELECT count(*) FROM change WHERE resource = 'payments' AND event = 'payment.authorized'")
	if told != 1 || events != 1 {
		t.Errorf("the order was told %d times, the log %d times", told, events)
	}
	c.Scan(&url, "SELECT coalesce(max(next_url), '') FROM payment WHERE id = $1", p.id)
	if url != "" {
		t.Errorf("the buyer is still sent to %q", url)
	}
}

// Case 8: what an older message saw arrives behind what a newer one saw.
func TestOlderMessageArrivesLater(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "50", "tok_sca")
	p.settle(c.one)
	c.gateway.buyer(p.attempt, approve)
	looked, goOn := make(chan bool), make(chan bool)
	var looks atomic.Int32
	c.gateway.seen = func(*module.PaymentState) {
		if looks.Add(1) == 1 { // the first holds what it saw
			looked <- true
			<-goOn
		}
	}
	late := make(chan error, 1)
	go func() { late <- p.event(c.one, "evt_authorized") }()
	<-looked
	c.gateway.buyer(p.attempt, func(d *deposit) { d.status, d.captured = module.PaymentCaptured, d.authorized })
	if err := p.event(c.two, "evt_captured"); err != nil {
		t.Error(err)
	}
	p.want("captured 50/50/0")
	goOn <- true
	if err := <-late; err != nil {
		t.Error(err)
	}
	p.want("captured 50/50/0")
	p.went(payment.RequiresAction, payment.Captured)
	var again bool
	c.Scan(&again, "SELECT EXISTS (SELECT FROM payment_work WHERE payment_id = $1 AND ask = 'look' AND due_at <= now())", p.id)
	if !again {
		t.Error("the gateway is not asked once more, although nobody knows which answer was the newer")
	}
	c.hasty()
	c.sweep(c.one)
	p.want("captured 50/50/0")
}

// A refund bounced, and what an older message saw before that arrives behind it: the refund is not counted again.
func TestOlderMessageBehindABouncedRefund(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "50", "tok_good")
	p.settle(c.one)
	p.run(c.one, "capture", nil)
	p.run(c.one, "refund", nil)
	p.want("refunded 50/50/50")
	looked, goOn := make(chan bool), make(chan bool)
	var looks atomic.Int32
	c.gateway.seen = func(*module.PaymentState) {
		if looks.Add(1) == 1 {
			looked <- true
			<-goOn
		}
	}
	late := make(chan error, 1)
	go func() { late <- p.event(c.one, "evt_refunded") }()
	<-looked
	c.gateway.buyer(p.attempt, func(d *deposit) {
		d.refunded = d.refunded.Sub(d.captured)
		d.steps[len(d.steps)-1].Failed = true
	})
	if err := p.event(c.two, "evt_failed"); err != nil {
		t.Error(err)
	}
	p.want("captured 50/50/0")
	goOn <- true
	if err := <-late; err != nil {
		t.Error(err)
	}
	p.want("captured 50/50/0")
	var again bool
	c.Scan(&again, "SELECT EXISTS (SELECT FROM payment_work WHERE payment_id = $1 AND ask = 'look' AND due_at <= now())", p.id)
	if !again {
		t.Error("the gateway is not asked once more")
	}
	c.hasty()
	c.sweep(c.one)
	p.want("captured 50/50/0")
	if got := p.run(c.one, "refund", nil); got != "succeeded" {
		t.Errorf("another refund: %s", got)
	}
	p.want("refunded 50/50/50")
}

// The gateway's message comes before Pay has returned, and before its number of the payment is known here.
func TestMessageBeforeTheAnswer(t *testing.T) {
	for name, lost := range map[string]error{"answered": nil, "lost": errors.New("connection reset")} {
		t.Run(name, func(t *testing.T) {
			c := newCounter(t)
			p := c.open("till", "50", "tok_good")
			c.gateway.after = func(module.PaymentRequest) error {
				if err := p.event(c.two, "evt_1"); err != nil {
					t.Error(err)
				}
				p.want("authorized 50/0/0")
				return lost
			}
			p.settle(c.one)
			p.want("authorized 50/0/0")
			p.went(payment.Authorized)
			c.gateway.after = nil
			c.hasty()
			c.sweep(c.one)
			p.want("authorized 50/0/0")
			if n := c.gateway.done[p.attempt]; n != 1 {
				t.Errorf("authorized %d times", n)
			}
			var status, token string
			c.Scan(&status, "SELECT status FROM payment_transaction WHERE id = $1", p.attempt)
			c.Scan(&token, "SELECT coalesce(max(token), '') FROM payment_work")
			if status != "succeeded" || token != "" {
				t.Errorf("the transaction is %s, the token %q", status, token)
			}
		})
	}
}

// The answer to a capture is lost, and the gateway's message tells of it: the step is done, and nobody asks again.
func TestMessageTellsOfALostAnswer(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "50", "tok_good")
	p.settle(c.one)
	c.gateway.after = func(module.PaymentRequest) error { return trouble(module.Connection) }
	if got := p.run(c.one, "capture", amount("20")); got != "pending unreachable" {
		t.Error(got)
	}
	p.want("authorized 50/0/0")
	if err := p.event(c.two, "evt_1"); err != nil {
		t.Error(err)
	}
	p.want("partlyCaptured 50/20/0")
	asked := len(c.gateway.calls)
	c.hasty()
	c.sweep(c.one)
	if got := p.steps(); got != "capture 20 succeeded" || len(c.gateway.calls) != asked {
		t.Errorf("%s; the gateway was asked %v", got, c.gateway.calls)
	}
}

// A message whose payment cannot be looked at has no effect and comes again; one about a payment of others has none at all.
func TestMessageWithoutAnswer(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "50", "tok_sca")
	p.settle(c.one)
	c.gateway.buyer(p.attempt, approve)
	c.gateway.looking = func(module.PaymentLookup) error { return &module.Error{Class: module.Intermittent, Detail: "500"} }
	if err := p.event(c.one, "evt_1"); err == nil {
		t.Error("a message that had no effect was taken")
	}
	p.want("requiresAction 0/0/0")
	c.gateway.looking = nil
	c.sweep(c.two) // it is looked at without another message
	p.want("authorized 50/0/0")
	if err := p.event(c.one, "evt_1"); err != nil {
		t.Error(err)
	}
	other := &module.PaymentLookup{Reference: "pay_of_others", Attempt: p.id}
	if err := c.one.desk.Event(context.Background(), c.Organization, c.channel, module.Event{ID: "evt_2", Payment: other}); err != nil {
		t.Error(err)
	}
	if err := c.one.desk.Event(context.Background(), c.Organization, c.channel, module.Event{ID: "evt_3", Type: "ping"}); err != nil {
		t.Error(err)
	}
	p.want("authorized 50/0/0")
	// Another channel's message cannot touch the payment.
	foreign := c.Insert("channel", map[string]any{"code": "other", "name": "Other", "kind": "till"})
	c.gateway.buyer(p.attempt, func(d *deposit) { d.release(module.PaymentVoided) })
	lookup := &module.PaymentLookup{Reference: "pay_1", Attempt: p.attempt}
	if err := c.one.desk.Event(context.Background(), c.Organization, foreign, module.Event{ID: "evt_4", Payment: lookup}); err != nil {
		t.Error(err)
	}
	p.want("authorized 50/0/0")
}

// Steps made at the gateway's own screens are on the books too; the same told again is not.
func TestMadeAtTheGateway(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "50", "tok_good")
	p.settle(c.one)
	c.gateway.buyer(p.attempt, func(d *deposit) {
		d.status, d.captured, d.refunded = module.PaymentCaptured, d.authorized, d.authorized.Div(two)
		d.steps = append(d.steps, module.PaymentStep{Action: module.Capture, Step: "st_a", Amount: euros(d.captured)},
			module.PaymentStep{Action: module.Refund, Step: "st_b", Amount: euros(d.refunded)})
	})
	for i := range 3 {
		if err := p.event(c.one, fmt.Sprint("evt_", i)); err != nil {
			t.Error(err)
		}
	}
	p.want("partlyRefunded 50/50/25")
	if got := p.steps(); got != "capture 50 succeeded, refund 25 succeeded" {
		t.Error(got)
	}
	if got := p.run(c.one, "refund", amount("25.01")); got != "amount_too_high" {
		t.Error(got)
	}
	if got := p.run(c.one, "refund", nil); got != "succeeded" {
		t.Error(got)
	}
	p.want("refunded 50/50/50")
	// Days later the bank sends the last one back.
	c.gateway.buyer(p.attempt, func(d *deposit) {
		d.refunded = d.refunded.Div(two)
		d.steps[len(d.steps)-1].Failed = true
	})
	for i := range 2 {
		if err := p.event(c.two, fmt.Sprint("evt_back_", i)); err != nil {
			t.Error(err)
		}
	}
	p.want("partlyRefunded 50/50/25")
	if got := p.steps(); got != "capture 50 succeeded, refund 25 succeeded, refund 25 failed refund_failed" {
		t.Error(got)
	}
}
