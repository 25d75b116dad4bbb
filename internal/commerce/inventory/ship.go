package inventory

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
)

// Leaving is a part of an order's line that leaves the warehouse, or that is not to come any more.
type Leaving struct {
	Line string          // UUID of the order's line
	Part decimal.Decimal // how much leaves, in the line's unit
	Open decimal.Decimal // how much of the line was still to come before
}

// shipSQL takes what leaves from the stock that the line holds, from warehouses in the order in which it was reserved, and
// locks stock in the order of ids as reserveSQL does. Of a line that leaves in parts the same share of its stock leaves, all
// of it with the last part; $6 is whether it leaves the house. Where what is held is less than the unit's smallest part, it stays as it is. A warehouse's count
// that came in between may have less on hand already: it is not taken below zero.
const shipSQL = `WITH leaving AS (
  SELECT * FROM unnest($3::uuid[], $4::numeric[], $5::numeric[]) AS l(line, part, open)
), kept AS MATERIALIZED (
  SELECT r.line_id, r.level_id, r.quantity, w.priority, w.code
  FROM stock_reservation r JOIN inventory_level v ON v.id = r.level_id JOIN warehouse w ON w.id = v.warehouse_id
  WHERE r.order_id = $2 AND r.organization_id = $1 AND r.line_id IN (SELECT line FROM leaving)
), laid AS (
  SELECT *, sum(quantity) OVER scale - quantity AS low, sum(quantity) OVER scale AS high, sum(quantity) OVER (PARTITION BY line_id) AS whole
  FROM kept WINDOW scale AS (PARTITION BY line_id ORDER BY priority DESC, code, level_id)
), taken AS MATERIALIZED (
  SELECT d.line_id, d.level_id, d.quantity, least(d.high, n.amount) - d.low AS part
  FROM laid d JOIN leaving l ON l.line = d.line_id
  CROSS JOIN LATERAL (SELECT CASE WHEN l.part >= l.open THEN d.whole ELSE round(d.whole * l.part / l.open, 6) END AS amount) n
  WHERE d.low < n.amount
), gone AS (
  DELETE FROM stock_reservation r USING taken t WHERE r.order_id = $2 AND r.line_id = t.line_id AND r.level_id = t.level_id AND t.part >= t.quantity
), fewer AS (
  UPDATE stock_reservation r SET quantity = r.quantity - t.part FROM taken t
  WHERE r.order_id = $2 AND r.line_id = t.line_id AND r.level_id = t.level_id AND t.part < t.quantity
), held AS MATERIALIZED (
  SELECT v.id FROM inventory_level v WHERE v.id IN (SELECT level_id FROM taken) ORDER BY v.id FOR NO KEY UPDATE
)
UPDATE inventory_level v SET reserved = v.reserved - t.part, updated_at = now(),
  on_hand = CASE WHEN $6 THEN greatest(v.on_hand - t.part, least(v.on_hand, 0)) ELSE v.on_hand END
FROM (SELECT level_id, sum(part) AS part FROM taken GROUP BY level_id) t JOIN held h ON h.id = t.level_id
WHERE v.id = t.level_id RETURNING v.id::text`

// Ship takes down what is reserved and on hand for the parts of an order's lines that leave. The order is locked by the
// caller. What holds no stock, such as a service, moves none. It gives what to write into the change log, without ids if
// nothing was held.
func Ship(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, parts []Leaving) (change.Entry, error) {
	return take(ctx, tx, caller, order, parts, change.Entry{Resource: "inventoryLevels", Event: change.Updated, Fields: []string{"reserved", "onHand"}}, true)
}

// Drop gives back what is reserved for parts of an order's lines that will not come. It is Ship otherwise, and leaves alone
// what is on hand.
func Drop(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, parts []Leaving) (change.Entry, error) {
	return take(ctx, tx, caller, order, parts, change.Entry{Resource: "inventoryLevels", Event: change.Updated, Fields: []string{"reserved"}}, false)
}

func take(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, parts []Leaving, entry change.Entry, gone bool) (change.Entry, error) {
	n := len(parts)
	lines, part, open := make([]string, n), make([]decimal.Decimal, n), make([]decimal.Decimal, n)
	for i, p := range parts {
		lines[i], part[i], open[i] = p.Line, p.Part, p.Open
	}
	rows, err := tx.Query(ctx, shipSQL, caller.Organization, order, lines, part, open, gone)
	if err == nil {
		entry.IDs, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		return entry, fmt.Errorf("take the stock of order %s down: %w", order, err)
	}
	return entry, nil
}
