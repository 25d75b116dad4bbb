package payment_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/module"
)

// past makes a payment older.
func (p *paid) past(hours string) {
	p.Exec("UPDATE payment SET created_at = now() - $2::interval WHERE id = $1", p.id, hours)
	p.Exec("UPDATE payment_transaction SET created_at = now() - $2::interval WHERE payment_id = $1", p.id, hours)
}

func TestGivenUp(t *testing.T) {
	c := newCounter(t)
	c.one.desk.GiveUp = 40 * time.Minute
	waiting := func(token string) *paid {
		p := c.open("till", "10", token)
		p.settle(c.one)
		return p
	}
	drop := func(p *paid) {
		p.past("41 minutes")
		c.sweep(c.one)
		c.hasty()
		c.sweep(c.one)
	}
	t.Run("the buyer went away", func(t *testing.T) {
		c.T = t
		p := waiting("tok_sca")
		c.sweep(c.one)
		p.want("requiresAction 0/0/0")
		drop(p)
		p.want("voided 0/0/0 abandoned")
		if got := c.gateway.has(p.attempt); got != "voided 0/0/0" {
			t.Errorf("the gateway has %s", got)
		}
		p.went(payment.RequiresAction, payment.Voided)
	})
	t.Run("nobody was ever asked", func(t *testing.T) {
		c.T = t
		p := c.open("till", "10", "tok_good")
		p.Exec("UPDATE payment_work SET due_at = now() + interval '1 day' WHERE payment_id = $1", p.id)
		p.past("1 hour")
		c.sweep(c.one)
		p.want("voided 0/0/0 abandoned")
		if got := c.gateway.has(p.attempt); got != "nothing" {
			t.Errorf("the gateway has %s", got)
		}
	})
	t.Run("the answer was lost", func(t *testing.T) {
		c.T = t
		c.gateway.after = func(r module.PaymentRequest) error { return trouble(module.Connection) }
		p := waiting("tok_good")
		p.want("pending 0/0/0")
		c.gateway.after = nil
		drop(p)
		p.want("voided 10/0/0 abandoned")
		if got := c.gateway.has(p.attempt); got != "voided 10/0/0" {
			t.Errorf("the gateway has %s", got)
		}
		p.went(payment.Voided)
	})
	t.Run("the gateway never heard of it", func(t *testing.T) {
		c.T = t
		c.gateway.before = func(r module.PaymentRequest) error { return trouble(module.Connection) }
		p := waiting("tok_good")
		drop(p)
		p.want("voided 0/0/0 abandoned")
		c.gateway.before = nil
	})
	for name, how := range map[string]string{"the channel is gone": "DELETE FROM channel WHERE id = $1", "the channel is misconfigured": ""} {
		t.Run(name, func(t *testing.T) {
			c := newCounter(t)
			c.one.desk.GiveUp = 40 * time.Minute
			p := c.open("till", "10", "tok_sca")
			p.settle(c.one)
			if how != "" {
				c.Exec(how, c.channel)
			}
			c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Invalid) }
			c.gateway.looking = func(module.PaymentLookup) error { return trouble(module.Invalid) }
			p.past("41 minutes")
			c.sweep(c.one)
			c.hasty()
			c.sweep(c.one)
			p.want("requiresAction 0/0/0")
			p.past("81 minutes")
			c.sweep(c.one)
			p.want("voided 0/0/0 abandoned")
			p.went(payment.RequiresAction, payment.Voided)
			for range 2 {
				c.hasty()
				c.sweep(c.one)
			}
			if got := p.steps(); got != "cancel 0 failed not_configured" {
				t.Error(got)
			}
		})
	}
	t.Run("the money came at the last moment", func(t *testing.T) {
		c.T = t
		p := waiting("tok_sca")
		c.gateway.buyer(p.attempt, func(d *deposit) { d.approve(true) })
		drop(p)
		p.want("captured 10/10/0")
		p.went(payment.RequiresAction, payment.Captured)
	})
}

// A payment that cannot be given up stands in the way of no other, and is put off.
func TestGivingUpGoesOn(t *testing.T) {
	c := newCounter(t)
	poisoned := c.open("till", "10", "tok_good")
	c.told.refuses = poisoned.id
	other := c.open("till", "10", "tok_good")
	c.Exec("UPDATE payment_work SET due_at = now() + interval '1 day'")
	poisoned.past("3 hours")
	other.past("2 hours")
	if err := c.one.desk.Sweep(context.Background()); err == nil || !strings.Contains(err.Error(), poisoned.id) {
		t.Errorf("what went wrong is not told: %v", err)
	}
	poisoned.want("pending 0/0/0")
	other.want("voided 0/0/0 abandoned")
	c.sweep(c.one) // it is left alone for a while
	c.told.refuses = ""
	c.sweep(c.two)
	poisoned.want("voided 0/0/0 abandoned")
}

// While a cancellation waits for its answer an authorization that is heard of does not count: the order must not be taken for
// paid and lose its money a moment later. Where the gateway refuses to cancel it counts.
func TestHeardOfWhileBeingCancelled(t *testing.T) {
	for want, refuses := range map[string]bool{"voided 10/0/0 abandoned": false, "authorized 10/0/0": true} {
		c := newCounter(t)
		p := c.open("till", "10", "tok_sca")
		p.settle(c.one)
		p.past("61 minutes")
		c.sweep(c.one) // the cancellation is written, and not asked for yet
		c.gateway.buyer(p.attempt, approve)
		if err := p.event(c.two, "evt_1"); err != nil {
			t.Error(err)
		}
		p.want("requiresAction 10/0/0")
		if got := p.run(c.one, "capture", nil); got != "not_authorized" {
			t.Error(got)
		}
		if refuses {
			c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Refused) }
		}
		for range 2 {
			c.hasty()
			c.sweep(c.two)
		}
		p.want(want)
	}
}

// The gateway does not answer for as long again: the payment is over, and what arrives later goes back.
func TestMoneyThatArrivesLate(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(d *deposit)
		want string
		has  string
	}{
		"authorized": {approve, "voided 10/0/0 abandoned", "voided 10/0/0"},
		"captured":   {func(d *deposit) { d.approve(true) }, "refunded 10/10/10 abandoned", "captured 10/10/10"},
	} {
		t.Run(name, func(t *testing.T) {
			n := newCounter(t)
			p := n.open("till", "10", "tok_sca")
			p.settle(n.one)
			n.gateway.before = func(module.PaymentRequest) error { return trouble(module.Connection) }
			n.gateway.looking = func(module.PaymentLookup) error { return trouble(module.Connection) }
			p.past("61 minutes")
			n.sweep(n.one)
			n.hasty()
			n.sweep(n.two)
			p.want("requiresAction 0/0/0")
			p.past("121 minutes")
			n.sweep(n.two)
			p.want("voided 0/0/0 abandoned")
			n.gateway.before, n.gateway.looking = nil, nil
			n.gateway.buyer(p.attempt, c.do)
			if err := p.event(n.one, "evt_late"); err != nil {
				t.Error(err)
			}
			for range 3 {
				n.hasty()
				n.sweep(n.one)
			}
			p.want(c.want)
			if got := n.gateway.has(p.attempt); got != c.has {
				t.Errorf("the gateway has %s, want %s; %s", got, c.has, p.steps())
			}
			for _, s := range n.told.of(p.id) {
				if s == payment.Authorized || s == payment.Captured {
					t.Errorf("the order was told %v", n.told.of(p.id))
				}
			}
		})
	}
}
