package payment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Method is a way of paying: a channel whose module is a module.Payment.
type Method struct {
	Channel    string // UUID
	Revision   int64  // of the channel
	Code       string
	Kind       string // name of the module
	Name       string
	Label      map[string]string // what buyers read, by language; may be empty
	Settings   module.Settings   // without secrets
	Traits     module.PaymentTraits
	configured error // what is wrong with the settings
}

// Title is what buyers of a language read.
func (m Method) Title(language string) string {
	for _, l := range []string{language, resource.DefaultLanguage} {
		if t := m.Label[l]; t != "" {
			return t
		}
	}
	return m.Name
}

// Methods finds ways of paying among the channels.
type Methods struct {
	Registry *module.Registry
	// Usable tells whether this node can call a channel at all, such as whether it can read its secrets. Nil for all.
	Usable func(ctx context.Context, channel string, revision int64) bool
}

// methodsSQL: a channel that names no website is for all. Staff, which is in none ($4 is empty), finds all.
const methodsSQL = `SELECT c.id::text, c.revision, c.code, c.kind, c.name, coalesce(c.label, '{}'), coalesce(c.settings, '{}')
FROM channel c
WHERE c.organization_id = $1 AND c.enabled AND c.paused_at IS NULL AND c.kind = ANY ($2) AND ($3 = '' OR c.code = $3)
  AND ($4 = '' OR NOT EXISTS (SELECT FROM channel_website w WHERE w.channel_id = c.id)
    OR EXISTS (SELECT FROM channel_website w WHERE w.channel_id = c.id AND w.website_id = nullif($4, '')::uuid))
ORDER BY c.position, c.code`

// Offered are the ways of paying that a website has, in the order of their positions. A channel whose settings are not
// complete, or that cannot be used, is not offered.
func (m Methods) Offered(ctx context.Context, tx pgx.Tx, organization, website string) (offered []Method, err error) {
	batch := &pgx.Batch{}
	m.queue(batch, organization, website, "", &offered)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("find the ways of paying of website %s: %w", website, err)
	}
	return slices.DeleteFunc(offered, func(one Method) bool { return !m.usable(ctx, one) }), nil
}

// Find gives the way of paying with a code, if the website has it, be it usable or not. It is one round trip.
func (m Methods) Find(ctx context.Context, tx pgx.Tx, organization, website, code string) (Method, bool, error) {
	batch := &pgx.Batch{}
	var all []Method
	m.queue(batch, organization, website, code, &all)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return Method{}, false, fmt.Errorf("find the way of paying %s: %w", code, err)
	}
	if code == "" || len(all) == 0 {
		return Method{}, false, nil
	}
	return all[0], true, nil
}

// Queue puts the search for a way of paying that is offered into a batch; what it gives is called when the batch has run.
func (m Methods) Queue(batch *pgx.Batch, organization, website, code string) (found func(ctx context.Context) (Method, bool)) {
	var all []Method
	m.queue(batch, organization, website, code, &all)
	return func(ctx context.Context) (Method, bool) {
		if code == "" || len(all) == 0 || !m.usable(ctx, all[0]) {
			return Method{}, false
		}
		return all[0], true
	}
}

func (m Methods) usable(ctx context.Context, one Method) bool {
	return m.Usable == nil || m.Usable(ctx, one.Channel, one.Revision)
}

func (m Methods) queue(batch *pgx.Batch, organization, website, code string, into *[]Method) {
	batch.Queue(methodsSQL, organization, m.kinds(), code, website).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, m.scan)
		for _, one := range all {
			if one.configured == nil {
				*into = append(*into, one)
			}
		}
		return err
	})
}

// kinds are the names of the modules that move money.
func (m Methods) kinds() (names []string) {
	if m.Registry == nil {
		return []string{}
	}
	for _, one := range m.Registry.All() {
		if _, ok := one.(module.Payment); ok {
			names = append(names, one.Info().Name)
		}
	}
	return names
}

func (m Methods) scan(row pgx.CollectableRow) (Method, error) {
	var p Method
	var label, settings []byte
	if err := row.Scan(&p.Channel, &p.Revision, &p.Code, &p.Kind, &p.Name, &label, &settings); err != nil {
		return p, err
	}
	return p, m.fill(&p, label, settings)
}

func (m Methods) fill(p *Method, label, settings []byte) error {
	var given map[string]any
	if err := errors.Join(json.Unmarshal(label, &p.Label), json.Unmarshal(settings, &given)); err != nil {
		return fmt.Errorf("read the channel %s: %w", p.Code, err)
	}
	found, ok := m.Registry.Get(p.Kind)
	pays, isPayment := found.(module.Payment)
	if !ok || !isPayment {
		p.configured = fmt.Errorf("there is no payment module %q in this build", p.Kind)
		return nil
	}
	open, values := resource.Fields{}, map[string]any{}
	for _, f := range found.Info().Settings {
		if !f.Secret {
			open, values[f.Name] = append(open, f), given[f.Name]
		}
	}
	if p.Settings, p.configured = module.ParseSettings(open, values); p.configured == nil {
		p.Traits = pays.PaymentTraits(p.Settings)
	}
	return nil
}
