package billing

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
)

const (
	insertSQL = `INSERT INTO invoice (id, organization_id, order_id, customer_id, number, document_number, invoiced_on, due_on, currency, net,
  tax_total, total, document_time)
VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7::text::date, nullif($8, '')::date, $9, $10, $11, $12, $13)`
	updateSQL = `UPDATE invoice SET document_number = nullif($6, ''), invoiced_on = $7::text::date, due_on = nullif($8, '')::date,
  currency = $9, net = $10, tax_total = $11, total = $12, document_time = greatest(document_time, $13), updated_at = now(),
  revision = revision + 1
WHERE id = $1 AND organization_id = $2 AND order_id = $3 AND customer_id = $4 AND number = $5`
	clearSQL = `DELETE FROM invoice_line WHERE invoice_id = $1 RETURNING id::text`
	linesSQL = `INSERT INTO invoice_line (id, organization_id, invoice_id, order_line_id, sequence, position, sku, name, quantity, unit, net,
  tax_percent, tax_total)
SELECT n.id, $1, $2, l.id, n.sequence, nullif(n.position, 0), nullif(n.sku, ''), n.name, n.quantity, nullif(n.unit, ''), n.net,
  n.percent, n.tax
FROM unnest($4::uuid[], $5::integer[], $6::text[], $7::text[], $8::numeric[], $9::text[], $10::numeric[], $11::numeric[], $12::numeric[])
  WITH ORDINALITY AS n(id, position, sku, name, quantity, unit, net, percent, tax, sequence)
LEFT JOIN order_line l ON l.order_id = $3 AND l.position = n.position`
)

// write inserts the invoice or puts it in place of the stored one, and says what it did.
func (b *bill) write(ctx context.Context, tx pgx.Tx, caller access.Caller, o *order.Held) ([]change.Entry, error) {
	head, sql := change.Entry{Resource: "invoices", Event: change.Updated}, updateSQL
	if b.stored == nil {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("making an id: %w", err)
		}
		b.id, head.Event, sql = id.String(), change.Created, insertSQL
	} else {
		head.Fields = append(b.changed(), "documentNumber")
	}
	head.IDs = []string{b.id}
	gone := change.Entry{Resource: "invoiceLines", Event: change.Deleted}
	added := change.Entry{Resource: "invoiceLines", Event: change.Created}
	batch := &pgx.Batch{}
	batch.Queue(sql, b.id, caller.Organization, o.ID, o.Customer, b.number, b.document, b.invoicedOn, b.dueOn, b.currency, b.net, b.tax,
		b.total, b.time)
	if b.otherLines() {
		columns, ids, err := b.columns()
		if err != nil {
			return nil, err
		}
		batch.Queue(clearSQL, b.id).Query(func(rows pgx.Rows) (err error) {
			gone.IDs, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
		batch.Queue(linesSQL, append([]any{caller.Organization, b.id, o.ID}, columns...)...)
		added.IDs = ids
	}
	err := tx.SendBatch(ctx, batch).Close()
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.ConstraintName == "invoice_key" { // at the same moment
		return nil, command.Refuse("number_taken", "number", "Invoice %s is of another order already.", b.number)
	}
	if err != nil {
		return nil, fmt.Errorf("writing invoice %s of order %s: %w", b.number, o.Number, err)
	}
	entries := []change.Entry{head}
	for _, e := range []change.Entry{gone, added} {
		if len(e.IDs) > 0 {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// columns are the lines as arrays, in the order of linesSQL, and their new ids.
func (b *bill) columns() (columns []any, ids []string, err error) {
	n := len(b.lines)
	ids = make([]string, n)
	positions := make([]int, n)
	skus, names, units := make([]string, n), make([]string, n), make([]string, n)
	quantities, percents := make([]decimal.NullDecimal, n), make([]decimal.NullDecimal, n)
	nets, taxes := make([]decimal.Decimal, n), make([]decimal.Decimal, n)
	for i, l := range b.lines {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, nil, fmt.Errorf("making an id: %w", err)
		}
		ids[i], positions[i], skus[i], names[i], units[i] = id.String(), l.Position, l.SKU, cmp.Or(l.Name, l.SKU), l.Unit
		quantities[i], percents[i], nets[i], taxes[i] = l.Quantity, l.TaxPercent, l.Net, l.TaxTotal
	}
	return []any{ids, positions, skus, names, quantities, units, nets, percents, taxes}, ids, nil
}
