package exchange

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Class is a kind of fault. It tells the sender whether to correct, to send again, or to wait.
type Class string

// The classes.
const (
	Value        Class = "value"        // a value is not what the field takes
	Missing      Class = "missing"      // a record or field that is referred to does not exist
	Connection   Class = "connection"   // the other side cannot be reached
	Intermittent Class = "intermittent" // it failed for no lasting reason
	RateLimit    Class = "rateLimit"    // the other side wants us to wait
	TooLarge     Class = "tooLarge"     // something exceeds a limit
	Parse        Class = "parse"        // the text is not in its format
	Duplicate    Class = "duplicate"    // the same thing came before in the message
)

// Severity says what an issue costs.
type Severity string

// The severities.
const (
	Failure Severity = "error"   // the record
	Warning Severity = "warning" // nothing, but somebody should look
)

// Issue is one thing that was wrong with a record of a message.
type Issue struct {
	Line     int // of the file, or number of the document in it; 0 is the message as a whole
	Key      string
	Field    string
	Class    Class
	Severity Severity
	Code     string
	Detail   string
}

// issueBatch bounds the parameters of one statement.
const issueBatch = 5000

const issueSQL = `insert into exchange_error (id, organization_id, exchange_id, line, key, field, class, severity, code, detail, count)
select i.id, $1, $2, nullif(i.line, 0), nullif(i.key, ''), nullif(i.field, ''), i.class, i.severity, i.code, i.detail, i.count
from unnest($3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::int[])
  as i(id, line, key, field, class, severity, code, detail, count)
on conflict (id) do update set count = exchange_error.count + excluded.count, updated_at = now(), revision = exchange_error.revision + 1`

// Record adds issues to an exchange in the transaction of their chunk. Warnings that are equal but for their line and key
// are one row with a count, over all chunks. It says how many warnings there were.
func Record(ctx context.Context, tx pgx.Tx, caller access.Caller, exchange string, issues ...Issue) (warnings int, err error) {
	parent, err := uuid.Parse(exchange)
	if err != nil {
		return 0, fmt.Errorf("record what was wrong with exchange %.40q: %w", exchange, err)
	}
	for chunk := range slices.Chunk(issues, issueBatch) {
		rows, n, err := group(parent, chunk)
		if err != nil {
			return warnings, fmt.Errorf("record what was wrong with exchange %s: %w", exchange, err)
		}
		warnings += n
		if _, err := tx.Exec(ctx, issueSQL, append([]any{caller.Organization, exchange}, rows.parameters()...)...); err != nil {
			return warnings, fmt.Errorf("record what was wrong with exchange %s: %w", exchange, err)
		}
	}
	return warnings, nil
}

// Found is an issue as the ledger has it: equal warnings are one, with a count.
type Found struct {
	Issue
	Count int
}

// Issues are what was wrong with an exchange, by line, at most so many.
func (l *Ledger) Issues(ctx context.Context, caller access.Caller, exchange string, most int) (all []Found, err error) {
	err = l.in(ctx, caller, "read what was wrong with exchange "+exchange, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select coalesce(line, 0), coalesce(key, ''), coalesce(field, ''), class, severity, code, detail, count
			from exchange_error where exchange_id = $1 order by coalesce(line, 0), id limit $2`, exchange, most)
		if err != nil {
			return err
		}
		var f Found
		_, err = pgx.ForEachRow(rows, []any{&f.Line, &f.Key, &f.Field, &f.Class, &f.Severity, &f.Code, &f.Detail, &f.Count}, func() error {
			all = append(all, f)
			return nil
		})
		return err
	})
	return all, err
}

// issueRows are issues turned on their side, as unnest takes them.
type issueRows struct {
	at                                          map[uuid.UUID]int
	ids                                         []string
	lines, counts                               []int32
	keys, fields, class, severity, code, detail []string
}

func (r *issueRows) parameters() []any {
	return []any{r.ids, r.lines, r.keys, r.fields, r.class, r.severity, r.code, r.detail, r.counts}
}

func group(exchange uuid.UUID, issues []Issue) (*issueRows, int, error) {
	rows, warnings := &issueRows{at: map[uuid.UUID]int{}}, 0
	for _, i := range issues {
		i.Detail = clip(i.Detail)
		id, err := uuid.NewV7()
		if err != nil {
			return nil, 0, fmt.Errorf("make an id: %w", err)
		}
		if i.Severity == Warning {
			warnings++
			id = sharedID(exchange, i)
			if at, met := rows.at[id]; met {
				rows.counts[at]++
				continue
			}
			rows.at[id] = len(rows.ids)
		}
		rows.add(id, i)
	}
	return rows, warnings, nil
}

func (r *issueRows) add(id uuid.UUID, i Issue) {
	r.ids, r.lines, r.counts = append(r.ids, id.String()), append(r.lines, int32(min(i.Line, 1<<31-1))), append(r.counts, 1) // #nosec G115 -- bounded here
	r.keys, r.fields, r.class = append(r.keys, clip(i.Key)), append(r.fields, i.Field), append(r.class, string(i.Class))
	r.severity, r.code, r.detail = append(r.severity, string(i.Severity)), append(r.code, i.Code), append(r.detail, i.Detail)
}

// sharedID is the same for all equal warnings of an exchange. It has the exchange's time, and so lies in a partition near
// the exchange.
func sharedID(exchange uuid.UUID, i Issue) uuid.UUID {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s", exchange, i.Class, i.Code, i.Field, i.Detail))
	var id uuid.UUID
	copy(id[:], sum[:])
	copy(id[:6], exchange[:6])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80 // version 7, variant of RFC 9562
	return id
}
