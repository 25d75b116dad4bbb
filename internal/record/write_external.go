package record

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/resource"
)

const externalSQL = "INSERT INTO external_id (organization_id, type, system, external_id, record_id) " +
	"SELECT $1::uuid, s.type, s.system, s.id, s.record_id::uuid " +
	"FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS s(type, system, id, record_id) " +
	"ORDER BY s.type, s.system, s.id ON CONFLICT DO NOTHING RETURNING record_id::text"

const droppedSQL = "DELETE FROM external_id x USING unnest($2::text[], $3::text[], $4::text[], $5::uuid[]) AS s(type, system, id, record_id) " +
	"WHERE x.organization_id = $1::uuid AND x.type = s.type AND x.system = s.system AND x.external_id = s.id AND x.record_id = s.record_id"

// queueDropped takes away the external ids that records lose.
func (w *writer) queueDropped(batch *pgx.Batch) {
	var types, systems, ids, records []string
	for _, x := range w.sets {
		for _, r := range x.updates {
			for _, e := range r.dropped {
				types, systems = append(types, x.set.t.Name), append(systems, e.System)
				ids, records = append(ids, e.ID), append(records, r.id)
			}
		}
	}
	if len(ids) > 0 {
		batch.Queue(droppedSQL, w.plan.caller.Organization, types, systems, ids, records)
	}
}

// queueExternalIDs adds the external ids that are new. One that another writer took meanwhile does not come back.
func (w *writer) queueExternalIDs(batch *pgx.Batch) {
	var rows []*row
	var types, systems, ids, records []string
	for _, x := range w.sets {
		for _, r := range append(flatten(x.creates), x.updates...) {
			for _, e := range r.externals {
				rows = append(rows, r)
				types, systems = append(types, x.set.t.Name), append(systems, e.System)
				ids, records = append(ids, e.ID), append(records, r.id)
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	batch.Queue(externalSQL, w.plan.caller.Organization, types, systems, ids, records).Query(func(result pgx.Rows) error {
		back := map[string]int{}
		for result.Next() {
			back[string(result.RawValues()[0])]++
		}
		for _, r := range rows {
			if back[r.id]--; back[r.id] < 0 {
				w.lost = append(w.lost, r)
			}
		}
		return result.Err()
	})
}

func flatten(levels [][]*row) []*row {
	var all []*row
	for _, l := range levels {
		all = append(all, l...)
	}
	return all
}

func conflict(r *row) resource.Violation {
	return resource.Violation{Code: CodeConflict, Detail: fmt.Sprintf("%s is not written: other writers changed it, or took one of its "+
		"unique values, %d times in a row; send it again", r.label(), raceRounds)}
}
