package payment_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
)

const claimedSQL = `UPDATE payment_work SET tries = 1, claim = gen_random_uuid(), claimed_until = now() + interval '1 minute' WHERE transaction_id = $1`

// arrives lets the gateway hear of the authorization of a node that is gone by then.
func (p *paid) arrives() {
	p.T.Helper()
	if _, err := p.gateway.pay(module.PaymentRequest{Action: module.Authorize, Attempt: p.attempt, Token: "tok_good", Amount: euros(decimal.NewFromInt(10))}); err != nil {
		p.T.Error(err)
	}
}

// heardOf sweeps when the longest call is over, and wants what arrived to be gone again.
func (p *paid) heardOf() {
	p.T.Helper()
	var wait float64
	p.Scan(&wait, "SELECT coalesce(max(extract(epoch FROM due_at - clock_timestamp())), 0) FROM payment_work WHERE transaction_id = $1 AND due_at < 'infinity'", p.attempt)
	if wait < 60 || wait > 100 {
		p.T.Errorf("the gateway is looked at again in %v s; %s", wait, p.steps())
	}
	for range 3 {
		p.hasty()
		p.sweep(p.two)
	}
	p.want("voided 10/0/0 cancelled")
	if got := p.gateway.has(p.attempt); got != "voided 10/0/0" {
		p.T.Errorf("the gateway has %s; %s", got, p.steps())
	}
}

// A payment is cancelled while a node asks for it, which then dies: the gateway knows of nothing yet, and authorizes a moment
// later. It is looked at again when the call must be over.
func TestCancelledDuringTheCallOfANodeThatDies(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_good")
	p.Exec(claimedSQL, p.attempt)
	if got := p.run(c.two, "cancel", nil); got != "succeeded" {
		t.Error(got)
	}
	p.want("voided 0/0/0 cancelled")
	p.arrives()
	p.heardOf()

	p = c.open("till", "10", "tok_good") // nothing arrives
	p.Exec(claimedSQL, p.attempt)
	p.run(c.two, "cancel", nil)
	for range 2 {
		c.hasty()
		c.sweep(c.two)
	}
	var left int
	c.Scan(&left, "SELECT count(*) FROM payment_work WHERE payment_id = $1", p.id)
	if left != 0 {
		t.Errorf("%d questions are left", left)
	}
}

// A node claims the call in the moment in which the payment is cancelled: it counts as asked for.
func TestCancelledWhileClaimed(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_good")
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	cancelled := make(chan string, 1)
	err := pgx.BeginFunc(ctx, c.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, claimedSQL, p.attempt); err != nil {
			return err
		}
		go func() { cancelled <- p.run(c.two, "cancel", nil) }()
		for waits := 0; waits == 0 && ctx.Err() == nil; {
			c.Scan(&waits, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
		}
		return nil
	})
	if got := <-cancelled; err != nil || got != "succeeded" {
		t.Error(got, err)
	}
	p.arrives()
	p.heardOf()
}
