package exchange

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Departure is a message that is to go out.
type Departure struct {
	ID        string // UUID of the exchange; Send makes one if it is ""
	Point     Point
	Partner   string // UUID or ""
	Channel   string // UUID or ""
	Name      string // base name
	Path      string // where a file is going to lie; "" for other messages
	Kind      string // type of document
	Reference string // number of the document, by which the answer speaks of it
	// Record is what the message is about, such as an order.
	RecordType, Record string
}

const sendSQL = `insert into exchange (id, organization_id, direction, point, partner_id, channel_id, name, kind, reference,
  record_type, record_id, path, status, started_at) values ($1, $2, 'out', $3, $4, $5, $6, $7, $8, $9, $10, $11, 'processing', clock_timestamp())`

// Send records a message that goes out, in the transaction that decides it, and gives the exchange's id. Its status is
// Processing until Sent or Refuse.
func Send(ctx context.Context, tx pgx.Tx, caller access.Caller, d Departure) (string, error) {
	if d.ID == "" {
		id, err := newID()
		if err != nil {
			return "", err
		}
		d.ID = id
	}
	_, err := tx.Exec(ctx, sendSQL, d.ID, caller.Organization, string(d.Point), optional(d.Partner), optional(d.Channel), d.Name,
		optional(d.Kind), optional(d.Reference), optional(d.RecordType), optional(d.Record), optional(d.Path))
	if err != nil {
		return "", fmt.Errorf("record the departure of %q: %w", d.Name, err)
	}
	return d.ID, nil
}

// Sent notes that a message has left: its content, and for a file where it lies.
func (l *Ledger) Sent(ctx context.Context, caller access.Caller, exchange, hash string, size int64, lies string) error {
	return l.in(ctx, caller, "note the departure of exchange "+exchange, func(tx pgx.Tx) error {
		return one(tx.Exec(ctx, `update exchange set status = 'done', content_hash = $2, content_size = $3, path = $4,
			placed_at = case when $4::text is not null then clock_timestamp() end, read = 1, created = 1,
			finished_at = clock_timestamp(), updated_at = now(), revision = revision + 1 where id = $1`,
			exchange, optional(hash), size, optional(lies)))
	})
}

// Collected notes, in a transaction, that the partner fetched a file of that name, and tells which exchange it was and what
// it is about; "" if it is none of ours. It says nothing about what the partner's system thinks of it. A partner may be
// quicker than Sent: the file is then known by its name alone.
func Collected(ctx context.Context, tx pgx.Tx, partner, file string, at time.Time) (exchange, recordType, record string, err error) {
	err = tx.QueryRow(ctx, `update exchange set collected_at = $3, updated_at = now(), revision = revision + 1
		where id = (select id from exchange where partner_id = $1 and direction = 'out' and name = $4 and (path = $2 or path is null)
			and collected_at is null order by id desc limit 1) returning id, coalesce(record_type, ''), coalesce(record_id, '')`,
		partner, file, at, path.Base(file)).Scan(&exchange, &recordType, &record)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", "", "", fmt.Errorf("note that %q was collected: %w", file, err)
	}
	return exchange, recordType, record, nil
}

// Answer is what a partner's system says about a message it got.
type Answer struct {
	Accepted bool
	Text     string
	Time     time.Time // when it said so, zero where it does not tell: now
}

// Acknowledged is the message that an answer is about.
type Acknowledged struct {
	Exchange           string // UUID
	RecordType, Record string // what it is about, "" for nothing
	Stale              bool   // the system has said something else since, which stands
}

// acknowledgeSQL takes the answer that was said last, wherever files overtake each other. Of the same second a refusal is taken
// for the earlier one: an IDoc that is posted does not fail any more.
const acknowledgeSQL = `with m as (select id, coalesce(record_type, '') as record_type, coalesce(record_id, '') as record_id,
    coalesce($5::timestamptz < acknowledgement_time or $5 = acknowledgement_time and $3 = 'rejected' and acknowledgement = 'accepted', false) as stale
  from exchange where partner_id = $1 and reference = $2 and direction = 'out' order by id desc limit 1 for no key update),
noted as (update exchange e set acknowledged_at = clock_timestamp(), acknowledgement = $3, acknowledgement_text = $4,
    acknowledgement_time = coalesce($5, acknowledgement_time), updated_at = now(), revision = revision + 1
  from m where e.id = m.id and not m.stale)
select id, record_type, record_id, stale from m`

// Acknowledge notes the answer to the newest message with that reference that went to the partner, and tells which it was.
// ErrUnknown: there is none. It runs in the transaction that has the answer's other effects.
func Acknowledge(ctx context.Context, tx pgx.Tx, partner, reference string, a Answer) (m Acknowledged, err error) {
	verdict := "rejected"
	if a.Accepted {
		verdict = "accepted"
	}
	var said *time.Time
	if !a.Time.IsZero() {
		said = &a.Time
	}
	err = tx.QueryRow(ctx, acknowledgeSQL, partner, reference, verdict, optional(clip(a.Text)), said).
		Scan(&m.Exchange, &m.RecordType, &m.Record, &m.Stale)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrUnknown
	}
	if err != nil {
		return Acknowledged{}, fmt.Errorf("note the answer to message %q: %w", reference, err)
	}
	return m, nil
}

// Concerns ties an exchange to the one record that it is about.
func Concerns(ctx context.Context, tx pgx.Tx, exchange, recordType, record string) error {
	err := one(tx.Exec(ctx, `update exchange set record_type = $2, record_id = $3, updated_at = now(), revision = revision + 1
		where id = $1`, exchange, recordType, record))
	if err != nil {
		return fmt.Errorf("tie exchange %s to a record: %w", exchange, err)
	}
	return nil
}
