package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// Done is what came of a command that was not refused.
type Done struct {
	Result string
	Remark *resource.Violation // that there was nothing to do, and why; nil if something was done
}

// RunIn runs a command within a transaction that has been entered on behalf of the caller, such as that of a chunk of a file.
// Its target is the first of those that exist. A command that is refused, with an *Error, leaves nothing behind and the
// transaction usable. What the command does behind its commit is not done: where money is concerned the sweep of payments
// does it.
func (r *Runner) RunIn(ctx context.Context, tx pgx.Tx, caller access.Caller, c *resource.Command, targets []resource.Ref, input map[string]any) (done Done, err error) {
	inner, err := tx.Begin(ctx) // a savepoint
	if err != nil {
		return done, fmt.Errorf("%s: %w", c.Path(), err)
	}
	defer func() { _ = inner.Rollback(context.WithoutCancel(ctx)) }()
	call, err := r.check(ctx, inner, caller, c, targets, input)
	if err != nil {
		return done, err
	}
	if done.Result, err = r.bound[c.Path()].Run(ctx, inner, call); err != nil {
		return done, refusal(err)
	}
	if err := inner.Commit(ctx); err != nil {
		return done, fmt.Errorf("%s: %w", c.Path(), err)
	}
	done.Remark = call.Remark
	return done, nil
}

// Check tells, as RunIn would, whether the caller may use the command, whether its input can be read and whether there is a
// target. It only reads, and says nothing about what the command itself would refuse.
func (r *Runner) Check(ctx context.Context, tx pgx.Tx, caller access.Caller, c *resource.Command, targets []resource.Ref, input map[string]any) error {
	_, err := r.check(ctx, tx, caller, c, targets, input)
	return err
}

func (r *Runner) check(ctx context.Context, tx pgx.Tx, caller access.Caller, c *resource.Command, targets []resource.Ref, input map[string]any) (*Call, error) {
	if err := permitted(caller, c); err != nil {
		return nil, err
	}
	values, err := parse(c, input)
	if err != nil {
		return nil, err
	}
	call := &Call{Caller: caller, Command: c, Input: values}
	names := make([]string, len(targets))
	for i, target := range targets {
		names[i] = target.String()
		batch := &pgx.Batch{}
		batch.Queue("SELECT now()").QueryRow(func(row pgx.Row) error { return row.Scan(&call.Now) })
		if err := r.queueFind(batch, call, target); err != nil {
			return nil, err
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", c.Path(), target, err)
		}
		if call.Target != "" {
			return call, nil
		}
	}
	return nil, Refuse(CodeNotFound, "", "There is no record %s among %s.", strings.Join(names, " or "), c.On)
}
