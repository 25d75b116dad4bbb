package access

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// enter sets who is calling for the rest of the transaction, in one statement. Where the login could not make the role of
// requests, or may not take it, the role stays as it is and only the settings are made.
const enter = `select set_config('role', case when pg_has_role(session_user, to_regrole('hanse_request'), 'member')
  then 'hanse_request' else 'none' end, true), set_config('hanse.organization', $1, true), set_config('hanse.side', $2, true),
  set_config('hanse.customers', $3, true), set_config('hanse.customer_user', $4, true)`

// enterSystem is the platform at work across organizations: as the login, which owns the tables.
const enterSystem = `select set_config('role', 'none', true), set_config('hanse.organization', '', true),
  set_config('hanse.side', 'system', true), set_config('hanse.customers', '', true), set_config('hanse.customer_user', '', true)`

// Statement is the statement that tells PostgreSQL who is calling, until the transaction ends, and its parameters.
func Statement(c Caller) (sql string, parameters []any) {
	return enter, []any{c.Organization, c.Side.String(), strings.Join(c.Customers, ","), c.CustomerUser}
}

// Queue puts the caller's context first into a batch that runs as one transaction, so that it costs no round trip of its
// own. Its result is read like any other of the batch: one Exec before the rest.
func Queue(b *pgx.Batch, c Caller) {
	sql, parameters := Statement(c)
	b.Queue(sql, parameters...)
}

// Enter makes the rest of a transaction run on behalf of the caller: row-level security lets through what is his.
func Enter(ctx context.Context, tx pgx.Tx, c Caller) error {
	sql, parameters := Statement(c)
	if _, err := tx.Exec(ctx, sql, parameters...); err != nil {
		return fmt.Errorf("set the caller of a transaction: %w", err)
	}
	return nil
}

// EnterSystem makes the rest of a transaction the platform's own work across organizations, such as finding out who is
// logging in. Nothing that a caller sends may choose which rows it writes.
func EnterSystem(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, enterSystem); err != nil {
		return fmt.Errorf("set the platform as the caller of a transaction: %w", err)
	}
	return nil
}
