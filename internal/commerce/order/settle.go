package order

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
)

// nothing is what a command leaves to what comes behind its commit where no gateway has to be asked.
const nothing = ""

const paymentSQL = `SELECT id::text, status, coalesce(code, '') FROM payment WHERE order_id = $1 AND online ORDER BY created_at DESC LIMIT 1`

// settle asks the gateway what becomes of the order's payment, behind the commit of place. The gateway's refusal is the
// command's. Where the gateway does not answer the order stays pending, and the sweep of payments goes on.
func (d *desk) settle(ctx context.Context, call *command.Call, order string) error {
	if call.Left == nothing {
		return nil
	}
	var p payment.Standing
	var unsettled error
	if begun, mine := call.Left.(payment.Opening); mine && d.Payments != nil {
		p, unsettled = d.Payments.Begin(ctx, begun)
	} else { // a repeated request
		id, now, err := d.payment(ctx, call.Caller, order)
		if err != nil || id == "" {
			return err
		}
		if p = now; d.Payments != nil && p.Status.Waiting() {
			unsettled = d.Payments.Settle(ctx, call.Caller.Organization, id)
			if _, p, err = d.payment(ctx, call.Caller, order); err != nil {
				return errors.Join(unsettled, err)
			}
		}
	}
	if p.Status.Over() {
		return declined(p.Code)
	}
	return unsettled
}

// payment finds the online payment of an order, "" if it has none.
func (d *desk) payment(ctx context.Context, caller access.Caller, order string) (id string, p payment.Standing, err error) {
	batch := &pgx.Batch{}
	access.Queue(batch, caller)
	batch.Queue(paymentSQL, order).QueryRow(func(row pgx.Row) error {
		if err := row.Scan(&id, &p.Status, &p.Code); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		return nil
	})
	if err = d.DB.SendBatch(ctx, batch).Close(); err != nil {
		err = fmt.Errorf("looking up the payment of order %s: %w", order, err)
	}
	return id, p, err
}

// reasons say to a buyer why his payment came to nothing, by the codes of module.PaymentState.
var reasons = map[string]string{
	"declined":              "The card was declined.",
	"insufficient_funds":    "The card has not enough funds.",
	"expired_card":          "The card has expired.",
	"authentication_failed": "The bank could not make sure that it is you.",
	"abandoned":             "The payment was broken off.",
}

// declined is the refusal of a payment that came to nothing. Its code is payment_ with the gateway's.
func declined(code string) error {
	reason, ok := reasons[code]
	if !ok {
		code, reason = "failed", "The payment was refused."
	}
	return command.Refuse("payment_"+code, "paymentMethod", "%s Nothing was ordered and nothing is charged; pay in another way or try again.", reason)
}
