package order

import (
	"context"
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
	tag, err := tx.Exec(ctx, `UPDATE sales_order SET `+column+` = coalesce($2, clock_timestamp()), updated_at = now(), revision = revision + 1
		WHERE id = $1 AND `+column+` IS NULL`, order, when)
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

// Acknowledged notes the ERP's verdict. The newest counts.
func Acknowledged(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, v Verdict) error {
	set, status := "accepted_at = clock_timestamp(), refused_at = NULL", "confirmed"
	if !v.Accepted {
		set, status = "refused_at = clock_timestamp(), accepted_at = NULL", "open"
	}
	tag, err := tx.Exec(ctx, `UPDATE sales_order SET `+set+`, external_message = nullif($2, ''), external_status = nullif($3, ''),
		status = CASE WHEN status IN ('open', 'confirmed') THEN $4 ELSE status END, updated_at = now(), revision = revision + 1
		WHERE id = $1`, order, v.Message, v.Status, status)
	if err != nil {
		return fmt.Errorf("noting the ERP's verdict on order %s: %w", order, err)
	}
	if tag.RowsAffected() == 0 {
		return nil
	}
	if v.Number != "" && v.System != "" {
		_, err := tx.Exec(ctx, `INSERT INTO external_id (organization_id, type, system, external_id, record_id)
			VALUES ($1, 'orders', $2, $3, $4) ON CONFLICT DO NOTHING`, caller.Organization, v.System, v.Number, order)
		if err != nil {
			return fmt.Errorf("keeping the ERP's number of order %s: %w", order, err)
		}
	}
	event := "order.accepted"
	if !v.Accepted {
		event = "order.refused"
	}
	return change.Append(ctx, tx, caller, change.Entry{Resource: "orders", Event: event, IDs: []string{order},
		Fields: []string{"status", "externalStatus", "externalMessage", "acceptedAt", "refusedAt"}})
}
