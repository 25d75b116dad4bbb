package record

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/resource"
)

// cleared are the records whose reference was emptied because its target went.
type cleared struct {
	need
	ids, targets []string
}

// queueDeletes empties the references that may be emptied and deletes the records, those that point to others first.
func (w *writer) queueDeletes(batch *pgx.Batch, all []*doomed) error {
	if len(all) == 0 {
		return nil
	}
	types, of := byType(all)
	for _, t := range w.plan.deleteOrder(types) {
		w.queueClears(batch, t, idsOf(of[t]))
	}
	for _, t := range w.plan.deleteOrder(types) {
		w.queueDelete(batch, t, of[t])
	}
	return nil
}

// deleteOrder puts types whose records point to those of others before them.
func (p *Plan) deleteOrder(types []*resource.Type) []*resource.Type {
	var order []*resource.Type
	visited := map[string]bool{}
	var visit func(t *resource.Type)
	visit = func(t *resource.Type) {
		if visited[t.Name] {
			return
		}
		visited[t.Name] = true
		for _, other := range types {
			for i := range other.Relations {
				if rel := &other.Relations[i]; !rel.ToMany && rel.Target == t.Name {
					visit(other)
				}
			}
		}
		order = append(order, t)
	}
	for _, t := range types {
		visit(t)
	}
	return order
}

func (w *writer) queueClears(batch *pgx.Batch, t *resource.Type, ids []string) {
	_, clearing := w.plan.needs(t)
	leaving := make([]string, 0, len(w.plan.leaving))
	for id := range w.plan.leaving {
		leaving = append(leaving, id)
	}
	for _, n := range clearing {
		table, column := quote(n.t.Table), quote(n.rel.Column)
		sql := "WITH o AS (SELECT r.id, r." + column + " AS was FROM " + table + " r WHERE r." + column + " = ANY ($1::uuid[]) ORDER BY r.id FOR UPDATE) " +
			"UPDATE " + table + " r SET " + column + " = NULL, revision = r.revision + CASE WHEN r.id = ANY ($2::uuid[]) THEN 0 ELSE 1 END, " +
			"updated_at = now() FROM o WHERE r.id = o.id RETURNING r.id::text, o.was::text"
		batch.Queue(sql, ids, leaving).Query(func(result pgx.Rows) error {
			c := cleared{need: n}
			for result.Next() {
				raw := result.RawValues()
				if id := string(raw[0]); !w.plan.leaving[id] {
					c.ids, c.targets = append(c.ids, id), append(c.targets, string(raw[1]))
				}
			}
			if len(c.ids) > 0 {
				w.cleared = append(w.cleared, c)
			}
			return result.Err()
		})
	}
}

func (w *writer) queueDelete(batch *pgx.Batch, t *resource.Type, all []*doomed) {
	slices.SortFunc(all, func(a, b *doomed) int { return compareText(a.id, b.id) })
	ids, revisions := idsOf(all), make([]int64, len(all))
	for i, d := range all {
		revisions[i] = d.revision
	}
	batch.Queue("DELETE FROM external_id WHERE record_id = ANY ($1::uuid[]) AND type = $2", ids, t.Name)
	sql := "DELETE FROM " + quote(t.Table) + " t USING unnest($2::uuid[], $3::bigint[]) AS s(id, revision) WHERE t.id = s.id AND " +
		"t.revision = s.revision AND " + ofOrganization(t) + " RETURNING t.id::text"
	batch.Queue(sql, w.plan.caller.Organization, ids, revisions).Query(func(result pgx.Rows) error {
		back := make(map[string]bool, len(all))
		for result.Next() {
			back[string(result.RawValues()[0])] = true
		}
		for _, d := range all {
			if !back[d.id] {
				w.lost = append(w.lost, d.root)
			}
		}
		return result.Err()
	})
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
