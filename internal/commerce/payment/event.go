package payment

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/module"
)

// keepEvents is how long the numbers of a gateway's messages are remembered; Stripe repeats for three days, Adyen for thirty.
const keepEvents = "60 days"

// Event takes a message of a gateway: what it says is not used, the gateway is asked what it has, and that is applied. The
// number of the message is kept in the transaction of its effect, so the same once more has none. An error means that it had
// none either, and that the gateway should send it again.
func (d *Desk) Event(ctx context.Context, organization, channelID string, e module.Event) error {
	if e.Payment == nil {
		return nil
	}
	l := lookup{organization: organization, channel: channelID, reference: e.Payment.Reference, attempt: e.Payment.Attempt}
	var seen bool
	batch := &pgx.Batch{}
	access.Queue(batch, d.caller(organization))
	batch.Queue(`SELECT clock_timestamp(), EXISTS (SELECT FROM payment_event WHERE channel_id = $1 AND event_id = $2)`, channelID, e.ID).
		QueryRow(func(row pgx.Row) error { return row.Scan(&l.started, &seen) })
	if err := d.DB.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("take the message %s of the channel %s: %w", e.ID, channelID, err)
	}
	if seen {
		return nil
	}
	call, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	s, err := d.Gateways.Look(call, organization, channelID, *e.Payment)
	if err != nil {
		return d.unanswered(ctx, l, e, err)
	}
	return d.take(ctx, l, e, s)
}

// unanswered is a message about a payment that the gateway then does not tell of. Where it may tell later the payment is looked
// at soon, and the message may come again; where it knows of none there is nothing to be done.
func (d *Desk) unanswered(ctx context.Context, l lookup, e module.Event, err error) error {
	if refused := failure(err); refused.Class == module.Refused {
		d.log().Warn("a message speaks of a payment that its gateway does not know", "channel", l.channel, "event", e.ID, "error", err)
		return d.take(ctx, l, e, nil)
	}
	transaction, payment, found := d.whose(ctx, l, nil)
	if found == nil && payment != "" {
		_ = d.within(ctx, l.organization, payment, func(b *book) error { b.ask(transaction); return nil })
	}
	return fmt.Errorf("take the message %s of the channel %s: %w", e.ID, l.channel, err)
}

// take applies what a gateway has, and remembers the message, in one transaction.
func (d *Desk) take(ctx context.Context, l lookup, e module.Event, s *module.PaymentState) error {
	transaction, payment, err := d.whose(ctx, l, s)
	if err != nil {
		return err
	}
	caller := d.caller(l.organization)
	err = d.transact(ctx, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `INSERT INTO payment_event (organization_id, channel_id, event_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			l.organization, l.channel, e.ID)
		if err != nil || tag.RowsAffected() == 0 || s == nil || transaction == "" {
			return err
		}
		if payment == "" {
			return d.takeCheck(ctx, tx, caller, transaction, s)
		}
		b, err := open(ctx, tx, payment, &pgx.Batch{})
		if err != nil {
			return err
		}
		if err := b.apply(s, b.find(transaction), l.started); err != nil {
			return err
		}
		return b.close(ctx, tx, caller, d.Orders)
	})
	if err != nil {
		return fmt.Errorf("take the message %s of the channel %s: %w", e.ID, l.channel, err)
	}
	if d.Committed != nil {
		d.Committed()
	}
	d.Nudge()
	return nil
}

func (d *Desk) takeCheck(ctx context.Context, tx pgx.Tx, caller access.Caller, transaction string, s *module.PaymentState) error {
	o := checkOutcome(s)
	var wait *float64
	if o.status == stepPending || o.status == stepRequiresAction {
		seconds := longestPause.Seconds()
		wait = &seconds
	}
	return writeCheck(ctx, tx, caller, transaction, o, true, wait)
}

// whoseSQL finds the transaction that began a payment at the gateway: by the attempt, which is known before the gateway's own
// number is, or by that number. Another channel's is not found.
const whoseSQL = `SELECT id::text, coalesce(payment_id::text, '') FROM (
  SELECT 1 AS way, t.id, t.payment_id FROM payment_transaction t
  WHERE t.id = ANY ($3::uuid[]) AND t.organization_id = $1 AND t.channel_id = $2 AND t.action IN ('authorize', 'validate')
  UNION ALL
  SELECT 2, t.id, t.payment_id FROM payment_transaction t
  WHERE t.channel_id = $2 AND t.payment_reference = ANY ($4::text[]) AND t.payment_reference IS NOT NULL AND t.organization_id = $1
    AND t.action IN ('authorize', 'validate')) f
ORDER BY way, id DESC LIMIT 1`

func (d *Desk) whose(ctx context.Context, l lookup, s *module.PaymentState) (transaction, payment string, err error) {
	attempts, references := []string{l.attempt}, []string{l.reference}
	if s != nil {
		attempts, references = append(attempts, s.Attempt), append(references, s.Reference)
	}
	batch := &pgx.Batch{}
	access.Queue(batch, d.caller(l.organization))
	batch.Queue(whoseSQL, l.organization, l.channel, ours(attempts), named(references)).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&transaction, &payment)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	if err := d.DB.SendBatch(ctx, batch).Close(); err != nil {
		return "", "", fmt.Errorf("find the payment %s of the channel %s: %w", l.reference, l.channel, err)
	}
	return transaction, payment, nil
}

// named leaves out what is empty.
func named(all []string) (given []string) {
	given = []string{}
	for _, s := range all {
		if s != "" {
			given = append(given, s)
		}
	}
	return given
}

// ours leaves out what is no UUID and so no attempt from here.
func ours(attempts []string) (given []string) {
	given = []string{}
	for _, s := range attempts {
		if id, err := uuid.Parse(s); err == nil {
			given = append(given, id.String())
		}
	}
	return given
}
