package exchange

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
)

// ErrUnknown says that there is no such exchange in the caller's organization.
var ErrUnknown = errors.New("there is no such exchange")

// Ledger writes exchanges. Each method that takes no transaction runs one of its own; all see the caller's organization
// only. Times are the database's.
type Ledger struct{ pool *pgxpool.Pool }

// NewLedger keeps the ledger in a database.
func NewLedger(pool *pgxpool.Pool) *Ledger { return &Ledger{pool} }

// in runs f in a transaction on behalf of the caller.
func (l *Ledger) in(ctx context.Context, caller access.Caller, doing string, f func(tx pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, l.pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return f(tx)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id.String(), nil
}

// optional turns "" into SQL's null.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// reasonLimit keeps a foreign system's endless message out of the ledger.
const reasonLimit = 2000

func clip(text string) string {
	if r := []rune(text); len(r) > reasonLimit {
		return string(r[:reasonLimit-1]) + "…"
	}
	return text
}
