package channel

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/secret"
)

// Resealed is what Reseal did.
type Resealed struct {
	Secrets    int      // sealed anew
	Unreadable []string // "channel code: setting", left as they were
}

const (
	sealedSQL = `select s.id::text, s.organization_id::text, s.channel_id::text, c.code, s.name, s.sealed
from channel_secret s join channel c on c.id = s.channel_id order by s.id for update of s`
	resealSQL = `update channel_secret s set sealed = n.sealed, updated_at = now(), revision = s.revision + 1
from unnest($1::uuid[], $2::bytea[]) n(id, sealed) where s.id = n.id`
)

// Reseal seals the secrets of all channels anew with the first key of the ring, so that its other keys can go. What none of its
// keys opens stays as it is.
func Reseal(ctx context.Context, db interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}, keys *secret.Keyring) (r Resealed, err error) {
	if err := keys.Fault(); err != nil {
		return r, err
	}
	err = pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		ids, sealed, unreadable, err := anew(ctx, tx, keys)
		if err != nil {
			return err
		}
		r = Resealed{len(ids), unreadable}
		_, err = tx.Exec(ctx, resealSQL, ids, sealed)
		return err
	})
	if err != nil {
		return Resealed{}, fmt.Errorf("seal the secrets of channels anew: %w", err)
	}
	return r, nil
}

// anew reads all sealed secrets and seals them with the first key.
func anew(ctx context.Context, tx pgx.Tx, keys *secret.Keyring) (ids []string, sealed [][]byte, unreadable []string, err error) {
	rows, err := tx.Query(ctx, sealedSQL)
	if err != nil {
		return nil, nil, nil, err
	}
	var id, code string
	var at secret.Place
	var before []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &at.Organization, &at.Record, &code, &at.Field, &before}, func() error {
		value, err := keys.Open(at, before)
		if err != nil {
			unreadable = append(unreadable, code+": "+at.Field)
			return nil
		}
		after, err := keys.Seal(at, value)
		ids, sealed = append(ids, id), append(sealed, after)
		return err
	})
	return ids, sealed, unreadable, err
}
