package payment

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

const (
	sweepEvery  = time.Second
	sweepAtOnce = 8           // calls that one node's sweep makes side by side
	forgetEvery = time.Hour   // how often old messages are forgotten
	giveUpAfter = time.Hour   // see Desk.GiveUp
	giveUpEvery = time.Second // how often payments that wait too long are looked for
	giveUpMost  = 50          // payments given up in one go
)

// Nudge makes the sweep of this node look now. It never waits.
func (d *Desk) Nudge() {
	d.once.Do(d.prepare)
	select {
	case d.nudged <- struct{}{}:
	default:
	}
}

func (d *Desk) prepare() { d.nudged = make(chan struct{}, 1) }

// Run sweeps until ctx ends: it makes the calls that a node died before or that a gateway did not answer, looks at payments
// that wait for their buyers or whose authorization has run out, and gives up those that nobody goes on with. Any number of
// nodes may run it.
func (d *Desk) Run(ctx context.Context) error {
	d.once.Do(d.prepare)
	var calls sync.WaitGroup
	defer calls.Wait()
	free := make(chan struct{}, sweepAtOnce)
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	forgotten := time.Time{}
	for {
		if err := d.sweep(ctx, free, &calls); err != nil && ctx.Err() == nil {
			d.log().Error("sweeping payments", "error", err)
		}
		if time.Since(forgotten) > forgetEvery {
			forgotten = time.Now()
			if err := d.forget(ctx); err != nil && ctx.Err() == nil {
				d.log().Error("forgetting old messages of gateways", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-d.nudged:
		}
	}
}

// sweep starts as many calls as are free, without waiting for slow ones, and gives up what waits for too long.
func (d *Desk) sweep(ctx context.Context, free chan struct{}, calls *sync.WaitGroup) error {
	if most := cap(free) - len(free); most > 0 {
		tasks, err := d.claimDue(ctx, most)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			free <- struct{}{}
			calls.Go(func() {
				defer func() { <-free }()
				if _, err := d.work(ctx, t); err != nil {
					d.log().Error("working a payment", "payment", t.payment, "transaction", t.transaction, "error", err)
				}
				if t.ask == "pay" {
					d.Nudge() // what waited for it can go on
				}
			})
		}
	}
	return d.giveUpAll(ctx)
}

// Sweep does once what Run does again and again, and waits for it.
func (d *Desk) Sweep(ctx context.Context) error {
	var calls sync.WaitGroup
	err := d.sweep(ctx, make(chan struct{}, sweepAtOnce), &calls)
	calls.Wait()
	return err
}

func (d *Desk) forget(ctx context.Context) error {
	return pgx.BeginFunc(ctx, d.DB, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM payment_event WHERE (channel_id, event_id) IN (SELECT channel_id, event_id FROM payment_event
			WHERE created_at < now() - $1::interval LIMIT 100000)`, keepEvents)
		return err
	})
}

func (d *Desk) giveUp() time.Duration {
	if d.GiveUp > 0 {
		return d.GiveUp
	}
	return giveUpAfter
}
