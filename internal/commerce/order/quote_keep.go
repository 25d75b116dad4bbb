package order

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
)

// quoteRow is an offer as keepSQL takes it.
type quoteRow struct {
	ID       string    `json:"id"`
	Code     string    `json:"code"`
	Position int       `json:"position"`
	Name     string    `json:"name"`
	Service  *string   `json:"service"`
	Channel  *string   `json:"channel"`
	Kind     string    `json:"kind"`
	Amount   *string   `json:"amount"`
	Days     *int      `json:"days"`
	Arrives  *string   `json:"arrives_on"`
	Parcels  any       `json:"parcels"`
	PickUp   bool      `json:"pick_up"`
	Expires  time.Time `json:"expires_at"`
	Method   *string   `json:"method_id"`
}

func quoteRows(offers []shipping.Offer) ([]quoteRow, error) {
	rows := make([]quoteRow, len(offers))
	for i, o := range offers {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("making an id: %w", err)
		}
		r := quoteRow{ID: id.String(), Code: o.Code, Position: i + 1, Name: o.Name, Service: orNil(o.Service), Channel: orNil(o.ChannelCode),
			Kind: string(o.Kind), PickUp: o.PickUp, Expires: o.Expires, Method: orNil(o.Method)}
		if o.Amount != nil {
			r.Amount = orNil(o.Amount.Number.String())
		}
		if o.Days > 0 {
			r.Days = &o.Days
		}
		if !o.Arrives.IsZero() {
			r.Arrives = orNil(o.Arrives.Format(time.DateOnly))
		}
		if len(o.Parcels) > 0 {
			parcels := make([]map[string]string, len(o.Parcels))
			for n, p := range o.Parcels {
				parcels[n] = map[string]string{"weight": p.Weight.String()}
			}
			r.Parcels = parcels
		}
		rows[i] = r
	}
	return rows, nil
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

const (
	// holdOpenSQL keeps the checkout from being placed until its quotes are written.
	holdOpenSQL = `SELECT coalesce(shipping_quote_id::text, '') FROM checkout WHERE id = $1 AND status = 'open' FOR NO KEY UPDATE`
	// dropSQL takes away what is not offered any more; the quote that was chosen stays as long as it holds.
	dropSQL = `DELETE FROM shipping_quote q USING checkout k WHERE k.id = $1 AND q.checkout_id = k.id AND q.code <> ALL ($3)
  AND (q.id IS DISTINCT FROM k.shipping_quote_id OR q.expires_at <= now() OR q.fingerprint IS DISTINCT FROM $2) RETURNING q.id::text`
	// keepSQL writes offers. What was quoted for the same goods and address, and holds, keeps its price, unless the carrier had not
	// answered then.
	keepSQL = `INSERT INTO shipping_quote AS q (id, organization_id, checkout_id, code, position, name, service, channel, kind, amount, currency, days,
  arrives_on, parcels, pick_up, expires_at, method_id, fingerprint)
SELECT o.id, $2, $1, o.code, o.position, o.name, o.service, o.channel, o.kind, o.amount, $4, o.days, o.arrives_on, nullif(o.parcels, 'null'), o.pick_up,
  o.expires_at, o.method_id, $3
FROM jsonb_to_recordset($5) AS o(id uuid, code text, position int, name text, service text, channel text, kind text, amount numeric, days int,
  arrives_on date, parcels jsonb, pick_up boolean, expires_at timestamptz, method_id uuid)
ON CONFLICT (checkout_id, code, organization_id) DO UPDATE SET position = excluded.position, name = excluded.name, service = excluded.service,
  channel = excluded.channel, kind = excluded.kind, amount = excluded.amount, currency = excluded.currency, days = excluded.days,
  arrives_on = excluded.arrives_on, parcels = excluded.parcels, pick_up = excluded.pick_up, expires_at = excluded.expires_at,
  method_id = excluded.method_id, fingerprint = excluded.fingerprint, updated_at = now(), revision = q.revision + 1
WHERE (q.position, q.name, q.kind, q.amount, q.currency, q.days, q.arrives_on, q.parcels, q.pick_up, q.expires_at, q.method_id, q.fingerprint)
  IS DISTINCT FROM (excluded.position, excluded.name, excluded.kind, excluded.amount, excluded.currency, excluded.days, excluded.arrives_on,
    excluded.parcels, excluded.pick_up, excluded.expires_at, excluded.method_id, excluded.fingerprint)
  AND (q.fingerprint IS DISTINCT FROM excluded.fingerprint OR q.expires_at <= now() OR q.kind NOT IN ('fixed', 'live')
    OR q.amount IS NOT DISTINCT FROM excluded.amount)
RETURNING id::text, xmax = 0`
)

// keepQuotes writes what was offered for a checkout, if that is still open.
func keepQuotes(ctx context.Context, tx pgx.Tx, caller access.Caller, checkout string, q quoting, offers []shipping.Offer) error {
	rows, err := quoteRows(offers)
	if err != nil {
		return err
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("writing down offers: %w", err)
	}
	codes := make([]string, len(offers))
	for i, o := range offers {
		codes[i] = o.Code
	}
	if err := tx.QueryRow(ctx, holdOpenSQL, checkout).Scan(new(string)); err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // it was placed or deleted meanwhile
		}
		return err
	}
	gone := change.Entry{Resource: "shippingQuotes", Event: change.Deleted}
	fresh := change.Entry{Resource: "shippingQuotes", Event: change.Created}
	changed := change.Entry{Resource: "shippingQuotes", Event: change.Updated, Fields: []string{"amount", "kind", "expiresAt"}}
	batch := &pgx.Batch{}
	batch.Queue(dropSQL, checkout, q.fingerprint, codes).Query(func(rows pgx.Rows) (err error) {
		gone.IDs, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	batch.Queue(keepSQL, checkout, caller.Organization, q.fingerprint, q.asked.Currency, string(text)).Query(func(rows pgx.Rows) error {
		var id string
		var isNew bool
		_, err := pgx.ForEachRow(rows, []any{&id, &isNew}, func() error {
			if isNew {
				fresh.IDs = append(fresh.IDs, id)
			} else {
				changed.IDs = append(changed.IDs, id)
			}
			return nil
		})
		return err
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	var entries []change.Entry
	for _, e := range []change.Entry{gone, fresh, changed} {
		if len(e.IDs) > 0 {
			entries = append(entries, e)
		}
	}
	return change.Append(ctx, tx, caller, entries...)
}
