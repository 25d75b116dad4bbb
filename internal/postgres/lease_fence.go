package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrFenced says that the lease has gone to another holder since: the transaction must not commit.
var ErrFenced = errors.New("another node has taken over")

// CheckFence compares token with the lease's and keeps the lease from changing hands until tx ends, so
// that what tx writes cannot mix with the next holder's. It does not stand in the way of the renewal.
// The error is ErrFenced when the lease has gone to somebody else.
func CheckFence(ctx context.Context, tx pgx.Tx, name string, token int64) error {
	// A key share conflicts with the FOR UPDATE of a takeover, but not with the renewal's UPDATE.
	var current int64
	err := tx.QueryRow(ctx, "select token from lease where name = $1 for key share", name).Scan(&current)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("lease %s: %w (there is no such lease)", name, ErrFenced)
	}
	if err != nil {
		return fmt.Errorf("compare the token of lease %s: %w", name, err)
	}
	if current != token {
		return fmt.Errorf("lease %s: %w (token %d, now %d)", name, ErrFenced, token, current)
	}
	return nil
}
