package order

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
)

const (
	insertForeignSQL = `INSERT INTO sales_order (id, organization_id, number, po_number, status, payment_status, shipping_status, currency,
  subtotal, shipping_total, tax_total, discount_total, total, tax_included, payment_method, placed_at, customer_id, external, document_time,
  cancelled_at, accepted_at)
VALUES ($1, $2, $3, nullif($4, ''), $5, 'pending', 'open', $6, $7, $8, $9, $10, $11, $12, 'paymentTerm', $13, $14, true, $15,
  CASE WHEN $5 = 'cancelled' THEN clock_timestamp() END, clock_timestamp())`
	// updateForeignSQL never takes back how far the order had come. $16 is whether the time of the document is its sender's.
	updateForeignSQL = `UPDATE sales_order o SET po_number = nullif($4, ''), status = n.status, subtotal = $7, shipping_total = $8, tax_total = $9,
  discount_total = $10, total = $11, tax_included = $12, placed_at = $13, document_time = greatest(o.document_time, $15),
  cancelled_at = CASE WHEN n.status = 'cancelled' THEN coalesce(o.cancelled_at, clock_timestamp()) END,
  updated_at = now(), revision = o.revision + 1
FROM (SELECT CASE WHEN $5 = 'cancelled' OR array_position($17::text[], $5) > coalesce(array_position($17::text[], s.status), 0) THEN $5
  ELSE s.status END AS status FROM sales_order s WHERE s.id = $1) n
WHERE o.id = $1 AND o.organization_id = $2 AND o.number = $3 AND o.currency = $6 AND o.customer_id = $14
  AND (o.po_number, o.status, o.subtotal, o.shipping_total, o.tax_total, o.discount_total, o.total, o.tax_included, o.placed_at, o.document_time)
    IS DISTINCT FROM (nullif($4, ''), n.status, $7, $8, $9, $10, $11, $12, $13,
      CASE WHEN $16 THEN greatest(o.document_time, $15) ELSE o.document_time END)
RETURNING o.status`
	// foreignLinesSQL finds product and unit where there are such here. A unit is told by its code, by the partner's alias
	// ($4) or by everybody's. Lines that are as they were stay.
	foreignLinesSQL = `INSERT INTO order_line AS l (id, organization_id, order_id, customer_id, position, sku, name, quantity, price, per, row_total,
  tax_total, product_id, unit_id)
SELECT n.id, $1, $2, $3, n.position, coalesce(nullif(n.sku, ''), '-'), coalesce(nullif(n.name, ''), p.name->>g.language, p.name->>'en', n.sku),
  n.quantity, n.price, n.per, n.total, n.tax, p.id, u.id
FROM unnest($5::uuid[], $6::integer[], $7::text[], $8::text[], $9::text[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[], $14::numeric[])
  AS n(id, position, sku, name, unit, quantity, price, per, total, tax)
JOIN organization g ON g.id = $1
LEFT JOIN product p ON p.organization_id = $1 AND p.sku = n.sku
LEFT JOIN LATERAL (SELECT x.id FROM (
    SELECT u.id, 1 AS rank FROM unit u WHERE u.organization_id = $1 AND u.code = n.unit
    UNION ALL SELECT a.unit_id, CASE WHEN a.system IS NULL THEN 3 ELSE 2 END FROM unit_alias a WHERE a.organization_id = $1 AND a.alias = n.unit
      AND (a.system IS NULL OR a.system = $4)
  ) x ORDER BY x.rank LIMIT 1) u ON true
ON CONFLICT (order_id, position, organization_id) DO UPDATE SET sku = excluded.sku, name = excluded.name, quantity = excluded.quantity,
  price = excluded.price, per = excluded.per, row_total = excluded.row_total, tax_total = excluded.tax_total, product_id = excluded.product_id,
  unit_id = excluded.unit_id, updated_at = now(), revision = l.revision + 1
WHERE (l.sku, l.name, l.quantity, l.price, l.per, l.row_total, l.tax_total, l.product_id, l.unit_id) IS DISTINCT FROM
  (excluded.sku, excluded.name, excluded.quantity, excluded.price, excluded.per, excluded.row_total, excluded.tax_total, excluded.product_id,
  excluded.unit_id)
RETURNING l.id::text, xmax = 0`
	goneForeignSQL = `DELETE FROM order_line WHERE order_id = $1 AND position <> ALL ($2::integer[]) RETURNING id::text`
)

// write inserts the order or puts the document in place of what is stored of it. It says what it did, nothing where all is
// as it was.
func (f *foreign) write(ctx context.Context, tx pgx.Tx, call *command.Call) (entries []change.Entry, err error) {
	head := change.Entry{Resource: "orders", IDs: []string{f.id}}
	added := change.Entry{Resource: "orderLines", Event: change.Created}
	other := change.Entry{Resource: "orderLines", Event: change.Updated,
		Fields: []string{"sku", "name", "quantity", "price", "per", "rowTotal", "taxTotal", "product", "unit"}}
	gone := change.Entry{Resource: "orderLines", Event: change.Deleted}
	columns, positions, err := f.columns()
	if err != nil {
		return nil, err
	}
	batch := &pgx.Batch{}
	f.queueHead(batch, call, &head)
	batch.Queue(goneForeignSQL, f.id, positions).Query(func(rows pgx.Rows) (err error) {
		gone.IDs, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	batch.Queue(foreignLinesSQL, append([]any{call.Caller.Organization, f.id, f.customer, call.Caller.Origin}, columns...)...).Query(func(rows pgx.Rows) error {
		var id string
		var isNew bool
		_, err := pgx.ForEachRow(rows, []any{&id, &isNew}, func() error {
			into := &other
			if isNew {
				into = &added
			}
			into.IDs = append(into.IDs, id)
			return nil
		})
		return err
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("writing order %s of the ERP: %w", f.number, err)
	}
	if f.held == nil && call.Caller.Origin != "" {
		if _, err := number(ctx, tx, call.Caller, f.id, Verdict{Number: f.number, System: call.Caller.Origin}); err != nil {
			return nil, err
		}
	}
	for _, e := range []change.Entry{head, gone, added, other} {
		if len(e.IDs) > 0 && e.Event != "" {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// queueHead writes the order itself; head stays without an event where nothing is new.
func (f *foreign) queueHead(batch *pgx.Batch, call *command.Call, head *change.Entry) {
	values := []any{f.id, call.Caller.Organization, f.number, f.poNumber, f.status, f.currency, f.subtotal, f.shipping, f.tax, f.discount,
		f.total, f.taxIncluded(), f.placed, f.customer, f.written}
	if f.held == nil {
		head.Event = change.Created
		batch.Queue(insertForeignSQL, values...)
		return
	}
	stages := []string{"open", "confirmed", "processing", "completed"}
	batch.Queue(updateForeignSQL, append(values, f.timed, stages)...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			head.Event = change.Updated
			head.Fields = []string{"poNumber", "status", "subtotal", "shippingTotal", "taxTotal", "discountTotal", "total", "taxIncluded", "placedAt",
				"documentTime", "cancelledAt"}
		}
		return rows.Err()
	})
}

// columns are the lines as arrays, in the order of foreignLinesSQL, and their positions.
func (f *foreign) columns() (columns []any, positions []int, err error) {
	n := len(f.lines)
	positions = make([]int, n)
	text := make([][]string, 4)
	for i := range text {
		text[i] = make([]string, n)
	}
	amounts := make([][]decimal.Decimal, 5)
	for i := range amounts {
		amounts[i] = make([]decimal.Decimal, n)
	}
	for i, l := range f.lines {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, nil, fmt.Errorf("making an id: %w", err)
		}
		positions[i] = l.Position
		text[0][i], text[1][i], text[2][i], text[3][i] = id.String(), l.SKU, l.Name, l.Unit
		amounts[0][i], amounts[1][i], amounts[2][i], amounts[3][i], amounts[4][i] = l.Quantity, l.Price.Decimal, l.Per.Decimal, l.RowTotal, l.TaxTotal
	}
	return []any{text[0], positions, text[1], text[2], text[3], amounts[0], amounts[1], amounts[2], amounts[3], amounts[4]}, positions, nil
}
