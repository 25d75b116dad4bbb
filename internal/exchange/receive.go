package exchange

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Arrival is a message that came in, its content already in the blob store.
type Arrival struct {
	Point     Point
	Partner   string // UUID
	Channel   string // UUID or ""
	Name      string // base name
	Path      string // where the file lies in the partner's home until it is placed; "" if it is none
	Kind      string // type of document, "" if not known yet
	Reference string // number of the document in the partner's system, or ""
	Hash      string // SHA-256 of the content in hex
	Size      int64  // bytes
	// Window is how long the same content of the same partner counts as a resend; zero: never.
	Window time.Duration
}

// Receipt is what Receive made of an arrival.
type Receipt struct {
	ID string // of the exchange
	// Status is Received for a message that has to be processed; that of the first one for a duplicate.
	Status Status
	// DuplicateOf is the exchange that brought the same content before; "" if this is no resend.
	DuplicateOf string
	// Known: this very file was received before and not placed, since its node stopped in between. If its status is not
	// Finished, its run goes on; else it is only left to place it.
	Known bool
}

const (
	knownSQL = `select id, status, coalesce(duplicate_of_id::text, '') from exchange
where partner_id = $1 and path = $2 and content_hash = $3 and direction = 'in' and placed_at is null order by id limit 1`
	// seenSQL takes the hash for this exchange if it is new or was seen too long ago. The row's lock makes a second node
	// that has the same content wait, and then see the first one's exchange.
	seenSQL = `insert into content_seen (organization_id, partner_id, content_hash, exchange_id, seen_at)
values ($1, $2, $3, $4, clock_timestamp())
on conflict (partner_id, content_hash) do update set exchange_id = excluded.exchange_id, seen_at = excluded.seen_at
where content_seen.seen_at <= clock_timestamp() - $5::interval returning exchange_id`
	receiveSQL = `insert into exchange (id, organization_id, direction, point, partner_id, channel_id, name, path, kind, reference,
  content_hash, content_size, status, duplicate_of_id, reason_code, reason, started_at, finished_at)
select $1, $2, 'in', $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce(f.status, 'received'), f.id, f.reason_code, f.reason,
  case when f.status in ('done', 'partlyDone', 'refused') then now() end,
  case when f.status in ('done', 'partlyDone', 'refused') then now() end
from (select 1) one left join exchange f on f.id = $12
returning status`
)

// Receive records a message that came in. The same content of the same partner within the window makes an exchange of its
// own that has the first one's end and counts nothing; if the first is still being processed, it ends with it.
func (l *Ledger) Receive(ctx context.Context, caller access.Caller, a Arrival) (r Receipt, err error) {
	err = l.in(ctx, caller, fmt.Sprintf("record the arrival of %q", a.Name), func(tx pgx.Tx) error {
		if a.Path != "" {
			err := tx.QueryRow(ctx, knownSQL, a.Partner, a.Path, a.Hash).Scan(&r.ID, &r.Status, &r.DuplicateOf)
			if r.Known = err == nil; r.Known || !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
		}
		return l.receive(ctx, tx, caller, a, &r)
	})
	return r, err
}

func (l *Ledger) receive(ctx context.Context, tx pgx.Tx, caller access.Caller, a Arrival, r *Receipt) (err error) {
	if r.ID, err = newID(); err != nil {
		return err
	}
	if a.Partner != "" && a.Hash != "" {
		if r.DuplicateOf, err = l.seen(ctx, tx, caller, a, r.ID); err != nil {
			return err
		}
	}
	return tx.QueryRow(ctx, receiveSQL, r.ID, caller.Organization, string(a.Point), optional(a.Partner), optional(a.Channel), a.Name,
		optional(a.Path), optional(a.Kind), optional(a.Reference), optional(a.Hash), a.Size, optional(r.DuplicateOf)).Scan(&r.Status)
}

// seen notes the content and gives the exchange that brought it before, "" if there is none within the window.
func (l *Ledger) seen(ctx context.Context, tx pgx.Tx, caller access.Caller, a Arrival, id string) (first string, err error) {
	var mine string
	err = tx.QueryRow(ctx, seenSQL, caller.Organization, a.Partner, a.Hash, id, a.Window).Scan(&mine)
	if err == nil {
		return "", nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("look for the same content: %w", err)
	}
	return l.findDuplicate(ctx, tx, a.Partner, a.Hash, a.Window)
}

const duplicateSQL = `select exchange_id from content_seen
where partner_id = $1 and content_hash = $2 and seen_at > clock_timestamp() - $3::interval`

func (l *Ledger) findDuplicate(ctx context.Context, tx pgx.Tx, partner, hash string, window time.Duration) (id string, err error) {
	err = tx.QueryRow(ctx, duplicateSQL, partner, hash, window).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// FindDuplicate gives the exchange by which the partner sent the same content within the window, "" if there is none.
func (l *Ledger) FindDuplicate(ctx context.Context, caller access.Caller, partner, hash string, window time.Duration) (id string, err error) {
	err = l.in(ctx, caller, "look for the same content", func(tx pgx.Tx) error {
		id, err = l.findDuplicate(ctx, tx, partner, hash, window)
		return err
	})
	return id, err
}

// Described adds what became known of a message once its content was read: the type of document and its number.
func (l *Ledger) Described(ctx context.Context, caller access.Caller, id, kind, reference, channel string) error {
	return l.in(ctx, caller, "describe exchange "+id, func(tx pgx.Tx) error {
		return one(tx.Exec(ctx, `update exchange set kind = coalesce($2, kind), reference = coalesce($3, reference),
			channel_id = coalesce($4::uuid, channel_id), updated_at = now(), revision = revision + 1 where id = $1`,
			id, optional(kind), optional(reference), optional(channel)))
	})
}

// Placed notes that the file of an exchange has come where it belongs: an inbound one to archive/ or error/, an outbound
// one to out/.
func (l *Ledger) Placed(ctx context.Context, caller access.Caller, id, path string) error {
	return l.in(ctx, caller, "note the place of exchange "+id, func(tx pgx.Tx) error {
		return one(tx.Exec(ctx, `update exchange set path = $2, placed_at = clock_timestamp(), updated_at = now(),
			revision = revision + 1 where id = $1`, id, path))
	})
}
