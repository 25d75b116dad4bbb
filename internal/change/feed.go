package change

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Cursor is a place in the feed: the next item to read. The zero Cursor is the beginning.
type Cursor struct {
	Position int64 // of a change, from 1
	Item     int   // within the change's chunk, from 0
}

// String is the form in which a cursor goes to clients: "4711-12".
func (c Cursor) String() string {
	return strconv.FormatInt(c.Position, 10) + "-" + strconv.Itoa(c.Item)
}

// ParseCursor reads what String wrote; "" is the beginning.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	before, after, _ := strings.Cut(s, "-")
	position, err := strconv.ParseUint(before, 10, 63)
	item, itemErr := strconv.ParseUint(after, 10, 31)
	if err != nil || itemErr != nil {
		return Cursor{}, fmt.Errorf("%.40q is not a place in the feed: take the one that the last answer gave", s)
	}
	return Cursor{int64(position), int(item)}, nil // #nosec G115 -- parsed with 63 and 31 bits
}

// Feed reads the committed changes in their one order.
type Feed struct{ pool *pgxpool.Pool }

// NewFeed reads the feed of a database.
func NewFeed(pool *pgxpool.Pool) *Feed { return &Feed{pool} }

// maxRead bounds the events of one Read.
const maxRead = 10_000

// readSQL takes a position more than the limit, as the first one may have been read to its end. room is how many items of
// a chunk still fit.
const readSQL = `with link as (
  select position, change_id, items, case when position = $1 then $2::int else 0 end as skip
  from feed where position >= $1 order by position limit $3::int + 1
), page as (
  select *, $3::int - (sum(items - skip) over (order by position) - (items - skip)) as room from link where items > skip
)
select p.position, p.skip + coalesce(r.n, 1) - 1, c.id, c.at, c.organization_id, c.resource, c.event, coalesce(r.id::text, ''),
  c.fields, c.data, c.actor_kind, coalesce(c.actor_id::text, ''), c.actor_name, c.origin, coalesce(c.exchange_id::text, '')
from page p join change c on c.id = p.change_id
left join lateral unnest(c.ids[p.skip + 1 : p.skip + p.room::int]) with ordinality r(id, n) on true
where p.room > 0 order by p.position, r.n`

// Read gives up to limit events from the cursor on and the cursor behind the last of them. No events: the reader has come
// to the end.
func (f *Feed) Read(ctx context.Context, from Cursor, limit int) ([]Event, Cursor, error) {
	limit = min(max(limit, 1), maxRead)
	rows, err := f.pool.Query(ctx, readSQL, from.Position, from.Item, limit)
	if err != nil {
		return nil, from, fmt.Errorf("read the feed from %s: %w", from, err)
	}
	events, err := pgx.CollectRows(rows, scanFeed)
	if err != nil {
		return nil, from, fmt.Errorf("read the feed from %s: %w", from, err)
	}
	if n := len(events); n > 0 {
		from = Cursor{events[n-1].Position, events[n-1].Item + 1}
	}
	return events, from, nil
}

func scanFeed(row pgx.CollectableRow) (e Event, err error) {
	var kind string
	err = row.Scan(&e.Position, &e.Item, &e.Change, &e.At, &e.Organization, &e.Resource, &e.Event, &e.Record, &e.Fields, &e.Data,
		&kind, &e.Actor.ID, &e.Actor.Name, &e.Origin, &e.Exchange)
	e.Actor.Kind = access.ActorKind(kind)
	return e, err
}

// Head is the cursor behind the newest event, where a consumer starts that wants only what is still to come.
func (f *Feed) Head(ctx context.Context) (Cursor, error) {
	var c Cursor
	err := f.pool.QueryRow(ctx, "select position, items from feed order by position desc limit 1").Scan(&c.Position, &c.Item)
	if errors.Is(err, pgx.ErrNoRows) {
		return Cursor{}, nil
	}
	if err != nil {
		return Cursor{}, fmt.Errorf("find the end of the feed: %w", err)
	}
	return c, nil
}
