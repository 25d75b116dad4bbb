package order

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
)

// progress is the order in which an order's status goes on; it never goes back.
var progress = map[string]int{"open": 1, "confirmed": 2, "processing": 3, "completed": 4}

// Advance brings the order's status up to what its lines say: processing when goods have left, completed when all have
// and all is charged, by quantity of each line or by the invoices' sum. It gives what to write into the change log, nothing
// if the status is as it was.
func (o *Held) Advance(ctx context.Context, tx pgx.Tx, caller access.Caller) ([]change.Entry, error) {
	some, all := o.left()
	shipping, status := "open", "open"
	if some {
		shipping, status = "partlyShipped", "processing"
	}
	if all {
		shipping = "shipped"
		if o.charged() {
			status = "completed"
		}
	}
	if o.ShippingStatus == "shipped" {
		shipping = "shipped"
	}
	if progress[status] <= progress[o.Status] || progress[o.Status] == 0 {
		status = o.Status
	}
	var fields []string
	if status != o.Status {
		fields = append(fields, "status")
	}
	if shipping != o.ShippingStatus {
		fields = append(fields, "shippingStatus")
	}
	if fields == nil {
		return nil, nil
	}
	o.Status, o.ShippingStatus = status, shipping
	if _, err := tx.Exec(ctx, `UPDATE sales_order SET status = $2, shipping_status = $3, updated_at = now(), revision = revision + 1
		WHERE id = $1`, o.ID, status, shipping); err != nil {
		return nil, fmt.Errorf("noting how far order %s has come: %w", o.Number, err)
	}
	return []change.Entry{{Resource: "orders", Event: change.Updated, IDs: []string{o.ID}, Fields: fields}}, nil
}

// charged reports whether all that comes is on invoices.
func (o *Held) charged() bool {
	if o.InvoicedTotal.IsPositive() && o.InvoicedTotal.GreaterThanOrEqual(o.Total) {
		return true
	}
	for i := range o.Lines {
		if o.Lines[i].Invoiced.LessThan(o.Lines[i].Wanted()) {
			return false
		}
	}
	return true
}

// Leave counts goods as shipped, by position of their lines.
func (o *Held) Leave(ctx context.Context, tx pgx.Tx, leaving map[int]decimal.Decimal) (change.Entry, error) {
	return o.count(ctx, tx, "shipped_quantity", "shippedQuantity", leaving, func(l *HeldLine) *decimal.Decimal { return &l.Shipped })
}

// Charge counts goods as invoiced, by position of their lines; what an invoice takes back is below zero. The sum is what the
// invoices come to with it.
func (o *Held) Charge(ctx context.Context, tx pgx.Tx, charged map[int]decimal.Decimal, total decimal.Decimal) ([]change.Entry, error) {
	var entries []change.Entry
	lines, err := o.count(ctx, tx, "invoiced_quantity", "invoicedQuantity", charged, func(l *HeldLine) *decimal.Decimal { return &l.Invoiced })
	if err != nil {
		return nil, err
	}
	if len(lines.IDs) > 0 {
		entries = append(entries, lines)
	}
	if total.Equal(o.InvoicedTotal) {
		return entries, nil
	}
	o.InvoicedTotal = total
	if _, err := tx.Exec(ctx, `UPDATE sales_order SET invoiced_total = $2, updated_at = now(), revision = revision + 1 WHERE id = $1`, o.ID, total); err != nil {
		return nil, fmt.Errorf("noting what order %s was charged: %w", o.Number, err)
	}
	return append(entries, change.Entry{Resource: "orders", Event: change.Updated, IDs: []string{o.ID}, Fields: []string{"invoicedTotal"}}), nil
}

// count adds to one of the lines' counters, in one statement.
func (o *Held) count(ctx context.Context, tx pgx.Tx, column, field string, more map[int]decimal.Decimal, of func(*HeldLine) *decimal.Decimal) (change.Entry, error) {
	entry := change.Entry{Resource: "orderLines", Event: change.Updated, Fields: []string{field}}
	var values []decimal.Decimal
	for i := range o.Lines {
		l := &o.Lines[i]
		add, ok := more[l.Position]
		if !ok || add.IsZero() {
			continue
		}
		*of(l) = of(l).Add(add)
		entry.IDs, values = append(entry.IDs, l.ID), append(values, *of(l))
	}
	if len(entry.IDs) == 0 {
		return entry, nil
	}
	if _, err := tx.Exec(ctx, `UPDATE order_line l SET `+column+` = n.value, updated_at = now(), revision = l.revision + 1
		FROM unnest($2::uuid[], $3::numeric[]) AS n(id, value) WHERE l.id = n.id AND l.order_id = $1`, o.ID, entry.IDs, values); err != nil {
		return entry, fmt.Errorf("noting %s of %d lines of order %s: %w", field, len(entry.IDs), o.Number, err)
	}
	return entry, nil
}
