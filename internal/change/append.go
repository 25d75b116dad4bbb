package change

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

// appendSQL writes all entries of a transaction and queues them for the sequencer. Arrays of different lengths come as
// their text, which unnest can hand out one a row.
const appendSQL = `with entry as (
  insert into change (id, organization_id, resource, event, ids, fields, before, data, marks,
    actor_kind, actor_id, actor_name, origin, exchange_id)
  select e.id, $9::uuid, e.resource, e.event, e.ids::uuid[], e.fields::text[], e.before::jsonb, e.data::jsonb, e.marks::bigint[],
    $10, nullif($11, '')::uuid, $12, $13, nullif($14, '')::uuid
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    as e(id, resource, event, ids, fields, before, data, marks)
  returning seq, id
) insert into change_pending (seq, change_id) select seq, id from entry`

// Append logs what the transaction did, in one statement. It must come after the rows that the entries speak of are
// written: their locks put the entries of two transactions about one record into the order in which they commit. After
// the commit, tell the Sequencer by Wake.
func Append(ctx context.Context, tx pgx.Tx, caller access.Caller, entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	parameters, err := appendParameters(caller, entries)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, appendSQL, parameters...); err != nil {
		return fmt.Errorf("log the change %s of %s: %w", entries[0].Event, entries[0].Resource, err)
	}
	return nil
}

// Queue is Append as a statement of a batch; like each of the batch it has one result, to be read by Exec.
func Queue(b *pgx.Batch, caller access.Caller, entries ...Entry) error {
	parameters, err := appendParameters(caller, entries)
	if err == nil {
		b.Queue(appendSQL, parameters...)
	}
	return err
}

func appendParameters(caller access.Caller, entries []Entry) ([]any, error) {
	n := len(entries)
	ids, resources, events := make([]string, n), make([]string, n), make([]string, n)
	records, fields, befores, datas, marks := make([]string, n), make([]*string, n), make([]*string, n), make([]*string, n), make([]string, n)
	for i, e := range entries {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("log the change %s of %s: make an id: %w", e.Event, e.Resource, err)
		}
		if e.Before != nil && len(e.Before) != len(e.IDs) {
			return nil, fmt.Errorf("log the change %s of %s: %d old values for %d records", e.Event, e.Resource, len(e.Before), len(e.IDs))
		}
		keys, err := marksOf(e.IDs)
		if err != nil {
			return nil, fmt.Errorf("log the change %s of %s: %w", e.Event, e.Resource, err)
		}
		ids[i], resources[i], events[i] = id.String(), e.Resource, e.Event
		records[i], marks[i] = "{"+strings.Join(e.IDs, ",")+"}", numbers(keys)
		fields[i], befores[i], datas[i] = words(e.Fields), list(e.Before), object(e.Data)
	}
	a := authorOf(caller)
	return []any{ids, resources, events, records, fields, befores, datas, marks,
		a.organization, a.kind, a.id, a.name, a.origin, a.exchange}, nil
}

// words is a PostgreSQL array of texts.
func words(names []string) *string {
	if len(names) == 0 {
		return nil
	}
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	var b strings.Builder
	for i, name := range names {
		b.WriteString(map[bool]string{true: `{"`, false: `,"`}[i == 0])
		b.WriteString(escape.Replace(name) + `"`)
	}
	text := b.String() + "}"
	return &text
}

// list is a JSON array of the old values.
func list(values []json.RawMessage) *string {
	if values == nil {
		return nil
	}
	var b strings.Builder
	for i, v := range values {
		b.WriteByte("[,"[min(i, 1)])
		if v == nil {
			v = json.RawMessage("null")
		}
		b.Write(v)
	}
	if len(values) == 0 {
		b.WriteByte('[')
	}
	text := b.String() + "]"
	return &text
}

func object(value json.RawMessage) *string {
	if value == nil {
		return nil
	}
	text := string(value)
	return &text
}
