package cart

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
)

// currentSQL finds the cart that a person is filling: his newest open one, in the shop and the currency he is in.
const currentSQL = `SELECT id::text FROM cart WHERE customer_user_id = $1 AND customer_id = $2 AND status = 'open'
  AND coalesce(website_id = nullif($3, '')::uuid, true) AND coalesce(currency = nullif($4, ''), true)
ORDER BY created_at DESC, id DESC LIMIT 1`

// Current gives the cart that a buyer is filling and makes it where there is none. The transaction runs in his context; of
// two requests at once the second gets the cart that the first made.
func Current(ctx context.Context, tx pgx.Tx, buyer access.Caller) (id string, err error) {
	batch := &pgx.Batch{}
	batch.Queue("SELECT pg_advisory_xact_lock(hashtextextended($1, 11))", "cart "+buyer.CustomerUser)
	batch.Queue(currentSQL, buyer.CustomerUser, buyer.Customer, buyer.Website, buyer.Currency).QueryRow(func(row pgx.Row) error {
		if err := row.Scan(&id); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		return nil
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return "", fmt.Errorf("find the cart of buyer %s: %w", buyer.CustomerUser, err)
	}
	if id != "" {
		return id, nil
	}
	fresh, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	id = fresh.String()
	_, err = tx.Exec(ctx, `INSERT INTO cart (id, organization_id, customer_id, customer_user_id, website_id, currency)
		VALUES ($1, $2, $3, $4, nullif($5, '')::uuid, nullif($6, ''))`,
		id, buyer.Organization, buyer.Customer, buyer.CustomerUser, buyer.Website, buyer.Currency)
	if err != nil {
		return "", fmt.Errorf("make a cart for buyer %s: %w", buyer.CustomerUser, err)
	}
	return id, change.Append(ctx, tx, buyer, change.Entry{Resource: "carts", Event: change.Created, IDs: []string{id}})
}
