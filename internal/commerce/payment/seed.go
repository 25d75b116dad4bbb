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

// OnAccount is the code of the way of paying that every organization starts with: a channel of the module terms.
const OnAccount = "paymentTerm"

// Seed gives a new organization its payment term and the channel to buy on it, and says what it wrote.
func Seed(ctx context.Context, tx pgx.Tx, organization string) ([]change.Entry, error) {
	term, channel := uuid.Must(uuid.NewV7()).String(), uuid.Must(uuid.NewV7()).String()
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO payment_term (id, organization_id, code, name, net_days)
		VALUES ($1, $2, $3, '{"en": "30 days net", "de": "30 Tage netto"}', 30)`, term, organization, DefaultTerm)
	batch.Queue(`INSERT INTO channel (id, organization_id, code, name, kind) VALUES ($1, $2, $3, 'Payment terms', 'terms')`,
		channel, organization, OnAccount)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("seed the payment term %s and the channel %s: %w", DefaultTerm, OnAccount, err)
	}
	return []change.Entry{
		{Resource: "paymentTerms", Event: change.Created, IDs: []string{term}},
		{Resource: "channels", Event: change.Created, IDs: []string{channel}},
	}, nil
}
