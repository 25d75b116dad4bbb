package inventory

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
)

// releaseSQL locks stock in the order of ids as reserveSQL does.
const releaseSQL = `WITH gone AS (
  DELETE FROM stock_reservation WHERE order_id = $2 AND organization_id = $1 AND (cardinality($3::uuid[]) = 0 OR line_id = ANY ($3))
  RETURNING level_id, quantity
), held AS MATERIALIZED (
  SELECT v.id FROM inventory_level v WHERE v.id IN (SELECT level_id FROM gone) ORDER BY v.id FOR NO KEY UPDATE
)
UPDATE inventory_level v SET reserved = v.reserved - g.quantity, updated_at = now()
FROM (SELECT level_id, sum(quantity) AS quantity FROM gone GROUP BY level_id) g JOIN held h ON h.id = g.level_id
WHERE v.id = g.level_id RETURNING v.id::text`

// Release gives back what is reserved for an order, or for some lines of it: because it is cancelled, or because the goods
// have left and the warehouse's own count no longer has them. To release twice does nothing more. It gives what to write
// into the change log, without ids if nothing was reserved.
func Release(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, lines ...string) (change.Entry, error) {
	entry := change.Entry{Resource: "inventoryLevels", Event: change.Updated, Fields: []string{"reserved"}}
	if lines == nil {
		lines = []string{}
	}
	rows, err := tx.Query(ctx, releaseSQL, caller.Organization, order, lines)
	if err == nil {
		entry.IDs, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		return entry, fmt.Errorf("release the stock of order %s: %w", order, err)
	}
	return entry, nil
}
