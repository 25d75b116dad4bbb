package access

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// SharedKey is a key that all nodes share.
type SharedKey struct {
	ID    string
	Value []byte
}

// SharedKey gives the key for a use ("encrypt", "sign"), which the first node that asks makes by fresh.
func (d *Directory) SharedKey(ctx context.Context, use string, fresh func() ([]byte, error)) (k SharedKey, err error) {
	err = d.in(ctx, fmt.Sprintf("get the key to %s by", use), func(tx pgx.Tx) error {
		value, err := fresh()
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "insert into oauth_key (use, id, value) values ($1, $2, $3) on conflict (use) do nothing", use, uuid.NewString(), value)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, "select id, value from oauth_key where use = $1", use).Scan(&k.ID, &k.Value)
	})
	return k, err
}
