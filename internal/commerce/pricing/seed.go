package pricing

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
)

// DefaultList is the code of the price list that every organization starts with; everyone on its website gets it.
const DefaultList = "DEFAULT"

// Seed gives a new organization its price list, assigned to the website, and says what it wrote.
func Seed(ctx context.Context, tx pgx.Tx, organization, website string) ([]change.Entry, error) {
	list, assignment := uuid.Must(uuid.NewV7()).String(), uuid.Must(uuid.NewV7()).String()
	if _, err := tx.Exec(ctx, `WITH list AS (
		INSERT INTO price_list (id, organization_id, code, name) VALUES ($1, $2, $3, 'Default prices'))
		INSERT INTO price_list_assignment (id, organization_id, price_list_id, website_id) VALUES ($4, $2, $1, $5)`,
		list, organization, DefaultList, assignment, website); err != nil {
		return nil, fmt.Errorf("seed the price list %s: %w", DefaultList, err)
	}
	return []change.Entry{
		{Resource: "priceLists", Event: change.Created, IDs: []string{list}},
		{Resource: "priceListAssignments", Event: change.Created, IDs: []string{assignment}},
	}, nil
}
