package shipping

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

const nowSQL = `SELECT now(), (now() AT TIME ZONE time_zone)::date FROM organization WHERE id = $1`

const methodsSQL = `SELECT m.id::text, m.code, coalesce(m.name->>$3, m.name->>o.language, m.name->>$4, m.code), m.amount
FROM shipping_method m JOIN organization o ON o.id = m.organization_id
WHERE m.organization_id = $1 AND m.currency = $2 AND m.status = 'enabled' ORDER BY m.position, m.code`

// channelsSQL finds what is open to the website; a channel that names no website is for all.
const channelsSQL = `SELECT c.id::text, c.code, c.kind, coalesce(c.label->>$4, c.label->>o.language, c.label->>$5, c.name),
  coalesce(c.settings, '{}')::text, c.revision
FROM channel c JOIN organization o ON o.id = c.organization_id
WHERE c.organization_id = $1 AND c.kind = ANY($3) AND c.enabled AND c.paused_at IS NULL
  AND (NOT EXISTS (SELECT FROM channel_website w WHERE w.channel_id = c.id)
    OR EXISTS (SELECT FROM channel_website w WHERE w.channel_id = c.id AND w.website_id::text = $2))
ORDER BY c.position, c.code`

// originSQL is the warehouse that orders take from first, if it says where it lies.
const originSQL = `SELECT w.name, coalesce(w.street, ''), coalesce(w.postal_code, ''), coalesce(w.city, ''), coalesce(w.region, ''), w.country
FROM warehouse w WHERE w.organization_id = $1 AND w.status = 'enabled' AND w.country IS NOT NULL
  AND (w.street IS NOT NULL OR w.postal_code IS NOT NULL) ORDER BY w.priority DESC, w.code LIMIT 1`

// counter is what a shop has to offer for a consignment.
type counter struct {
	now, today time.Time // the database's clock and the organization's day
	methods    []Offer
	questions  []*question
}

// load reads what the shop offers, in one round trip, and says where parcels leave if the consignment does not.
func (d *Desk) load(ctx context.Context, caller access.Caller, s *Consignment) (*counter, error) {
	c := &counter{}
	var channels []*question
	batch := &pgx.Batch{}
	access.Queue(batch, caller)
	batch.Queue(nowSQL, s.Organization).QueryRow(func(row pgx.Row) error { return row.Scan(&c.now, &c.today) })
	batch.Queue(methodsSQL, s.Organization, s.Currency, s.Language, resource.DefaultLanguage).Query(func(rows pgx.Rows) (err error) {
		c.methods, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Offer, error) {
			o, amount := Offer{Kind: Fixed, Expires: c.now.Add(fixedHolds)}, decimal.Decimal{}
			err := row.Scan(&o.Method, &o.Code, &o.Name, &amount)
			rounded := money.Of(amount, s.Currency).Round()
			o.Amount = &rounded
			return o, err
		})
		return err
	})
	batch.Queue(channelsSQL, s.Organization, s.Website, d.kinds(), s.Language, resource.DefaultLanguage).Query(func(rows pgx.Rows) (err error) {
		channels, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*question, error) {
			q := &question{}
			return q, row.Scan(&q.channel, &q.code, &q.kind, &q.label, &q.settings, &q.revision)
		})
		return err
	})
	if s.From.Country == "" {
		batch.Queue(originSQL, s.Organization).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				if err := rows.Scan(&s.From.Company, &s.From.Street, &s.From.PostalCode, &s.From.City, &s.From.Region, &s.From.Country); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	}
	if err := d.DB.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("read shipping methods and channels: %w", err)
	}
	for _, q := range channels {
		if d.prepare(q, *s, c.today) {
			c.questions = append(c.questions, q)
		}
	}
	return c, nil
}

// kinds are the modules that ship.
func (d *Desk) kinds() []string {
	kinds := []string{}
	for _, m := range d.Registry.All() {
		if _, ok := m.(module.Shipping); ok {
			kinds = append(kinds, m.Info().Name)
		}
	}
	return kinds
}

// prepare makes the question that a channel is asked. It tells whether the channel can be offered at all.
func (d *Desk) prepare(q *question, s Consignment, today time.Time) bool {
	var err error
	if q.traits, err = d.traits(q); err != nil {
		d.log().Error("a channel is not offered", "channel", q.code, "kind", q.kind, "error", err)
		return false
	}
	if s.To.Country == "" && !q.traits.PickUp {
		return false
	}
	q.parcels = Pack(s.Items, q.traits.ParcelWeight)
	q.request = module.RateRequest{From: s.From, To: s.To, Parcels: q.parcels, Subtotal: s.Subtotal, Language: s.Language, Ship: today}
	parts := append([]string{q.channel, strconv.FormatInt(q.revision, 10), s.Currency, s.Language, s.Subtotal.String(), today.Format(time.DateOnly)},
		place(s.From)...)
	parts = append(parts, place(s.To)...)
	for _, p := range q.parcels {
		parts = append(parts, p.Weight.String())
	}
	q.key = digest(parts...)
	return true
}

// traits reads a channel's settings as far as they are known here: secrets are not.
func (d *Desk) traits(q *question) (t module.ShippingTraits, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the module %s panicked: %v", q.kind, r)
		}
	}()
	m, _ := d.Registry.Get(q.kind)
	carrier, ok := m.(module.Shipping)
	if !ok {
		return t, fmt.Errorf("the module %s ships nothing", q.kind)
	}
	var values map[string]any
	decoder := json.NewDecoder(bytes.NewReader([]byte(q.settings)))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		return t, fmt.Errorf("read its settings: %w", err)
	}
	// A setting that is wrong shows when the carrier is asked; what happens then the others still say.
	settings, _ := module.ParseSettings(m.Info().Settings, values)
	return carrier.ShippingTraits(settings), nil
}
