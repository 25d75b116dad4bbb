package order

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
)

// Book keeps orders in step with their payments; it is a payment.Orders.
type Book struct{ Outbox Outbox }

var _ payment.Orders = Book{}

// standing is an order whose payment has changed.
type standing struct {
	status, paymentStatus, number, poNumber, currency, customer string
	total                                                       decimal.Decimal
	paying                                                      []string // its checkout while that waits for the payment
}

const (
	// A checkout leaves paying only under its order's lock.
	paidSQL = `SELECT status, payment_status, number, coalesce(po_number, ''), currency, customer_id::text, total,
  ARRAY(SELECT id::text FROM checkout k WHERE k.order_id = o.id AND k.status = 'paying') FROM sales_order o WHERE o.id = $1 FOR NO KEY UPDATE`
	moveSQL = `UPDATE sales_order SET status = $2, payment_status = $3, cancelled_at = CASE WHEN $2 = 'cancelled' THEN coalesce(cancelled_at, clock_timestamp()) END,
  updated_at = now(), revision = revision + 1 WHERE id = $1`
	// closedSQL ends the checkout of an order whose payment stands.
	closedSQL = `UPDATE checkout SET status = 'placed', updated_at = now(), revision = revision + 1
WHERE order_id = $1 AND status = 'paying'`
	// reopenSQL gives checkout and cart back to the buyer, so that he can pay in another way: by a new order.
	reopenSQL = `WITH k AS (SELECT id, cart_id FROM checkout WHERE order_id = $1 AND status = 'paying' FOR NO KEY UPDATE),
opened AS (UPDATE checkout SET status = 'open', order_id = NULL, payment_term_id = NULL, updated_at = now(), revision = revision + 1
  WHERE id IN (SELECT id FROM k) RETURNING id),
refilled AS (UPDATE cart SET status = 'open', updated_at = now(), revision = revision + 1 WHERE id IN (SELECT cart_id FROM k) RETURNING id)
SELECT 'checkouts', id::text FROM opened UNION ALL SELECT 'carts', id::text FROM refilled`
)

// PaymentChanged moves an order as its payment goes: a pending one is placed when there is money and given up when there will
// be none. It runs in the transaction that changes the payment.
func (b Book) PaymentChanged(ctx context.Context, tx pgx.Tx, caller access.Caller, c payment.Change) error {
	o, err := standingOf(ctx, tx, c.Order)
	if err != nil {
		return err
	}
	switch {
	case o.status != "pending" || c.To.Waiting():
		err = o.note(ctx, tx, caller, c)
	case c.To.Over() || c.To == payment.Refunded:
		err = giveUp(ctx, tx, caller, c.Order, c.To)
	default:
		err = b.confirm(ctx, tx, caller, o, c)
	}
	if err != nil {
		return fmt.Errorf("the payment of order %s becomes %s: %w", o.number, c.To, err)
	}
	return nil
}

func standingOf(ctx context.Context, tx pgx.Tx, order string) (o standing, err error) {
	err = tx.QueryRow(ctx, paidSQL, order).Scan(&o.status, &o.paymentStatus, &o.number, &o.poNumber, &o.currency, &o.customer, &o.total, &o.paying)
	if err != nil {
		err = fmt.Errorf("reading order %s: %w", order, err)
	}
	return o, err
}

// note keeps the state of the payment at an order that goes on as it is.
func (o standing) note(ctx context.Context, tx pgx.Tx, caller access.Caller, c payment.Change) error {
	if o.paymentStatus == string(c.To) {
		return nil
	}
	if _, err := tx.Exec(ctx, moveSQL, c.Order, o.status, c.To); err != nil {
		return err
	}
	return change.Append(ctx, tx, caller, change.Entry{Resource: "orders", Event: change.Updated, IDs: []string{c.Order}, Fields: []string{"paymentStatus"}})
}

// confirm places a pending order: from here on it is like any other.
func (b Book) confirm(ctx context.Context, tx pgx.Tx, caller access.Caller, o standing, c payment.Change) error {
	batch := &pgx.Batch{}
	batch.Queue(moveSQL, c.Order, "open", c.To)
	batch.Queue(closedSQL, c.Order)
	entries := []change.Entry{
		{Resource: "orders", Event: change.Updated, IDs: []string{c.Order}, Fields: []string{"status", "paymentStatus"}},
		placed(c.Order, o.number, o.poNumber, o.currency, o.total.String(), o.customer),
	}
	if len(o.paying) > 0 {
		entries = append(entries, change.Entry{Resource: "checkouts", Event: change.Updated, IDs: o.paying, Fields: []string{"status"}})
	}
	if err := change.Queue(batch, caller, entries...); err != nil {
		return err
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	return b.Outbox.OrderPlaced(ctx, tx, caller.Organization, c.Order)
}

// giveUp cancels an order: its stock is free again, and so are the cart and the checkout that waited for its payment. The
// payment's state is kept as it is given; the payment itself is the caller's business.
func giveUp(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, to payment.Status) error {
	opened := map[string][]string{}
	batch := &pgx.Batch{}
	batch.Queue(moveSQL, order, "cancelled", to)
	batch.Queue(reopenSQL, order).Query(func(rows pgx.Rows) error {
		var resource, id string
		_, err := pgx.ForEachRow(rows, []any{&resource, &id}, func() error {
			opened[resource] = append(opened[resource], id)
			return nil
		})
		return err
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	stock, err := inventory.Release(ctx, tx, caller, order)
	if err != nil {
		return err
	}
	entries := []change.Entry{{Resource: "orders", Event: Cancel.Event, IDs: []string{order}, Fields: []string{"status", "paymentStatus", "cancelledAt"}}}
	for _, resource := range []string{"checkouts", "carts"} {
		if ids := opened[resource]; len(ids) > 0 {
			entries = append(entries, change.Entry{Resource: resource, Event: change.Updated, IDs: ids, Fields: []string{"status"}})
		}
	}
	if len(stock.IDs) > 0 {
		entries = append(entries, stock)
	}
	return change.Append(ctx, tx, caller, entries...)
}
