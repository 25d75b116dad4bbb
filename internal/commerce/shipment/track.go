package shipment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/module"
)

// parcel is one package of a shipment.
type parcel struct {
	Number         string `json:"number,omitempty"`
	TrackingNumber string `json:"trackingNumber,omitempty"`
	TrackingURL    string `json:"trackingUrl,omitempty"`
	Weight         string `json:"weight,omitempty"`
}

// carrierSQL finds the channel of a carrier by what an ERP may call it: the channel's code or name, or its kind, alone or as
// the first word ("FedEx Express").
const carrierSQL = `SELECT kind, coalesce(settings, '{}') FROM channel WHERE organization_id = $1 AND kind = ANY ($3::text[])
  AND $2 IN (lower(code), lower(name), lower(kind)) OR organization_id = $1 AND kind = ANY ($3::text[]) AND split_part($2, ' ', 1) = lower(kind)
ORDER BY lower(code) = $2 DESC, lower(name) = $2 DESC, enabled DESC, code LIMIT 1`

// track finds the carrier's page for the shipment and each of its parcels: there is none where the carrier is no channel of
// the seller's. The module makes the links of its settings and asks nobody.
func (d *desk) track(ctx context.Context, tx pgx.Tx, n *note, organization string) error {
	var page func(number string) string
	if n.carrier != "" && d.registry != nil {
		var err error
		if page, err = d.pages(ctx, tx, organization, n.carrier); err != nil {
			return err
		}
	}
	find := func(number string) string {
		if page == nil || number == "" {
			return ""
		}
		return page(number)
	}
	n.url = find(n.tracking)
	if n.parcels == nil {
		return nil
	}
	for i := range n.parcels {
		n.parcels[i].TrackingURL = find(n.parcels[i].TrackingNumber)
	}
	text, err := json.Marshal(n.parcels)
	if err != nil {
		return fmt.Errorf("writing the parcels of shipment %s: %w", n.number, err)
	}
	n.packed = string(text)
	return nil
}

// pages gives what makes the links of a carrier, nil if it is no channel.
func (d *desk) pages(ctx context.Context, tx pgx.Tx, organization, carrier string) (func(string) string, error) {
	carriers, kinds := map[string]module.Shipping{}, []string{}
	for _, m := range d.registry.All() {
		if s, ok := m.(module.Shipping); ok {
			carriers[m.Info().Name], kinds = s, append(kinds, m.Info().Name)
		}
	}
	var kind string
	var values map[string]any
	err := tx.QueryRow(ctx, carrierSQL, organization, strings.ToLower(carrier), kinds).Scan(&kind, &values)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("finding the carrier %s: %w", carrier, err)
	}
	m, _ := d.registry.Get(kind)
	settings, _ := module.CheckSettings(m.Info().Settings, values) // secrets are missing here, and no link needs one
	return func(number string) (url string) {
		defer func() {
			if recover() != nil { // a module's mistake must not keep a shipment out
				url = ""
			}
		}()
		return safe(carriers[kind].TrackingURL(settings, number))
	}, nil
}

// safe lets through what a browser may follow.
func safe(url string) string {
	if len(url) > 2000 || !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return ""
	}
	return url
}
