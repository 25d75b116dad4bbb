package change

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Querier runs a query: a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// historyLimit is how many of a record's changes are told.
const historyLimit = 200

const historySQL = `select c.id, c.at, c.organization_id, c.resource, c.event, c.fields,
  c.before -> (array_position(c.ids, $4::uuid) - 1), c.data, c.actor_kind, coalesce(c.actor_id::text, ''), c.actor_name,
  c.origin, coalesce(c.exchange_id::text, '')
from change c
where c.marks && $1::bigint[] and c.organization_id = $2::uuid and c.resource = $3 and c.ids @> array[$4::uuid]
order by c.seq desc limit $5`

// History tells what happened to one record of the caller's organization, newest first, the last 200 changes. Fields that
// he may not see are left out. Whether he may see the record is for the surface to know; buyers never see a history.
func History(ctx context.Context, q Querier, caller access.Caller, resource, id string) ([]Event, error) {
	record, err := uuid.Parse(id)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %.40q is not a UUID", resource, id)
	}
	if caller.Side != access.Admin {
		return nil, nil
	}
	exact, moment := markPair(record)
	rows, err := q.Query(ctx, historySQL, []int64{exact, moment}, caller.Organization, resource, record.String(), historyLimit)
	if err != nil {
		return nil, fmt.Errorf("history of %s %s: %w", resource, id, err)
	}
	events, err := pgx.CollectRows(rows, scanHistory)
	if err != nil {
		return nil, fmt.Errorf("history of %s %s: %w", resource, id, err)
	}
	for i := range events {
		events[i].Record = record.String()
		events[i].hide(caller.Grants)
	}
	return events, nil
}

func scanHistory(row pgx.CollectableRow) (e Event, err error) {
	var kind string
	err = row.Scan(&e.Change, &e.At, &e.Organization, &e.Resource, &e.Event, &e.Fields, &e.Before, &e.Data, &kind, &e.Actor.ID,
		&e.Actor.Name, &e.Origin, &e.Exchange)
	e.Actor.Kind = access.ActorKind(kind)
	return e, err
}

// hide takes out what the caller's grants keep from him.
func (e *Event) hide(grants *access.Grants) {
	hidden := func(field string) bool { return grants.Hidden(e.Resource, field) }
	if grants == nil {
		return
	}
	e.Fields = slices.DeleteFunc(e.Fields, hidden)
	for _, part := range []*json.RawMessage{&e.Before, &e.Data} {
		var values map[string]json.RawMessage
		if *part == nil || json.Unmarshal(*part, &values) != nil {
			continue
		}
		before := len(values)
		for field := range values {
			if hidden(field) {
				delete(values, field)
			}
		}
		if len(values) != before {
			*part, _ = json.Marshal(values) // of what was just unmarshalled
		}
	}
}
