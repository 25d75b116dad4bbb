package payment_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/module"
)

// lose lets a step reach the gateway and its answer be lost; after that nobody can ask, and the two sweeps find out nothing.
func (c *counter) lose(step func()) {
	c.gateway.after = func(module.PaymentRequest) error { return trouble(module.Connection) }
	step()
	c.gateway.after = nil
	c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Invalid) }
	c.gateway.looking = func(module.PaymentLookup) error { return trouble(module.Invalid) }
	c.hasty()
	c.sweep(c.two)
	c.sweep(c.two)
}

// mend lets the gateway be asked again.
func (c *counter) mend() {
	c.gateway.before, c.gateway.looking = nil, nil
	c.hasty()
	c.sweep(c.two)
}

// A capture that the gateway did and whose answer was lost counts until it is known, also where the channel cannot be asked any
// more: nothing is taken twice.
func TestDoubtfulCaptureCounts(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "100", "tok_good")
	p.settle(c.one)
	c.lose(func() { p.shipped("40", false) })
	if got := p.steps(); got != "capture 40 pending not_configured" {
		t.Errorf("while nobody knows: %s", got)
	}
	c.gateway.before = nil
	p.shipped("60", false)
	c.mend()
	c.hasty()
	c.sweep(c.one)
	if got := c.gateway.has(p.attempt); got != "authorized 100/60/0" {
		t.Errorf("goods worth 60 have left and the gateway has %s; the steps are %s", got, p.steps())
	}
	p.want("partlyCaptured 100/60/0")
	if got := p.steps(); got != "capture 40 succeeded, capture 20 succeeded" {
		t.Error(got)
	}
}

// A refund that was done is not called failed, so that staff does not give the money back a second time.
func TestDoubtfulRefundIsNotCalledFailed(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "100", "tok_good")
	p.settle(c.one)
	p.run(c.one, "capture", nil)
	c.lose(func() { p.run(c.one, "refund", amount("30")) })
	if got := p.run(c.one, "refund", amount("70.01")); got != "amount_too_high" {
		t.Errorf("the refund does not count: %s", got)
	}
	c.mend()
	var told int
	c.Scan(&told, "SELECT count(*) FROM change WHERE event = 'order.refundFailed'")
	if got := p.steps(); got != "capture 100 succeeded, refund 30 succeeded" || told != 0 {
		t.Errorf("%s, and a failure is told %d times", got, told)
	}
	p.want("partlyRefunded 100/100/30")
}

// What the gateway never did is given up when a look has told so. Of goods that have left that is told.
func TestDoubtfulCaptureThatWasNotDone(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "100", "tok_good")
	p.settle(c.one)
	c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Connection) }
	p.shipped("40", true)
	c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Invalid) }
	c.hasty()
	c.sweep(c.two)
	if got := p.steps(); got != "capture 40 pending not_configured" {
		t.Errorf("while nobody knows: %s", got)
	}
	c.mend()
	if got := p.steps(); got != "capture 40 failed not_configured" {
		t.Errorf("once it is known: %s", got)
	}
	var told int
	c.Scan(&told, "SELECT count(*) FROM change WHERE event = 'order.captureFailed' AND $1::uuid = ANY (ids)", p.order)
	if told != 1 {
		t.Errorf("it is told %d times", told)
	}
	p.want("authorized 100/0/0")
}
