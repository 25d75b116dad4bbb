package catalog

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Querier runs a query: a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Codes translates one system's codes of units. It is a snapshot, good for one file.
type Codes struct {
	own, units, general map[string]string // alias or code -> code
	back                map[string]string // code -> the system's own
}

// LoadCodes reads an organization's units and the aliases that the system may use: its own and everyone's.
func LoadCodes(ctx context.Context, db Querier, organization, system string) (*Codes, error) {
	rows, err := db.Query(ctx, `SELECT u.code, u.code, 0 AS source, false FROM unit u WHERE u.organization_id = $1
		UNION ALL SELECT a.alias, u.code, CASE WHEN a.system IS NULL THEN 1 ELSE 2 END, a.preferred
		FROM unit_alias a JOIN unit u ON u.id = a.unit_id WHERE a.organization_id = $1 AND (a.system IS NULL OR a.system = $2)
		ORDER BY 4 DESC, 1`, organization, system)
	if err != nil {
		return nil, fmt.Errorf("read the units of %s: %w", system, err)
	}
	c := &Codes{map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	var alias, code string
	var source int
	var preferred bool
	_, err = pgx.ForEachRow(rows, []any{&alias, &code, &source, &preferred}, func() error {
		[]map[string]string{c.units, c.general, c.own}[source][alias] = code
		if _, known := c.back[code]; source == 2 && !known {
			c.back[code] = alias
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the units of %s: %w", system, err)
	}
	return c, nil
}

// Unit gives the UN/ECE code that a code of the system means: by the system's own alias, else the code itself, else by
// everyone's alias, whatever the case of its letters. False: the unit is unknown, and so the record must be refused.
func (c *Codes) Unit(code string) (string, bool) {
	for _, written := range []string{strings.TrimSpace(code), strings.ToUpper(strings.TrimSpace(code))} {
		for _, known := range []map[string]string{c.own, c.units, c.general} {
			if u, ok := known[written]; ok {
				return u, true
			}
		}
	}
	return "", false
}

// Adopt takes a code that only everyone's aliases explain as the system's own from now on, in this snapshot. It gives the
// code as it is to be kept, and whether it is the system's first for the unit; false if the code needs no adoption.
func (c *Codes) Adopt(code string) (alias string, first, adopted bool) {
	alias = strings.TrimSpace(code)
	upper := strings.ToUpper(alias)
	for _, known := range []map[string]string{c.own, c.units} {
		if known[alias] != "" || known[upper] != "" {
			return "", false, false
		}
	}
	unit, ok := c.Unit(alias)
	if !ok {
		return "", false, false
	}
	c.own[alias] = unit
	if c.back[unit] == "" {
		c.back[unit], first = alias, true
	}
	return alias, first, true
}

// Back gives the code under which the system knows a unit: its preferred alias, else its first, else the UN/ECE code.
func (c *Codes) Back(unit string) string {
	if alias, ok := c.back[unit]; ok {
		return alias
	}
	return unit
}

// Learn makes codes that a system used, and that everyone's aliases explained, the system's own, so that it gets them back.
// The first code for a unit stays the preferred one.
func Learn(ctx context.Context, tx pgx.Tx, caller access.Caller, system string, codes ...string) error {
	ids := make([]string, len(codes))
	for i := range ids {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("learn the units of %s: %w", system, err)
		}
		ids[i] = id.String()
	}
	_, err := tx.Exec(ctx, `INSERT INTO unit_alias (id, organization_id, alias, system, unit_id, preferred)
		SELECT c.id, $1, c.alias, $2, a.unit_id, row_number() OVER (PARTITION BY a.unit_id ORDER BY c.n) = 1
			AND NOT EXISTS (SELECT FROM unit_alias o WHERE o.organization_id = $1 AND o.system = $2 AND o.unit_id = a.unit_id)
		FROM unnest($3::uuid[], $4::text[]) WITH ORDINALITY AS c(id, alias, n)
		JOIN unit_alias a ON a.organization_id = $1 AND a.system IS NULL AND a.alias = c.alias
		ON CONFLICT (organization_id, alias, system) DO NOTHING`, caller.Organization, system, ids, codes)
	if err != nil {
		return fmt.Errorf("learn the units of %s: %w", system, err)
	}
	return nil
}
