package change

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/hanse-commerce/hanse/internal/access"
)

// appendSQL writes all entries of a transaction and queues them for the sequencer. The ids of all entries come as one
// array in binary, of which each entry has a slice; the other arrays of different lengths come as their text.
const appendSQL = `with entry as (
  insert into change (id, organization_id, resource, event, ids, fields, before, data, marks,
    actor_kind, actor_id, actor_name, origin, exchange_id)
  select e.id, $11::uuid, e.resource, e.event, ($4::uuid[])[e.first:e.last], e.fields::text[], e.before::jsonb, e.data::jsonb,
    e.marks::bigint[], $12, nullif($13, '')::uuid, $14, $15, nullif($16, '')::uuid
  from unnest($1::uuid[], $2::text[], $3::text[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[])
    as e(id, resource, event, first, last, fields, before, data, marks)
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
	var c columns
	for _, e := range entries {
		if err := c.add(e); err != nil {
			return nil, fmt.Errorf("log the change %s of %s: %w", e.Event, e.Resource, err)
		}
	}
	a := authorOf(caller)
	return []any{c.ids, c.resources, c.events, c.records, c.first, c.last, c.fields, c.befores, c.datas, c.marks,
		a.organization, a.kind, a.id, a.name, a.origin, a.exchange}, nil
}

// columns are entries turned on their side, as unnest takes them.
type columns struct {
	ids               pgtype.FlatArray[pgtype.UUID]
	records           pgtype.FlatArray[pgtype.UUID]
	resources, events []string
	first, last       []int32
	fields            []*string
	befores, datas    []*string
	marks             []string
}

func (c *columns) add(e Entry) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	if e.Before != nil && len(e.Before) != len(e.IDs) {
		return fmt.Errorf("%d old values for %d records", len(e.Before), len(e.IDs))
	}
	records := make([]uuid.UUID, len(e.IDs))
	for i, text := range e.IDs {
		if records[i], err = uuid.Parse(text); err != nil {
			return fmt.Errorf("the record id %.40q is not a UUID: %w", text, err)
		}
	}
	first := len(c.records) + 1
	for _, r := range records {
		c.records = append(c.records, pgtype.UUID{Bytes: r, Valid: true})
	}
	c.ids = append(c.ids, pgtype.UUID{Bytes: id, Valid: true})
	c.resources, c.events = append(c.resources, e.Resource), append(c.events, e.Event)
	c.first, c.last = append(c.first, int32(first)), append(c.last, int32(len(c.records))) // #nosec G115 -- an array of PostgreSQL ends long before
	c.fields, c.befores, c.datas = append(c.fields, words(e.Fields)), append(c.befores, list(e.Before)), append(c.datas, object(e.Data))
	c.marks = append(c.marks, numbers(marksOf(records)))
	return nil
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
