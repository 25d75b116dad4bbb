package payment

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// The functions of this file are for areas that know an order and no payment. They run in the caller's transaction, which
// locks the order's row before any payment's, and give what the change log is to be told. What they queue is asked of the
// gateway behind the commit: by Desk.Settle, or by the sweep within a second.

// CaptureShipped takes the value of what was shipped, where the way of paying takes money at shipment. due is what all shipments
// so far are worth, with tax and shipping: told again it takes nothing twice. final says that no shipment will follow, so what
// is left is let go. Where the gateway takes a payment only once, nothing is taken before that. Goods for which nothing can be
// taken any more are told of: by a capture that failed with CodeShort, and the event order.paymentShort.
func CaptureShipped(ctx context.Context, tx pgx.Tx, _ access.Caller, order string, due money.Amount, final bool) ([]change.Entry, error) {
	b, err := openOf(ctx, tx, order)
	if err != nil || b == nil || b.capture != module.AtShipment || b.status.Waiting() {
		return nil, err
	}
	if due.Currency != "" && due.Currency != b.currency {
		return nil, fmt.Errorf("capture %s of the payment %s: it is in %s", due, b.id, b.currency)
	}
	if !b.reserved() || b.cancelling(b.attempt) != nil {
		b.short(due.Round().Number)
		return b.write(ctx, tx)
	}
	if b.once && !final { // a capture would let go of the rest
		return nil, nil
	}
	under, _ := b.pending(module.Capture)
	amount := decimal.Min(due.Round().Number, b.authorized).Sub(b.captured).Sub(under)
	switch {
	case amount.IsPositive():
		b.add(module.Capture, amount, b.attempt, reasonShipped, asking{final: final, soon: true})
	case final && !b.takesLast() && b.takable().IsPositive():
		b.letGo(reasonShipped) // behind the captures that wait
	}
	return b.write(ctx, tx)
}

// Cancel lets go of what is reserved for an order and not taken, and stops a payment that waits. Where there is nothing it does
// nothing. The order is not told of what ends at once; its status stands in the payment.
func Cancel(ctx context.Context, tx pgx.Tx, _ access.Caller, order, reason string) ([]change.Entry, error) {
	b, err := openOf(ctx, tx, order)
	if err != nil || b == nil {
		return nil, err
	}
	b.letGo(reason)
	return b.write(ctx, tx)
}

// Refund gives back what was taken for an order, or a part of it. It refuses (nothing_to_refund, amount_too_high) as the command
// of that name does.
func Refund(ctx context.Context, tx pgx.Tx, _ access.Caller, order string, amount money.Amount, reason string) ([]change.Entry, error) {
	b, err := openOf(ctx, tx, order)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, command.Refuse(CodeNothingToRefund, "", "The order has no payment, so nothing can be given back.")
	}
	left := b.returnable(b.attempt, b.captured, b.refunded)
	switch {
	case amount.Currency != b.currency:
		return nil, command.Refuse(CodeInvalidAmount, "amount", "The payment is in %s.", b.currency)
	case !left.IsPositive():
		return nil, command.Refuse(CodeNothingToRefund, "", "Of the payment %s were taken, and nothing is left to be given back.", b.say(b.captured))
	case amount.Number.GreaterThan(left):
		return nil, command.Refuse(CodeAmountTooHigh, "amount", "%s are more than the %s that were taken and not given back.", amount, b.say(left))
	}
	if err := b.wholeCoins(amount.Number); err != nil {
		return nil, err
	}
	b.add(module.Refund, amount.Number, b.attempt, reason, asking{soon: true})
	return b.write(ctx, tx)
}

// RefundRest gives back all that was taken for an order and is neither given back nor on its way. Where there is nothing it
// does nothing: a refund that waits for its gateway hinders nobody.
func RefundRest(ctx context.Context, tx pgx.Tx, _ access.Caller, order, reason string) ([]change.Entry, error) {
	b, err := openOf(ctx, tx, order)
	if err != nil || b == nil {
		return nil, err
	}
	if left := b.returnable(b.attempt, b.captured, b.refunded); left.IsPositive() {
		b.add(module.Refund, left, b.attempt, reason, asking{soon: true})
	}
	return b.write(ctx, tx)
}

// openOf locks the payment of an order, nil if it has none. Of several the latest counts: those before came to nothing.
func openOf(ctx context.Context, tx pgx.Tx, order string) (*book, error) {
	var id string
	err := tx.QueryRow(ctx, `SELECT coalesce((SELECT id::text FROM payment WHERE order_id = $1 ORDER BY id DESC LIMIT 1), '')`, order).Scan(&id)
	if err != nil {
		return nil, fmt.Errorf("find the payment of order %s: %w", order, err)
	}
	if id == "" {
		return nil, nil
	}
	return open(ctx, tx, id, &pgx.Batch{})
}

const reasonShipped = "shipped"

// takesLast tells that a capture waits which lets go of the rest by itself.
func (b *book) takesLast() bool {
	for _, s := range b.steps {
		if s.action == module.Capture && s.status == stepPending && s.final {
			return true
		}
	}
	return false
}

// keepRest takes the letting go of the rest back where the capture before it came to nothing: what was shipped is still to be
// taken.
func (b *book) keepRest(failed *step) {
	s := b.cancelling(failed.source)
	if failed.action != module.Capture || s == nil || s.reason != reasonShipped || s.tries > 0 {
		return
	}
	b.conclude(s, outcome{status: stepFailed, code: "not_captured", message: "A capture before it failed; take what was shipped, then cancel the rest."})
	b.done(s)
}
