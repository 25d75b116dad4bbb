// Package command runs the commands of the business: each in one transaction on behalf of its caller, once per
// idempotency key.
package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Call is one use of a command.
type Call struct {
	Caller  access.Caller
	Command *resource.Command
	Target  string // UUID of the record it acts on, which the caller may see
	Input   resource.Record
	Now     time.Time // the database's clock at the start of the transaction
}

// Value is an input field's canonical text, "" where it was not given or cleared.
func (c *Call) Value(name string) string {
	if i, ok := c.Command.Input.Find(name); ok {
		return c.Input[i].Text
	}
	return ""
}

// Given reports whether an input field was mentioned.
func (c *Call) Given(name string) bool {
	i, ok := c.Command.Input.Find(name)
	return ok && c.Input[i].Given()
}

// Func does the work of a command within the transaction and gives the UUID of the record the command answers with. It
// makes no call to the outside.
type Func func(ctx context.Context, tx pgx.Tx, call *Call) (result string, err error)

// Binding ties a command to its function; areas hand out lists of them.
type Binding struct {
	On, Name string
	Run      Func
}

// Error is what a command refuses, in words for its caller. Code is stable; Field names the input or attribute at fault.
type Error struct {
	code, field, detail string
}

// Refuse makes an Error.
func Refuse(code, field, format string, a ...any) *Error {
	return &Error{code, field, fmt.Sprintf(format, a...)}
}

func (e *Error) Error() string { return e.detail }
func (e *Error) Code() string  { return e.code }
func (e *Error) Field() string { return e.field }

// Database opens transactions; a *pgxpool.Pool.
type Database interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Runner runs commands.
type Runner struct {
	db    Database
	store *record.Store
	bound map[string]Func
}

// NewRunner binds commands to their functions. A command of the schema without a function, or the reverse, is an error.
func NewRunner(db Database, store *record.Store, areas ...[]Binding) (*Runner, error) {
	r := &Runner{db: db, store: store, bound: map[string]Func{}}
	for _, area := range areas {
		for _, b := range area {
			if _, ok := store.Schema().Command(b.On, b.Name); !ok {
				return nil, fmt.Errorf("command %s/%s is bound to a function but not defined", b.On, b.Name)
			}
			r.bound[b.On+"/"+b.Name] = b.Run
		}
	}
	for _, c := range store.Schema().Commands() {
		if r.bound[c.Path()] == nil {
			return nil, fmt.Errorf("command %s is defined but bound to no function", c.Path())
		}
	}
	return r, nil
}

// attempts bounds how often a transaction that lost against another is run again.
const attempts = 5

// Run parses the input (wire values by field name), finds the target among what the caller may see, and runs the command.
// With an idempotency key a second run of the same request gives the first one's result; replayed says so.
func (r *Runner) Run(ctx context.Context, caller access.Caller, c *resource.Command, target resource.Ref, input map[string]any, key string) (result string, replayed bool, err error) {
	values, err := parse(c, input)
	if err != nil {
		return "", false, err
	}
	if !c.Idempotent {
		key = "" // not even a hash of such an input is kept
	}
	for n := 1; ; n++ {
		result, replayed, err = r.once(ctx, caller, c, target, values, key)
		if n == attempts || !lost(err) {
			return result, replayed, err
		}
	}
}

// lost reports a serialization failure or a deadlock, after which the same transaction may well succeed.
func lost(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func (r *Runner) once(ctx context.Context, caller access.Caller, c *resource.Command, target resource.Ref, values resource.Record, key string) (string, bool, error) {
	tx, err := r.db.Begin(ctx)
	if err != nil {
		return "", false, fmt.Errorf("%s: beginning the transaction: %w", c.Path(), err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := access.Enter(ctx, tx, caller); err != nil {
		return "", false, fmt.Errorf("%s: %w", c.Path(), err)
	}
	call := &Call{Caller: caller, Command: c, Input: values}
	if call.Target, err = r.find(ctx, tx, caller, c, target); err != nil {
		return "", false, err
	}
	slot, done, err := claim(ctx, tx, call, key)
	if err != nil || done {
		return slot.result, done, err
	}
	if err := tx.QueryRow(ctx, "SELECT now()").Scan(&call.Now); err != nil {
		return "", false, fmt.Errorf("%s: %w", c.Path(), err)
	}
	result, err := r.bound[c.Path()](ctx, tx, call)
	if err != nil {
		return "", false, err
	}
	if err := slot.fill(ctx, tx, result); err != nil {
		return "", false, err
	}
	if err := tx.Commit(ctx); err != nil {
		return "", false, fmt.Errorf("%s: committing: %w", c.Path(), err)
	}
	return result, false, nil
}

// find gives the id of the target if the caller may see it; another's record does not exist for him.
func (r *Runner) find(ctx context.Context, tx pgx.Tx, caller access.Caller, c *resource.Command, target resource.Ref) (string, error) {
	t, _ := r.store.Schema().Type(c.On)
	var id string
	query := &record.Query{Type: t, Target: target, Fields: map[string][]string{t.Name: {}}}
	_, err := r.store.Read(ctx, tx, caller, query, func(_ *record.Answer, row *record.Row) error {
		id = string(row.ID)
		return nil
	})
	if err != nil {
		return "", err
	}
	if id == "" {
		return "", Refuse("not_found", "", "There is no record %q among %s.", target.String(), t.Name)
	}
	return id, nil
}

// parse turns wire values into canonical ones; the first that is wrong is the error.
func parse(c *resource.Command, input map[string]any) (resource.Record, error) {
	values := make(resource.Record, len(c.Input))
	for name, v := range input {
		i, ok := c.Input.Find(name)
		if !ok {
			return nil, Refuse("unknown_field", name, "%s takes no input %q.", c.Path(), name)
		}
		if v == nil {
			values[i] = resource.Cleared
			continue
		}
		text, err := c.Input[i].Kind.Parse(v)
		if err != nil {
			return nil, Refuse("invalid_value", name, "%s: %s.", name, err)
		}
		values[i] = resource.Of(text)
	}
	for i, f := range c.Input {
		if values[i].State == resource.Absent && f.Fallback != nil {
			values[i] = *f.Fallback
		}
		if f.Mandatory && values[i].State != resource.Set {
			return nil, Refuse("required", f.Name, "%s is required.", f.Name)
		}
	}
	return values, nil
}
