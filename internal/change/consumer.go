package change

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrMoved says that a consumer's cursor is no longer where this reader took it up: another one is at work in its name.
var ErrMoved = errors.New("the cursor was moved by another reader")

// Cursor tells where the consumer of that name goes on; known is false for one that has never advanced.
func (f *Feed) Cursor(ctx context.Context, consumer string) (at Cursor, known bool, err error) {
	err = f.pool.QueryRow(ctx, "select position, item from feed_consumer where name = $1", consumer).Scan(&at.Position, &at.Item)
	if errors.Is(err, pgx.ErrNoRows) {
		return Cursor{}, false, nil
	}
	if err != nil {
		return Cursor{}, false, fmt.Errorf("find the cursor of the feed's consumer %q: %w", consumer, err)
	}
	return at, true, nil
}

// Advance moves a consumer's cursor in the transaction that holds the effect of what was read, so that each event has its
// effect once. The error is ErrMoved if the cursor is not at from.
func Advance(ctx context.Context, tx pgx.Tx, consumer string, from, to Cursor) error {
	tag, err := tx.Exec(ctx, `with begun as (
			insert into feed_consumer (name, position, item) select $1, $4, $5 where $2::bigint = 0 and $3::int = 0
			on conflict (name) do update set position = $4, item = $5, updated_at = now()
				where feed_consumer.position = 0 and feed_consumer.item = 0 returning 1
		), moved as (
			update feed_consumer set position = $4, item = $5, updated_at = now()
			where name = $1 and position = $2 and item = $3 and not (position = 0 and item = 0) returning 1
		) select from begun union all select from moved`, consumer, from.Position, from.Item, to.Position, to.Item)
	if err != nil {
		return fmt.Errorf("move the cursor of the feed's consumer %q to %s: %w", consumer, to, err)
	}
	if tag.RowsAffected() != 1 {
		return fmt.Errorf("move the cursor of the feed's consumer %q from %s: %w", consumer, from, ErrMoved)
	}
	return nil
}

// Subscribe puts a new consumer at a place of the feed; one that is known stays where it is.
func (f *Feed) Subscribe(ctx context.Context, consumer string, at Cursor) error {
	_, err := f.pool.Exec(ctx, `insert into feed_consumer (name, position, item) values ($1, $2, $3)
		on conflict (name) do nothing`, consumer, at.Position, at.Item)
	if err != nil {
		return fmt.Errorf("subscribe %q to the feed: %w", consumer, err)
	}
	return nil
}
