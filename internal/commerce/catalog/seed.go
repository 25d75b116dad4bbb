package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
)

// Seed gives a new organization its units and the usual aliases of them, and says what it wrote.
func Seed(ctx context.Context, tx pgx.Tx, organization string) ([]change.Entry, error) {
	var units, codes, names, aliases, aliasIDs, meant []string
	var precisions []int32
	for _, u := range seedUnits {
		name, err := json.Marshal(map[string]string{"en": u.en, "de": u.de})
		if err != nil {
			return nil, fmt.Errorf("seed the unit %s: %w", u.code, err)
		}
		units, codes, names = append(units, newID()), append(codes, u.code), append(names, string(name))
		precisions = append(precisions, int32(u.precision)) // #nosec G115 -- of the list below
		for _, alias := range strings.Fields(u.aliases) {
			aliasIDs, aliases, meant = append(aliasIDs, newID()), append(aliases, alias), append(meant, u.code)
		}
	}
	if _, err := tx.Exec(ctx, `INSERT INTO unit (id, organization_id, code, name, precision)
		SELECT id, $1, code, name::jsonb, precision FROM unnest($2::uuid[], $3::text[], $4::text[], $5::int[]) u(id, code, name, precision)`,
		organization, units, codes, names, precisions); err != nil {
		return nil, fmt.Errorf("seed the units: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO unit_alias (id, organization_id, alias, unit_id)
		SELECT a.id, $1, a.alias, u.id FROM unnest($2::uuid[], $3::text[], $4::text[]) a(id, alias, code)
		JOIN unit u ON u.organization_id = $1 AND u.code = a.code`, organization, aliasIDs, aliases, meant); err != nil {
		return nil, fmt.Errorf("seed the aliases of units: %w", err)
	}
	return []change.Entry{
		{Resource: "units", Event: change.Created, IDs: units},
		{Resource: "unitAliases", Event: change.Created, IDs: aliasIDs},
	}, nil
}

// newID is a fresh UUIDv7. It fails only where the machine has no randomness, and then nothing works.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
