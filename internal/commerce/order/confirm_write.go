package order

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
)

const (
	// confirmLinesSQL leaves lines alone of which the same was said before; a day or a status that is not given stays.
	confirmLinesSQL = `UPDATE order_line l SET confirmed_quantity = n.quantity, confirmed_on = coalesce(n.day, l.confirmed_on),
  external_status = coalesce(n.status, l.external_status), updated_at = now(), revision = l.revision + 1
FROM (SELECT n.position, n.quantity, nullif(n.day, '')::date AS day, nullif(n.status, '') AS status
  FROM unnest($2::integer[], $3::numeric[], $4::text[], $5::text[]) AS n(position, quantity, day, status)) n
WHERE l.order_id = $1 AND l.position = n.position AND (l.confirmed_quantity, l.confirmed_on, l.external_status) IS DISTINCT FROM
  (n.quantity, coalesce(n.day, l.confirmed_on), coalesce(n.status, l.external_status))
RETURNING l.id::text`
	// confirmHeadSQL takes an order as accepted, unless nothing of it will come. $3 is whether something will, $7 whether the
	// time of the document is its sender's: else it alone is nothing new.
	confirmHeadSQL = `UPDATE sales_order SET external_status = coalesce(nullif($4, ''), external_status),
  external_message = coalesce(nullif($5, ''), external_message), document_time = greatest(document_time, $6),
  accepted_at = CASE WHEN $3 THEN coalesce(accepted_at, clock_timestamp()) END,
  refused_at = CASE WHEN NOT $3 THEN coalesce(refused_at, clock_timestamp()) END,
  status = CASE WHEN status = 'open' AND $3 THEN 'confirmed' ELSE status END, updated_at = now(), revision = revision + 1
WHERE id = $1 AND organization_id = $2 AND (external_status, external_message, document_time, accepted_at IS NOT NULL, refused_at IS NOT NULL)
  IS DISTINCT FROM (coalesce(nullif($4, ''), external_status), coalesce(nullif($5, ''), external_message),
  CASE WHEN $7 THEN greatest(document_time, $6) ELSE document_time END, $3, NOT $3)
RETURNING status`
)

// confirmLines writes what is new about the lines, here and in the database. Stock of what will not come is free again.
func (o *Held) confirmLines(ctx context.Context, tx pgx.Tx, caller access.Caller, answers []answer) ([]change.Entry, error) {
	n := len(answers)
	if n == 0 {
		return nil, nil
	}
	positions, quantities := make([]int, n), make([]decimal.Decimal, n)
	days, statuses := make([]string, n), make([]string, n)
	var dropped []inventory.Leaving
	for i, a := range answers {
		positions[i], quantities[i], days[i], statuses[i] = a.Position, a.Quantity, a.Date, a.Status
		l := o.Line(a.Position)
		before := l.Wanted()
		l.Confirmed = decimal.NewNullDecimal(a.Quantity)
		if a.Status != "" {
			l.ExternalStatus = a.Status
		}
		if less := before.Sub(l.Wanted()); less.IsPositive() {
			dropped = append(dropped, inventory.Leaving{Line: l.ID, Part: less, Open: before.Sub(l.Shipped)})
		}
	}
	entry := change.Entry{Resource: "orderLines", Event: change.Updated, Fields: []string{"confirmedQuantity", "confirmedOn", "externalStatus"}}
	rows, err := tx.Query(ctx, confirmLinesSQL, o.ID, positions, quantities, days, statuses)
	if err == nil {
		entry.IDs, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		return nil, fmt.Errorf("confirming %d lines of order %s: %w", n, o.Number, err)
	}
	if len(entry.IDs) == 0 {
		return nil, nil
	}
	if len(dropped) == 0 || o.External {
		return []change.Entry{entry}, nil
	}
	stock, err := inventory.Drop(ctx, tx, caller, o.ID, dropped)
	if len(stock.IDs) == 0 {
		return []change.Entry{entry}, err
	}
	return []change.Entry{entry, stock}, err
}

// confirmHead writes what is new about the order itself.
func (o *Held) confirmHead(ctx context.Context, tx pgx.Tx, call *command.Call, written time.Time) ([]change.Entry, error) {
	comes := len(o.Lines) == 0
	for i := range o.Lines {
		comes = comes || o.Lines[i].Wanted().IsPositive()
	}
	rows, err := tx.Query(ctx, confirmHeadSQL, o.ID, o.Organization, comes, call.Value("externalStatus"), call.Value("message"), written, call.Value("documentTime") != "")
	if err != nil {
		return nil, fmt.Errorf("confirming order %s: %w", o.Number, err)
	}
	statuses, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("confirming order %s: %w", o.Number, err)
	}
	if len(statuses) == 0 {
		return nil, nil
	}
	o.Status = statuses[0]
	return []change.Entry{{Resource: "orders", Event: change.Updated, IDs: []string{o.ID},
		Fields: []string{"status", "externalStatus", "externalMessage", "documentTime", "acceptedAt", "refusedAt"}}}, nil
}
