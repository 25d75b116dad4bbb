package order

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
)

// Held is an order that a command has locked: what is answered, shipped, charged or given back meets it one after another.
type Held struct {
	ID, Organization, Number, Customer, Currency string
	Status, ShippingStatus                       string
	Total                                        decimal.Decimal
	Lines                                        []HeldLine // by position
}

// HeldLine is a line of a held order.
type HeldLine struct {
	ID, SKU, Name, Unit string // the unit by its code
	Position            int
	Quantity            decimal.Decimal // ordered
}

const (
	holdSQL = `SELECT organization_id::text, number, customer_id::text, currency, status, shipping_status, total FROM sales_order WHERE id = $1 FOR NO KEY UPDATE`
	// holdLinesSQL runs behind the lock, so it reads what whoever held the order before has written.
	holdLinesSQL = `SELECT l.id::text, l.sku, l.name, coalesce(u.code, ''), l.position, l.quantity
FROM order_line l LEFT JOIN unit u ON u.id = l.unit_id WHERE l.order_id = $1 ORDER BY l.position`
)

// Hold locks an order for the rest of the transaction and reads what answers are compared with.
func Hold(ctx context.Context, tx pgx.Tx, id string) (*Held, error) {
	o := &Held{ID: id}
	batch := &pgx.Batch{}
	batch.Queue(holdSQL, id).QueryRow(func(row pgx.Row) error {
		return row.Scan(&o.Organization, &o.Number, &o.Customer, &o.Currency, &o.Status, &o.ShippingStatus, &o.Total)
	})
	batch.Queue(holdLinesSQL, id).Query(func(rows pgx.Rows) (err error) {
		o.Lines, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l HeldLine, err error) {
			err = row.Scan(&l.ID, &l.SKU, &l.Name, &l.Unit, &l.Position, &l.Quantity)
			return l, err
		})
		return err
	})
	err := tx.SendBatch(ctx, batch).Close()
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, command.Refuse(command.CodeNotFound, "", "The order has been deleted.")
	}
	if err != nil {
		return nil, fmt.Errorf("locking order %s: %w", id, err)
	}
	return o, nil
}

// Line gives the line with a position, nil if there is none.
func (o *Held) Line(position int) *HeldLine {
	for i := range o.Lines {
		if o.Lines[i].Position == position {
			return &o.Lines[i]
		}
	}
	return nil
}

// Binding refuses what only an order can be asked for that stands: not one that waits for its payment, nor a cancelled one.
func (o *Held) Binding(what string) error {
	switch o.Status {
	case "pending":
		return command.Refuse("order_pending", "", "Order %s waits for its payment; it cannot be %s yet.", o.Number, what)
	case "cancelled":
		return command.Refuse("order_cancelled", "", "Order %s is cancelled; it cannot be %s any more.", o.Number, what)
	}
	return nil
}
