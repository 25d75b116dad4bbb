package command

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// RunIn runs a command within a transaction that has been entered on behalf of the caller, such as that of a chunk of a file.
// A command that is refused, with an *Error, leaves nothing behind and the transaction usable. What the command does behind
// its commit is not done: where money is concerned the sweep of payments does it.
func (r *Runner) RunIn(ctx context.Context, tx pgx.Tx, caller access.Caller, c *resource.Command, target resource.Ref, input map[string]any) (result string, err error) {
	if err := permitted(caller, c); err != nil {
		return "", err
	}
	values, err := parse(c, input)
	if err != nil {
		return "", err
	}
	call := &Call{Caller: caller, Command: c, Input: values}
	inner, err := tx.Begin(ctx) // a savepoint
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.Path(), err)
	}
	defer func() { _ = inner.Rollback(context.WithoutCancel(ctx)) }()
	batch := &pgx.Batch{}
	batch.Queue("SELECT now()").QueryRow(func(row pgx.Row) error { return row.Scan(&call.Now) })
	if err := r.queueFind(batch, call, target); err != nil {
		return "", err
	}
	if err := inner.SendBatch(ctx, batch).Close(); err != nil {
		return "", fmt.Errorf("%s of %s: %w", c.Path(), target, err)
	}
	if call.Target == "" {
		return "", Refuse(CodeNotFound, "", "There is no record %q among %s.", target.String(), c.On)
	}
	if result, err = r.bound[c.Path()].Run(ctx, inner, call); err != nil {
		return "", refusal(err)
	}
	if err := inner.Commit(ctx); err != nil {
		return "", fmt.Errorf("%s: %w", c.Path(), err)
	}
	return result, nil
}
