package record

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// planReplaced finds the stored records that the given lists leave out.
func (p *Plan) planReplaced(ctx context.Context, tx pgx.Tx, s *set) error {
	parents := map[string]*row{}
	var ids []string
	for _, r := range s.parents {
		if r.exists && !r.failed {
			parents[r.id] = r
			ids = append(ids, r.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	given := map[string]bool{}
	for _, r := range s.rows {
		if r.exists {
			given[r.id] = true
		}
	}
	stored, err := p.children(ctx, tx, s.relation, ids)
	if err != nil {
		return err
	}
	var gone []*doomed
	for _, c := range stored {
		if !given[c.id] {
			d := c.doomed
			d.root, d.replaced = parents[c.parent], s.relation
			gone = append(gone, &d)
		}
	}
	return p.doom(ctx, tx, gone)
}
