package shipping

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
)

// StandardMethod is the code of the way of shipping that every organization starts with; it costs nothing until someone
// gives it a rate.
const StandardMethod = "STANDARD"

// Seed gives a new organization its way of shipping, and says what it wrote.
func Seed(ctx context.Context, tx pgx.Tx, organization, currency string) ([]change.Entry, error) {
	id := uuid.Must(uuid.NewV7()).String()
	if _, err := tx.Exec(ctx, `INSERT INTO shipping_method (id, organization_id, code, name, currency)
		VALUES ($1, $2, $3, '{"en": "Standard delivery", "de": "Standardversand"}', $4)`, id, organization, StandardMethod, currency); err != nil {
		return nil, fmt.Errorf("seed the shipping method %s: %w", StandardMethod, err)
	}
	return []change.Entry{{Resource: "shippingMethods", Event: change.Created, IDs: []string{id}}}, nil
}
