package order

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/resource"
)

// Cancel calls an order off before anything of it has left.
var Cancel = resource.Command{
	Name: "cancel", On: "orders", Result: "orders", Event: "order.cancelled", Idempotent: true, Admin: true,
	Doc: "Cancels an order of which nothing has left: its stock is free again, money that is reserved is let go and money that was taken " +
		"is given back. Cancelling it again changes nothing. The ERP is not told.",
	Input: resource.Fields{resource.Text("reason").Max(255).Doc("Why; it stands at the payment's steps.")},
}

// cancel locks the order and, behind it, its payment, checkout, cart and stock.
func (d *desk) cancel(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	o, err := Hold(ctx, tx, call.Target)
	if err != nil {
		return "", err
	}
	switch {
	case o.Status == "cancelled":
		return o.ID, nil
	case o.External:
		return "", command.Refuse("made_elsewhere", "", "Order %s was made in the ERP; it is cancelled there.", o.Number)
	case o.ShippingStatus != "open" || o.Status == "completed":
		return "", command.Refuse("already_shipped", "", "Goods of order %s have left; refund what comes back.", o.Number)
	}
	reason := call.Value("reason")
	if reason == "" {
		reason = "cancelled"
	}
	return o.ID, d.callOff(ctx, tx, call, o, reason)
}

// callOff gives up a held order and its payment.
func (d *desk) callOff(ctx context.Context, tx pgx.Tx, call *command.Call, o *Held, reason string) error {
	owned, entries, err := repay(ctx, tx, call, o, reason)
	if err != nil {
		return fmt.Errorf("cancelling order %s: %w", o.Number, err)
	}
	if err := change.Append(ctx, tx, call.Caller, entries...); err != nil {
		return err
	}
	call.Left = owned.payment
	return giveUp(ctx, tx, call.Caller, o.ID, owned.state)
}

// called asks the gateway, behind the commit of what called an order off, for what its payment waits for; the sweep does what this cannot.
func (d *desk) called(ctx context.Context, call *command.Call, _ string) error {
	id, ok := call.Left.(string)
	if !ok || id == nothing || d.Payments == nil {
		return nil
	}
	return d.Payments.Settle(ctx, call.Caller.Organization, id)
}

// settlement is how an order that is cancelled stands with its payment.
type settlement struct {
	payment string         // UUID, "" if it has none
	state   payment.Status // that the order shows until the gateway has answered
}

const settlementSQL = `SELECT o.payment_status, coalesce(p.id::text, ''), coalesce(p.status, 'voided')
FROM sales_order o LEFT JOIN LATERAL (SELECT * FROM payment p WHERE p.order_id = o.id ORDER BY p.id DESC LIMIT 1) p ON true WHERE o.id = $1`

// repay lets go of the money that is reserved and gives back what was taken.
func repay(ctx context.Context, tx pgx.Tx, call *command.Call, o *Held, reason string) (m settlement, entries []change.Entry, err error) {
	if entries, err = payment.Cancel(ctx, tx, call.Caller, o.ID, reason); err != nil {
		return m, nil, err
	}
	var state payment.Status
	if err := tx.QueryRow(ctx, settlementSQL, o.ID).Scan(&m.state, &m.payment, &state); err != nil {
		return m, nil, fmt.Errorf("reading the payment: %w", err)
	}
	if state.Over() {
		m.state = state // it ended at once, and the order is not told
	}
	back, err := payment.RefundRest(ctx, tx, call.Caller, o.ID, reason)
	return m, append(entries, back...), err
}

// refused tells that the order is of no more use to the buyer: nothing of it has left, and nothing will come.
func (o *Held) refused() bool {
	for i := range o.Lines {
		if l := &o.Lines[i]; l.Shipped.IsPositive() || l.Wanted().IsPositive() {
			return false
		}
	}
	return len(o.Lines) > 0
}

// charge takes what is due of the money, and gives back what was taken for what has been rejected since the order kept so
// much, or, where nothing of the order will come, all of it. The order itself stays as the ERP has it, for staff to cancel.
func (o *Held) charge(ctx context.Context, tx pgx.Tx, call *command.Call, kept decimal.Decimal) ([]change.Entry, error) {
	if o.External || !o.refused() {
		entries, err := o.Capture(ctx, tx, call.Caller)
		if err != nil {
			return nil, err
		}
		back, err := o.giveBack(ctx, tx, call, kept)
		return append(entries, back...), err
	}
	owned, entries, err := repay(ctx, tx, call, o, Rejected)
	if err != nil || owned.payment == "" {
		return entries, err
	}
	tag, err := tx.Exec(ctx, `UPDATE sales_order SET payment_status = $2, updated_at = now(), revision = revision + 1
		WHERE id = $1 AND payment_status <> $2`, o.ID, owned.state)
	if err != nil {
		return nil, fmt.Errorf("noting the payment of order %s: %w", o.Number, err)
	}
	if tag.RowsAffected() > 0 {
		entries = append(entries, change.Entry{Resource: "orders", Event: change.Updated, IDs: []string{o.ID}, Fields: []string{"paymentStatus"}})
	}
	return entries, nil
}
