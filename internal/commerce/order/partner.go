package order

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
)

// Exported notes that the order's file lies ready for the ERP.
func Exported(ctx context.Context, tx pgx.Tx, caller access.Caller, order string) error {
	return stamp(ctx, tx, caller, order, "exported_at", "exportedAt", "order.exported", time.Time{})
}

// Collected notes that the ERP has taken the order's file. It says nothing about what the ERP thinks of the order.
func Collected(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, at time.Time) error {
	return stamp(ctx, tx, caller, order, "collected_at", "collectedAt", "order.collected", at)
}

// stamp sets a time that is not set yet; zero is now. A second time changes nothing.
func stamp(ctx context.Context, tx pgx.Tx, caller access.Caller, order, column, field, event string, at time.Time) error {
	var when any
	if !at.IsZero() {
		when = at
	}
	tag, err := tx.Exec(ctx, `UPDATE sales_order SET `+column+` = coalesce($3, clock_timestamp()), updated_at = now(), revision = revision + 1
		WHERE id = $1 AND organization_id = $2 AND `+column+` IS NULL`, order, caller.Organization, when)
	if err != nil {
		return fmt.Errorf("noting %s of order %s: %w", field, order, err)
	}
	if tag.RowsAffected() == 0 {
		return nil
	}
	return change.Append(ctx, tx, caller, change.Entry{Resource: "orders", Event: event, IDs: []string{order}, Fields: []string{field}})
}

// Verdict is what the ERP says about an order.
type Verdict struct {
	Accepted bool
	Status   string // in the ERP's words
	Message  string
	Number   string // the ERP's own number of the order, "" if it gave none
	System   string // code of the partner or channel, for the external id
}

// verdictSQL leaves an order alone of which the same was said before, and does not take back what has gone on since: whether the
// ERP took an order is nothing new once it has said what it makes of it (Confirm), nor that it did not once something has left.
const verdictSQL = `UPDATE sales_order SET
  accepted_at = CASE WHEN $3 THEN coalesce(accepted_at, clock_timestamp()) END,
  refused_at = CASE WHEN NOT $3 THEN coalesce(refused_at, clock_timestamp()) END,
  external_message = nullif($4, ''), external_status = nullif($5, ''),
  status = CASE WHEN status NOT IN ('open', 'confirmed') THEN status WHEN $3 THEN 'confirmed' ELSE 'open' END,
  updated_at = now(), revision = revision + 1
WHERE id = $1 AND organization_id = $2 AND document_time IS NULL
  AND ($3 OR status NOT IN ('processing', 'completed')) AND (external_message, external_status, accepted_at IS NOT NULL, refused_at IS NOT NULL)
  IS DISTINCT FROM (nullif($4, ''), nullif($5, ''), $3, NOT $3)`

// Acknowledged notes the ERP's verdict. The newest counts; the same once more changes nothing.
func Acknowledged(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, v Verdict) error {
	if v.Number != "" && v.System != "" {
		other, err := number(ctx, tx, caller, order, v)
		if err != nil {
			return err
		}
		if other {
			v.Message = fmt.Sprintf("%s (its number %s in %s is that of another order already)", v.Message, v.Number, v.System)
		}
	}
	tag, err := tx.Exec(ctx, verdictSQL, order, caller.Organization, v.Accepted, v.Message, v.Status)
	if err != nil {
		return fmt.Errorf("noting the ERP's verdict on order %s: %w", order, err)
	}
	if tag.RowsAffected() == 0 {
		return nil
	}
	event := "order.accepted"
	if !v.Accepted {
		event = "order.refused"
	}
	return change.Append(ctx, tx, caller, change.Entry{Resource: "orders", Event: event, IDs: []string{order},
		Fields: []string{"status", "externalStatus", "externalMessage", "acceptedAt", "refusedAt"}})
}

// number keeps the ERP's number as an external id, if the order is the caller's. It reports whether the number is that of
// another order.
func number(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, v Verdict) (other bool, err error) {
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO external_id (organization_id, type, system, external_id, record_id)
		SELECT $1, 'orders', $2, $3, id FROM sales_order WHERE id = $4 AND organization_id = $1 ON CONFLICT DO NOTHING`,
		caller.Organization, v.System, v.Number, order)
	batch.Queue(`SELECT record_id <> $4 FROM external_id WHERE organization_id = $1 AND type = 'orders' AND system = $2 AND external_id = $3`,
		caller.Organization, v.System, v.Number, order).QueryRow(func(row pgx.Row) error {
		if err := row.Scan(&other); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		return nil
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return false, fmt.Errorf("keeping the ERP's number %s of order %s: %w", v.Number, order, err)
	}
	return other, nil
}
