package payment

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/module"
)

const (
	settleFor   = 30 * time.Second      // how long Settle waits for another node that is asking
	settleEvery = 30 * time.Millisecond // how often it looks whether that one is done
)

func (d *Desk) log() *slog.Logger {
	if d.Log == nil {
		return slog.Default()
	}
	return d.Log
}

// Settle works what a payment waits for: claim, call and record, one transaction after the other, and waits a while for a node
// that is at it already. What the gateway does not answer stays for the sweep; an error is the database's. The check of a card,
// which has no payment, is named by its transaction.
func (d *Desk) Settle(ctx context.Context, organization, payment string) error {
	if d.DB == nil || payment == "" { // a desk that only queues, or nothing to settle
		return nil
	}
	for deadline := time.Now().Add(settleFor); ; {
		t, err := d.claim(ctx, organization, payment)
		if err != nil {
			return err
		}
		if t == nil {
			busy, err := d.busy(ctx, organization, payment)
			if err != nil || !busy || time.Now().After(deadline) {
				return err
			}
			if err := rest(ctx); err != nil {
				return err
			}
			continue
		}
		after, err := d.work(ctx, t)
		if err != nil {
			return fmt.Errorf("settle the payment %s: %w", payment, err)
		}
		if !after.more {
			return nil
		}
	}
}

// rest waits a little, until another node may have made its call.
func rest(ctx context.Context) error {
	timer := time.NewTimer(settleEvery)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Refresh settles a payment and then asks the gateway what it has: the buyer has come back from its page, or staff wants to
// know.
func (d *Desk) Refresh(ctx context.Context, organization, payment string) error {
	if err := d.Settle(ctx, organization, payment); err != nil || d.DB == nil {
		return err
	}
	l := lookup{organization: organization, payment: payment}
	batch := &pgx.Batch{}
	access.Queue(batch, d.caller(organization))
	batch.Queue(`SELECT coalesce(p.channel_id::text, ''), p.online, coalesce(t.payment_reference, ''), t.id::text, clock_timestamp(),
		EXISTS (SELECT FROM payment_work w WHERE w.transaction_id = t.id AND w.ask = 'pay')
		FROM payment p JOIN payment_transaction t ON t.id = p.attempt_id WHERE p.id = $1`, payment).QueryRow(l.scan)
	if err := d.DB.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("refresh the payment %s: %w", payment, err)
	}
	if !l.online || l.unasked || d.Gateways == nil {
		return nil
	}
	return d.see(context.WithoutCancel(ctx), l)
}

// lookup is an attempt that a gateway is asked for.
type lookup struct {
	organization, payment, channel string
	online, unasked                bool
	reference, attempt             string
	started                        time.Time
}

func (l *lookup) scan(row pgx.Row) error {
	return row.Scan(&l.channel, &l.online, &l.reference, &l.attempt, &l.started, &l.unasked)
}

// see asks the gateway and applies what it has. That it does not answer is no error: it is asked again later.
func (d *Desk) see(ctx context.Context, l lookup) error {
	ctx, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	s, err := d.Gateways.Look(ctx, l.organization, l.channel, module.PaymentLookup{Reference: l.reference, Attempt: l.attempt})
	if err != nil || s == nil {
		d.log().Warn("a gateway did not say what it has of a payment", "payment", l.payment, "error", err)
		return nil
	}
	return d.within(context.WithoutCancel(ctx), l.organization, l.payment, func(b *book) error {
		attempt := b.find(l.attempt)
		if attempt == nil {
			return nil
		}
		return b.apply(s, attempt, l.started)
	})
}
