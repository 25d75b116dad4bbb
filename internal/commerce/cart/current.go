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

// currentSQL finds the cart that a person is filling: his newest open one.
const currentSQL = `SELECT id::text FROM cart WHERE customer_user_id = $1 AND customer_id = $2 AND status = 'open' ORDER BY created_at DESC, id DESC LIMIT 1`

// Current gives the cart that a buyer is filling and makes it where there is none. The transaction runs in his context; of
// two requests at once the second gets the cart that the first made.
func Current(ctx context.Context, tx pgx.Tx, buyer access.Caller) (string, error) {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 11))", "cart "+buyer.CustomerUser)
	if err != nil {
		return "", fmt.Errorf("lock the carts of buyer %s: %w", buyer.CustomerUser, err)
	}
	var id string
	err = tx.QueryRow(ctx, currentSQL, buyer.CustomerUser, buyer.Customer).Scan(&id)
	if err == nil || !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	fresh, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	id = fresh.String()
	_, err = tx.Exec(ctx, `INSERT INTO cart (id, organization_id, customer_id, customer_user_id, website_id)
		VALUES ($1, $2, $3, $4, nullif($5, '')::uuid)`, id, buyer.Organization, buyer.Customer, buyer.CustomerUser, buyer.Website)
	if err != nil {
		return "", fmt.Errorf("make a cart for buyer %s: %w", buyer.CustomerUser, err)
	}
	return id, change.Append(ctx, tx, buyer, change.Entry{Resource: "carts", Event: change.Created, IDs: []string{id}})
}
