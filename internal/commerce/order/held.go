package order

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
)

// Held is an order that a command has locked: what is answered, shipped, charged or given back meets it one after another.
type Held struct {
	ID, Organization, Number, Customer, Currency string
	Status, ShippingStatus                       string
	Carrier, Service                             string // that the buyer chose: codes, "" where he did not
	External                                     bool   // made in the ERP: no stock, payment or export of ours follows it
	TaxIncluded                                  bool
	Shipping, ShippingTax, Discount, Total       decimal.Decimal
	InvoicedTotal                                decimal.Decimal
	DocumentTime                                 time.Time  // of the ERP's newest word, zero if there is none
	Lines                                        []HeldLine // by position
}

// HeldLine is a line of a held order. Quantities are in the line's unit.
type HeldLine struct {
	ID, SKU, Name, Unit                   string // the unit by its code, "" on a line without one
	Position                              int
	Service                               bool // nothing that could be put into a parcel
	Quantity                              decimal.Decimal
	Confirmed                             decimal.NullDecimal
	Shipped, Invoiced, Returned           decimal.Decimal
	ExternalStatus                        string
	Price, Per, RowTotal, TaxPercent, Tax decimal.Decimal
}

const (
	holdSQL = `SELECT organization_id::text, number, customer_id::text, currency, status, shipping_status, external, tax_included,
  shipping_total, shipping_tax, discount_total, total, invoiced_total, document_time,
  coalesce(carrier, ''), coalesce(shipping_service, '')
FROM sales_order WHERE id = $1 FOR NO KEY UPDATE`
	// holdLinesSQL runs behind the lock, so it reads what whoever held the order before has written.
	holdLinesSQL = `SELECT l.id::text, l.sku, l.name, coalesce(u.code, ''), l.position, coalesce(p.kind = 'service', false), l.quantity,
  l.confirmed_quantity, l.shipped_quantity, l.invoiced_quantity, l.returned_quantity, coalesce(l.external_status, ''), l.price, l.per,
  l.row_total, l.tax_percent, l.tax_total
FROM order_line l LEFT JOIN unit u ON u.id = l.unit_id LEFT JOIN product p ON p.id = l.product_id
WHERE l.order_id = $1 ORDER BY l.position`
)

// Hold locks an order for the rest of the transaction and reads what answers are compared with.
func Hold(ctx context.Context, tx pgx.Tx, id string) (*Held, error) {
	o := &Held{ID: id}
	var written *time.Time
	batch := &pgx.Batch{}
	batch.Queue(holdSQL, id).QueryRow(func(row pgx.Row) error {
		return row.Scan(&o.Organization, &o.Number, &o.Customer, &o.Currency, &o.Status, &o.ShippingStatus, &o.External, &o.TaxIncluded,
			&o.Shipping, &o.ShippingTax, &o.Discount, &o.Total, &o.InvoicedTotal, &written, &o.Carrier, &o.Service)
	})
	batch.Queue(holdLinesSQL, id).Query(func(rows pgx.Rows) (err error) {
		o.Lines, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l HeldLine, err error) {
			err = row.Scan(&l.ID, &l.SKU, &l.Name, &l.Unit, &l.Position, &l.Service, &l.Quantity, &l.Confirmed, &l.Shipped, &l.Invoiced,
				&l.Returned, &l.ExternalStatus, &l.Price, &l.Per, &l.RowTotal, &l.TaxPercent, &l.Tax)
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
	if written != nil {
		o.DocumentTime = *written
	}
	return o, nil
}

// Line gives the line with a position, nil if there is none.
func (o *Held) Line(position int) *HeldLine {
	at, found := slices.BinarySearchFunc(o.Lines, position, func(l HeldLine, position int) int { return cmp.Compare(l.Position, position) })
	if !found {
		return nil
	}
	return &o.Lines[at]
}

// Stands refuses what only an order can be asked for that stands: not one that waits for its payment, nor a cancelled one.
// What is the participle of it: "shipped".
func (o *Held) Stands(what string) error {
	switch o.Status {
	case "pending":
		return command.Refuse("order_pending", "", "Order %s waits for its payment; it cannot be %s yet.", o.Number, what)
	case "cancelled":
		return command.Refuse("order_cancelled", "", "Order %s is cancelled; it cannot be %s any more.", o.Number, what)
	}
	return nil
}

// Rejected is the status of a line of which the ERP sends no more than it has confirmed. Under any other, what is not confirmed
// is still to come, be it that nothing is.
const Rejected = "rejected"

// Wanted is how much of the line is to come at all.
func (l *HeldLine) Wanted() decimal.Decimal {
	if l.ExternalStatus == Rejected {
		return decimal.Max(l.Confirmed.Decimal, l.Shipped)
	}
	return l.Quantity
}
