package exchange

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Message is what the ledger knows of an exchange, for whoever processes or shows it.
type Message struct {
	ID, Partner, Channel, Name, Kind, Reference, Path string
	Direction                                         Direction
	Point                                             Point
	Status                                            Status
	Hash                                              string // name of the content in the blob store
	Size                                              int64
	DuplicateOf                                       string
	RecordType, Record                                string
	Received                                          time.Time
}

// Message looks an exchange up.
func (l *Ledger) Message(ctx context.Context, caller access.Caller, exchange string) (m Message, err error) {
	err = l.in(ctx, caller, "look up exchange "+exchange, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `select id, coalesce(partner_id::text, ''), coalesce(channel_id::text, ''), name, coalesce(kind, ''),
			coalesce(reference, ''), coalesce(path, ''), direction, point, status, coalesce(content_hash, ''),
			coalesce(content_size, 0)::bigint, coalesce(duplicate_of_id::text, ''), coalesce(record_type, ''), coalesce(record_id, ''),
			created_at from exchange where id = $1`, exchange).
			Scan(&m.ID, &m.Partner, &m.Channel, &m.Name, &m.Kind, &m.Reference, &m.Path, &m.Direction, &m.Point, &m.Status, &m.Hash,
				&m.Size, &m.DuplicateOf, &m.RecordType, &m.Record, &m.Received)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrUnknown
		}
		return err
	})
	return m, err
}
