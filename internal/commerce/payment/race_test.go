package payment_test

import (
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

var two = decimal.NewFromInt(2)

func euros(d decimal.Decimal) money.Amount { return money.Of(d, "EUR") }

// tally runs a command many times at once on both nodes and counts the answers.
func (p *paid) tally(times int, name string, input map[string]any) map[string]int {
	p.T.Helper()
	var mu sync.Mutex
	answers := map[string]int{}
	var all sync.WaitGroup
	for i := range times {
		all.Go(func() {
			got := p.run([]*node{p.one, p.two}[i%2], name, input)
			mu.Lock()
			answers[got]++
			mu.Unlock()
		})
	}
	all.Wait()
	return answers
}

// Case 12: whatever is clicked twice or asked for on two nodes, no more is taken than is authorized, nor given back than taken.
func TestCaptureAndRefundRace(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "100", "tok_good")
	p.settle(c.one)
	if got := p.tally(12, "capture", amount("30")); got["succeeded"] != 3 || got["amount_too_high"] != 9 {
		t.Errorf("captures: %v", got)
	}
	p.want("partlyCaptured 100/90/0")
	if got := p.tally(6, "capture", nil); got["succeeded"] != 1 || got["not_authorized"] != 5 {
		t.Errorf("the rest: %v", got)
	}
	p.want("captured 100/100/0")
	if got := p.tally(12, "refund", amount("40")); got["succeeded"] != 2 || got["amount_too_high"] != 10 {
		t.Errorf("refunds: %v", got)
	}
	if got := p.tally(6, "refund", nil); got["succeeded"] != 1 || got["nothing_to_refund"] != 5 {
		t.Errorf("the rest: %v", got)
	}
	p.want("refunded 100/100/100")
	if got := c.gateway.has(p.attempt); got != "captured 100/100/100" {
		t.Errorf("the gateway has %s", got)
	}
}

// Capture and cancel at once: one of them gets the money.
func TestCaptureAndCancelRace(t *testing.T) {
	c := newCounter(t)
	for range 8 {
		p := c.open("till", "10", "tok_good")
		p.settle(c.one)
		var both sync.WaitGroup
		var captured, cancelled string
		both.Go(func() { captured = p.run(c.one, "capture", nil) })
		both.Go(func() { cancelled = p.run(c.two, "cancel", nil) })
		both.Wait()
		switch {
		case captured == "succeeded" && cancelled == "nothing_to_cancel":
			p.want("captured 10/10/0")
		case cancelled == "succeeded" && (captured == "cancelling" || captured == "not_authorized"):
			p.want("voided 10/0/0")
		default:
			t.Errorf("capture %s, cancel %s, %s", captured, cancelled, p.state())
		}
	}
}

// Many settle one payment: the gateway is asked once, and all know the outcome when they return.
func TestSettledByMany(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_good")
	started := make(chan bool, 1)
	goOn := make(chan bool)
	c.gateway.before = func(module.PaymentRequest) error { started <- true; <-goOn; return nil }
	var all sync.WaitGroup
	settle := func(n *node) {
		all.Go(func() {
			p.settle(n)
			p.want("authorized 10/0/0")
		})
	}
	settle(c.one)
	<-started
	for range 4 {
		settle(c.two)
	}
	goOn <- true
	all.Wait()
	if len(c.gateway.calls) != 1 {
		t.Errorf("the gateway was asked %v", c.gateway.calls)
	}
	p.went("authorized")
}

// A node that hangs in its call loses its claim; another asks with the same key, and both answers mean the same.
func TestClaimIsTakenOver(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_good")
	asked, goOn := make(chan bool), make(chan bool)
	first := true
	c.gateway.after = func(module.PaymentRequest) error {
		if first {
			first = false
			asked <- true
			<-goOn
		}
		return nil
	}
	hanging := make(chan bool)
	go func() { p.settle(c.one); close(hanging) }()
	<-asked
	c.sweep(c.two)
	p.want("pending 0/0/0")
	c.hasty() // the claim has run out
	c.sweep(c.two)
	p.want("authorized 10/0/0")
	goOn <- true
	<-hanging
	p.want("authorized 10/0/0")
	p.went("authorized")
	if n := c.gateway.done[p.attempt]; n != 1 || len(c.gateway.calls) != 2 {
		t.Errorf("carried out %d times, asked %v", n, c.gateway.calls)
	}
}
