package order

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/money"
)

// keeps is what the order comes to by what is still wanted of its lines and has not come back: nothing where nothing is.
func (o *Held) keeps() decimal.Decimal {
	whole, nothing := true, true
	for i := range o.Lines {
		l := &o.Lines[i]
		whole = whole && l.Wanted().Equal(l.Quantity) && l.Returned.IsZero()
		nothing = nothing && !l.Wanted().IsPositive()
	}
	switch {
	case whole:
		return o.Total
	case nothing:
		return decimal.Zero
	}
	sum := o.goods(func(l *HeldLine) decimal.Decimal { return decimal.Max(l.Wanted().Sub(l.Returned), decimal.Zero) }).Add(o.Shipping)
	if !o.TaxIncluded {
		sum = sum.Add(o.ShippingTax)
	}
	return decimal.Min(sum, o.Total)
}

// takenSQL is what was taken, or is being, and what of it was given back, or is being, of the order's newest payment.
const takenSQL = `SELECT p.id::text, p.captured_amount + coalesce(sum(t.amount) FILTER (WHERE t.action = 'capture' AND t.status = 'pending'), 0),
  greatest(coalesce(sum(t.amount) FILTER (WHERE t.action = 'refund' AND t.status <> 'failed'), 0),
    p.refunded_amount + coalesce(sum(t.amount) FILTER (WHERE t.action = 'refund' AND t.status = 'pending'), 0))
FROM payment p LEFT JOIN payment_transaction t ON t.payment_id = p.id AND t.source_id = p.attempt_id
WHERE p.id = (SELECT id FROM payment WHERE order_id = $1 ORDER BY id DESC LIMIT 1) GROUP BY p.id`

// giveBack returns what was taken for lines that the ERP has rejected since the order kept so much. What the shop owes for
// another reason is left alone: no more than the rejection makes, and no more than was taken beyond what the rest costs, so that
// staff who were quicker are not followed by a second refund. Where it cannot be, or where lines come again of which the money
// was given back, staff are told.
func (o *Held) giveBack(ctx context.Context, tx pgx.Tx, call *command.Call, kept decimal.Decimal) ([]change.Entry, error) {
	keeps := o.keeps()
	if o.External || keeps.Equal(kept) {
		return nil, nil
	}
	var id string
	var taken, back decimal.Decimal
	switch err := tx.QueryRow(ctx, takenSQL, o.ID).Scan(&id, &taken, &back); {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading what was taken for order %s: %w", o.Number, err)
	}
	excess := taken.Sub(back).Sub(keeps)
	if missing := decimal.Min(excess.Neg(), keeps.Sub(kept)); back.IsPositive() && missing.IsPositive() {
		return []change.Entry{o.tells("order.paymentShort", map[string]string{"payment": id, "missing": missing.String(), "currency": o.Currency})}, nil
	}
	amount := decimal.Min(kept.Sub(keeps), excess)
	if !amount.IsPositive() {
		return nil, nil
	}
	entries, err := payment.Refund(ctx, tx, call.Caller, o.ID, money.Of(amount, o.Currency), Rejected)
	var refused *command.Error
	if errors.As(err, &refused) { // what is still on its way to the shop cannot be given back
		return []change.Entry{o.tells("order.refundFailed", map[string]string{"payment": id, "amount": amount.String(), "currency": o.Currency,
			"reason": Rejected, "code": refused.Code()})}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("giving back what was taken for rejected lines of order %s: %w", o.Number, err)
	}
	return append(entries, o.tells(Refund.Event, map[string]string{"number": o.Number, "amount": amount.String(), "currency": o.Currency,
		"reason": Rejected, "customer": o.Customer})), nil
}

// tells is an event of the order.
func (o *Held) tells(event string, about map[string]string) change.Entry {
	data, _ := json.Marshal(about) // strings always marshal
	return change.Entry{Resource: "orders", Event: event, IDs: []string{o.ID}, Data: data}
}
