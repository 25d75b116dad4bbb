package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Database opens transactions; a *pgxpool.Pool.
type Database interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Runner runs commands.
type Runner struct {
	// Committed, if set, is told after each commit; the sequencer of the change log wants to know.
	Committed func()

	// Log gets what went wrong behind a commit; slog.Default if nil.
	Log *slog.Logger

	db    Database
	store *record.Store
	bound map[string]Binding
}

// NewRunner binds commands to their functions. A command of the schema without a function, or the reverse, is an error.
func NewRunner(db Database, store *record.Store, areas ...[]Binding) (*Runner, error) {
	r := &Runner{db: db, store: store, bound: map[string]Binding{}}
	for _, area := range areas {
		for _, b := range area {
			path := b.On + "/" + b.Name
			if _, ok := store.Schema().Command(b.On, b.Name); !ok {
				return nil, fmt.Errorf("command %s is bound to a function but not defined", path)
			}
			if r.bound[path].Run != nil {
				return nil, fmt.Errorf("command %s is bound to two functions", path)
			}
			r.bound[path] = b
		}
	}
	for _, c := range store.Schema().Commands() {
		if r.bound[c.Path()].Run == nil {
			return nil, fmt.Errorf("command %s is defined but bound to no function", c.Path())
		}
	}
	return r, nil
}

// Run parses the input (wire values by field name), finds the target among what the caller may see, and runs the command.
// With an idempotency key a second run of the same request gives the first one's result; replayed says so. What is refused
// is an *Error, a target that cannot be one a *record.QueryError.
func (r *Runner) Run(ctx context.Context, caller access.Caller, c *resource.Command, target resource.Ref, input map[string]any, key string) (result string, replayed bool, err error) {
	if err := permitted(caller, c); err != nil {
		return "", false, err
	}
	values, err := parse(c, input)
	if err != nil {
		return "", false, err
	}
	call := &Call{Caller: caller, Command: c, Input: values}
	slot, err := newSlot(call, target, key)
	if err != nil {
		return "", false, err
	}
	for n := 1; ; n++ {
		result, replayed, err = r.once(ctx, call, slot, target)
		switch {
		case err == nil:
			return result, replayed, r.after(ctx, call, result)
		case !lost(err):
			return "", false, refusal(err)
		case n == attempts:
			return "", false, errors.Join(Refuse(CodeBusy, "", "Others changed the same records at the same time; send the request again."), err)
		}
		if err := pause(ctx, n); err != nil {
			return "", false, fmt.Errorf("%s: %w", c.Path(), err)
		}
	}
}

// after runs what the command has to do behind its commit.
func (r *Runner) after(ctx context.Context, call *Call, result string) error {
	f := r.bound[call.Command.Path()].After
	if f == nil {
		return nil
	}
	err := f(ctx, call, result)
	var refused *Error
	if err == nil || errors.As(err, &refused) {
		return err
	}
	log := r.Log
	if log == nil {
		log = slog.Default()
	}
	log.Warn("what a command does behind its commit is left undone for now", "command", call.Command.Path(), "result", result, "error", err)
	return nil
}

// permitted asks for the permission that has the command's own name.
func permitted(caller access.Caller, c *resource.Command) error {
	offered := c.Admin
	if caller.Side == access.Storefront {
		offered = c.Storefront
	}
	switch {
	case !offered:
		return Refuse(CodeForbidden, "", "%s is not offered here.", c.Path())
	case caller.Grants.Level(c.On, access.Action(c.Name)) == access.None:
		return Refuse(CodeForbidden, "", "The permission to %s %s is missing.", c.Name, c.On)
	}
	return nil
}

// once runs the command in a transaction of its own.
func (r *Runner) once(ctx context.Context, call *Call, s *slot, target resource.Ref) (result string, replayed bool, err error) {
	path := call.Command.Path()
	call.Left = nil
	tx, err := r.db.Begin(ctx)
	if err != nil {
		return "", false, fmt.Errorf("%s: beginning the transaction: %w", path, err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if result, replayed, err = r.enter(ctx, tx, call, s, target); err != nil || replayed {
		return result, replayed, err
	}
	if result, err = r.bound[path].Run(ctx, tx, call); err != nil {
		return "", false, err
	}
	if err := s.fill(ctx, tx, result); err != nil {
		return "", false, err
	}
	if err := tx.Commit(ctx); err != nil {
		return "", false, fmt.Errorf("%s: committing: %w", path, err)
	}
	if r.Committed != nil {
		r.Committed()
	}
	return result, false, nil
}

// enter sets the caller, claims the idempotency key and finds the target, in one round trip. A request that is done
// already is answered before anything is asked about its target, which may be gone since.
func (r *Runner) enter(ctx context.Context, tx pgx.Tx, call *Call, s *slot, target resource.Ref) (result string, done bool, err error) {
	batch := &pgx.Batch{}
	access.Queue(batch, call.Caller)
	batch.Queue("SELECT now()").QueryRow(func(row pgx.Row) error { return row.Scan(&call.Now) })
	s.queue(batch)
	if err := r.queueFind(batch, call, target); err != nil {
		return "", false, err
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return "", false, fmt.Errorf("%s of %s: %w", call.Command.Path(), target, err)
	}
	if err := s.verdict(); err != nil || s.done {
		return s.result, s.done, err
	}
	if call.Target == "" {
		return "", false, Refuse(CodeNotFound, "", "There is no record %q among %s.", target.String(), call.Command.On)
	}
	return "", false, nil
}

// queueFind asks for the id of the target if the caller may see it; another's record does not exist for him. The permission
// that counts is the command's own, with its level.
func (r *Runner) queueFind(batch *pgx.Batch, call *Call, target resource.Ref) error {
	t, ok := r.store.Schema().Type(call.Command.On)
	if !ok {
		return fmt.Errorf("%s: the schema has no %s any more", call.Command.Path(), call.Command.On)
	}
	caller := call.Caller
	if level := caller.Grants.Level(t.Name, access.Action(call.Command.Name)); caller.Grants != nil {
		caller.Grants = access.NewGrants()
		caller.Grants.Allow(t.Name, access.Read, level)
	}
	call.Target = ""
	sql, args, err := r.store.Statement(&record.Query{Type: t, Target: target, Fields: map[string][]string{t.Name: {}}}, caller)
	if err != nil {
		return err
	}
	batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			call.Target = string(rows.RawValues()[0])
		}
		return rows.Err()
	})
	return nil
}

// attempts bounds how often a transaction that lost against another is run again.
const attempts = 6

// lost reports a serialization failure or a deadlock, after which the same transaction may well succeed.
func lost(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// pause waits a little longer after each lost attempt, and not as long as the others who lost.
func pause(ctx context.Context, attempt int) error {
	wait := time.Duration(rand.Int64N(int64(attempt) * int64(20*time.Millisecond))) // #nosec G404 -- spreads retries
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
