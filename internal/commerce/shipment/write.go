package shipment

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
)

const (
	insertSQL = `INSERT INTO shipment (id, organization_id, order_id, number, carrier, service, tracking_number, tracking_url, shipped_on,
  weight, parcels, document_time)
VALUES ($1, $2, $3, $4, nullif($5, ''), nullif($6, ''), nullif($7, ''), nullif($8, ''), $9::text::date, nullif($10, '')::numeric,
  nullif($11, '')::jsonb, $12)`
	updateSQL = `UPDATE shipment SET carrier = nullif($5, ''), service = nullif($6, ''), tracking_number = nullif($7, ''),
  tracking_url = nullif($8, ''), shipped_on = $9::text::date, weight = nullif($10, '')::numeric, parcels = nullif($11, '')::jsonb,
  document_time = greatest(document_time, $12), updated_at = now(), revision = revision + 1
WHERE id = $1 AND organization_id = $2 AND order_id = $3 AND number = $4`
	linesSQL = `INSERT INTO shipment_line (id, organization_id, shipment_id, order_line_id, position, sku, quantity)
SELECT n.id, $1, $2, l.id, l.position, l.sku, n.quantity
FROM unnest($4::uuid[], $5::integer[], $6::numeric[]) AS n(id, position, quantity) JOIN order_line l ON l.order_id = $3 AND l.position = n.position
ON CONFLICT (shipment_id, position, organization_id) DO UPDATE SET quantity = shipment_line.quantity + excluded.quantity,
  updated_at = now(), revision = shipment_line.revision + 1
RETURNING id::text, xmax = 0`
)

// write inserts or changes the shipment and its lines, and says what it did.
func (n *note) write(ctx context.Context, tx pgx.Tx, caller access.Caller, o *order.Held) ([]change.Entry, error) {
	head, sql := change.Entry{Resource: "shipments", Event: change.Updated}, updateSQL
	if n.stored == nil {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("making an id: %w", err)
		}
		n.id, head.Event, sql = id.String(), change.Created, insertSQL
	} else {
		head.Fields = n.changed()
	}
	head.IDs = []string{n.id}
	positions := slices.Sorted(maps.Keys(n.leaves))
	ids, quantities := make([]string, len(positions)), make([]decimal.Decimal, len(positions))
	for i, position := range positions {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("making an id: %w", err)
		}
		ids[i], quantities[i] = id.String(), n.leaves[position]
	}
	added := change.Entry{Resource: "shipmentLines", Event: change.Created}
	grown := change.Entry{Resource: "shipmentLines", Event: change.Updated, Fields: []string{"quantity"}}
	batch := &pgx.Batch{}
	batch.Queue(sql, n.id, caller.Organization, o.ID, n.number, n.carrier, n.service, n.tracking, n.url, n.shippedOn, n.weight, n.packed, n.time)
	batch.Queue(linesSQL, caller.Organization, n.id, o.ID, ids, positions, quantities).Query(func(rows pgx.Rows) error {
		var id string
		var isNew bool
		_, err := pgx.ForEachRow(rows, []any{&id, &isNew}, func() error {
			if isNew {
				added.IDs = append(added.IDs, id)
			} else {
				grown.IDs = append(grown.IDs, id)
			}
			return nil
		})
		return err
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("writing shipment %s of order %s: %w", n.number, o.Number, err)
	}
	entries := []change.Entry{head}
	for _, e := range []change.Entry{added, grown} {
		if len(e.IDs) > 0 {
			entries = append(entries, e)
		}
	}
	return entries, nil
}
