package record

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// wantsExternal are the external ids that a change adds to its record; a new record keeps the one it was named by.
func (r *row) wantsExternal() []ExternalID {
	ids := r.change.ExternalIDs
	if r.target.form == formExternal && !r.exists {
		ids = append(ids[:len(ids):len(ids)], ExternalID{r.target.ref.System, r.target.ref.External})
	}
	return ids
}

// planExternalIDs finds out which external ids of a set are new, and refuses those that belong to other records.
func (p *Plan) planExternalIDs(ctx context.Context, tx pgx.Tx, s *set) error {
	if s.op == Delete {
		return nil
	}
	if err := p.planDropped(ctx, tx, s); err != nil {
		return err
	}
	var rows []*row
	var systems, ids []string
	var wanted []ExternalID
	for _, r := range s.rows {
		if r.failed {
			continue
		}
		for _, x := range r.wantsExternal() {
			rows, wanted = append(rows, r), append(wanted, x)
			systems, ids = append(systems, x.System), append(ids, x.ID)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	owners, err := p.externalOwners(ctx, tx, s.t.Name, systems, ids)
	if err != nil {
		return err
	}
	for n, r := range rows {
		x := wanted[n]
		full := "external\x00" + s.t.Name + "\x00" + x.System + "\x00" + x.ID
		first := p.named[full]
		switch owner := owners[n]; {
		case owner == r.id || first == r:
		case owner != "" || first != nil:
			r.fault("externalIds", CodeExternalTaken, "%s: the external id %q of the system %q belongs to another record",
				r.label(), x.ID, x.System)
		default:
			p.named[full] = r
			r.externals = append(r.externals, x)
			if r.exists {
				r.touch("externalIds")
			}
		}
	}
	return nil
}

// planDropped finds out which external ids stored records lose, because a change says which are all.
func (p *Plan) planDropped(ctx context.Context, tx pgx.Tx, s *set) error {
	of := map[string]*row{}
	var ids []string
	for _, r := range s.rows {
		if r.change.OnlyExternalIDs && r.exists && !r.failed {
			of[r.id], ids = r, append(ids, r.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, "SELECT x.record_id::text, x.system, x.external_id FROM external_id x WHERE x.organization_id = $1::uuid AND x.type = $2 "+
		"AND x.record_id = ANY ($3::uuid[]) ORDER BY x.system, x.external_id", p.caller.Organization, s.t.Name, ids)
	if err != nil {
		return fmt.Errorf("reading external ids: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		raw := rows.RawValues()
		r, x := of[string(raw[0])], ExternalID{string(raw[1]), string(raw[2])}
		if !slices.Contains(r.change.ExternalIDs, x) {
			r.dropped = append(r.dropped, x)
			r.touch("externalIds")
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading external ids: %w", err)
	}
	return nil
}

// touch makes a stored record count as changed though none of its own values is.
func (r *row) touch(name string) {
	r.touched = true
	for _, have := range r.change.Changed {
		if have == name {
			return
		}
	}
	r.change.Changed = append(r.change.Changed, name)
}

// externalOwners gives for each external id the record that has it, "" where none has.
func (p *Plan) externalOwners(ctx context.Context, tx pgx.Tx, typeName string, systems, ids []string) ([]string, error) {
	owners := make([]string, len(ids))
	rows, err := tx.Query(ctx, "SELECT s.n::text, x.record_id::text FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS s(system, id, n) "+
		"JOIN external_id x ON x.organization_id = $1::uuid AND x.type = $2 AND x.system = s.system AND x.external_id = s.id",
		p.caller.Organization, typeName, systems, ids)
	if err != nil {
		return nil, fmt.Errorf("looking for external ids: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		raw := rows.RawValues()
		n, err := strconv.Atoi(string(raw[0]))
		if err != nil {
			return nil, fmt.Errorf("looking for external ids: %w", err)
		}
		owners[n-1] = string(raw[1])
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("looking for external ids: %w", err)
	}
	return owners, nil
}
