package intake

import (
	"cmp"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/module"
)

// Partner is a third party with what is configured for its files.
type Partner struct {
	ID, Code, Organization, Language string
	Home                             string // name of its home, "" where it has no login and so no home
	Settings                         exchange.PartnerSettings
	Channels                         []Channel
	// Fault is why the partner's files cannot be taken, such as settings that cannot be read.
	Fault error
}

// Channel is a module configured for a partner.
type Channel struct {
	ID, Code string
	Module   module.Module
	Settings module.Settings
	// Fault is why the channel cannot be used, in words; it blocks nothing but its own files.
	Fault error
}

// Caller is the partner as the author of what its files change.
func (p *Partner) Caller(exchangeID string) access.Caller {
	return access.Caller{Side: access.Admin, Organization: p.Organization, Language: p.Language, Origin: p.Code, Exchange: exchangeID,
		Actor: access.Actor{Kind: access.Partner, ID: p.ID, Name: p.Code}}
}

func (p *Partner) defaults() Defaults {
	return Defaults{PriceList: cmp.Or(p.Settings.PriceList, pricing.DefaultList), Currency: p.Settings.Currency,
		Warehouse: cmp.Or(p.Settings.Warehouse, inventory.MainWarehouse), Unit: cmp.Or(p.Settings.Unit, "C62"), Language: p.Language,
		DecimalMark: p.Settings.DecimalMark[0]}
}

// LoadPartners reads the enabled partners of all organizations, or those of that code, with their enabled channels.
func LoadPartners(ctx context.Context, db Database, registry *module.Registry, code string) ([]*Partner, error) {
	return loadPartners(ctx, db, registry, "$1 = '' OR p.code = $1", code)
}

// LoadPartner reads one enabled partner by its id; nil if there is none.
func LoadPartner(ctx context.Context, db Database, registry *module.Registry, id string) (*Partner, error) {
	partners, err := loadPartners(ctx, db, registry, "p.id = $1::uuid", id)
	if err != nil || len(partners) == 0 {
		return nil, err
	}
	return partners[0], nil
}

func loadPartners(ctx context.Context, db Database, registry *module.Registry, which, value string) ([]*Partner, error) {
	var partners []*Partner
	byID := map[string]*Partner{}
	err := system(ctx, db, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT p.id::text, p.code, p.organization_id::text, p.language, p.settings,
			coalesce((SELECT l.home FROM partner_login l WHERE l.partner_id = p.id ORDER BY l.login LIMIT 1), '')
			FROM partner p WHERE p.status = 'enabled' AND (`+which+`) ORDER BY p.code, p.id`, value)
		if err != nil {
			return err
		}
		for rows.Next() {
			p, settings := &Partner{}, []byte(nil)
			if err := rows.Scan(&p.ID, &p.Code, &p.Organization, &p.Language, &settings, &p.Home); err != nil {
				return err
			}
			if p.Settings, p.Fault = exchange.ParseSettings(settings); p.Fault != nil {
				p.Fault = fmt.Errorf("partner %s: %w", p.Code, p.Fault)
			}
			partners, byID[p.ID] = append(partners, p), p
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return loadChannels(ctx, tx, registry, byID)
	})
	if err != nil {
		return nil, fmt.Errorf("loading partners: %w", err)
	}
	return partners, nil
}

func loadChannels(ctx context.Context, tx pgx.Tx, registry *module.Registry, partners map[string]*Partner) error {
	rows, err := tx.Query(ctx, `SELECT id::text, code, kind, coalesce(settings, '{}'), partner_id::text FROM channel
		WHERE enabled AND partner_id IS NOT NULL ORDER BY code`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c Channel
		var kind, partner string
		var settings map[string]any
		if err := rows.Scan(&c.ID, &c.Code, &kind, &settings, &partner); err != nil {
			return err
		}
		p := partners[partner]
		if p == nil {
			continue
		}
		m, ok := registry.Get(kind)
		if !ok {
			c.Fault = fmt.Errorf("channel %s: there is no module %q in this build", c.Code, kind)
		} else if c.Settings, c.Fault = module.ParseSettings(m.Info().Settings, settings); c.Fault == nil {
			c.Module = m
		}
		p.Channels = append(p.Channels, c)
	}
	return rows.Err()
}

// system runs f as the platform itself, across organizations.
func system(ctx context.Context, db Database, f func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		return f(tx)
	})
}
