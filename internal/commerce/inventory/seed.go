package inventory

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
)

// MainWarehouse is the code of the warehouse that every organization starts with.
const MainWarehouse = "MAIN"

// Seed gives a new organization its warehouse, and says what it wrote.
func Seed(ctx context.Context, tx pgx.Tx, organization string) ([]change.Entry, error) {
	id := uuid.Must(uuid.NewV7()).String()
	if _, err := tx.Exec(ctx, `INSERT INTO warehouse (id, organization_id, code, name) VALUES ($1, $2, $3, 'Main warehouse')`,
		id, organization, MainWarehouse); err != nil {
		return nil, fmt.Errorf("seed the warehouse %s: %w", MainWarehouse, err)
	}
	return []change.Entry{{Resource: "warehouses", Event: change.Created, IDs: []string{id}}}, nil
}
