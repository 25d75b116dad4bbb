package payment

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
)

// DefaultTerm is the code of the payment term that every organization starts with.
const DefaultTerm = "NET30"

// Seed gives a new organization its payment term, and says what it wrote.
func Seed(ctx context.Context, tx pgx.Tx, organization string) ([]change.Entry, error) {
	id := uuid.Must(uuid.NewV7()).String()
	if _, err := tx.Exec(ctx, `INSERT INTO payment_term (id, organization_id, code, name, net_days)
		VALUES ($1, $2, $3, '{"en": "30 days net", "de": "30 Tage netto"}', 30)`, id, organization, DefaultTerm); err != nil {
		return nil, fmt.Errorf("seed the payment term %s: %w", DefaultTerm, err)
	}
	return []change.Entry{{Resource: "paymentTerms", Event: change.Created, IDs: []string{id}}}, nil
}
