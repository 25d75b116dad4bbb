package backoffice

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Records reads and writes on behalf of whoever is signed in.
type Records interface {
	// Schema is the current set of definitions.
	Schema() *resource.Schema
	// Grants are what the user in the context may do; nil is everything.
	Grants(ctx context.Context) *access.Grants
	// Read answers a query; a *record.QueryError says what the definitions do not allow.
	Read(ctx context.Context, q *record.Query, each func(*record.Answer, *record.Row) error) (*record.Answer, error)
	// Apply writes a batch in a transaction of its own; what was refused stands in the changes.
	Apply(ctx context.Context, batch *record.Batch) error
	// Run runs a command on a record and gives the id of the record it answers with; a *command.Error says what was refused.
	Run(ctx context.Context, c *resource.Command, id string, input map[string]any) (result string, err error)
	// History tells what happened to a record, newest first.
	History(ctx context.Context, resource, id string) ([]change.Event, error)
}

// Stored are the records of a database.
type Stored struct {
	Store    *record.Store
	Pool     *pgxpool.Pool
	Commands *command.Runner
	Caller   func(ctx context.Context) access.Caller // who is signed in
}

// Schema is the store's current set of definitions.
func (s Stored) Schema() *resource.Schema { return s.Store.Schema() }

// Grants are the caller's.
func (s Stored) Grants(ctx context.Context) *access.Grants { return s.Caller(ctx).Grants }

// Read answers a query by one statement.
func (s Stored) Read(ctx context.Context, q *record.Query, each func(*record.Answer, *record.Row) error) (*record.Answer, error) {
	return s.Store.Read(ctx, s.Pool, s.Caller(ctx), q, each)
}

// Apply writes a batch in one transaction.
func (s Stored) Apply(ctx context.Context, batch *record.Batch) error {
	caller := s.Caller(ctx)
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return s.Store.Apply(ctx, tx, caller, batch)
	})
	if err != nil {
		return fmt.Errorf("write records from the back-office: %w", err)
	}
	return nil
}

// Run runs a command. A form that is sent twice is two commands: each says itself whether it can be done again.
func (s Stored) Run(ctx context.Context, c *resource.Command, id string, input map[string]any) (string, error) {
	result, _, err := s.Commands.Run(ctx, s.Caller(ctx), c, resource.Ref{ID: id}, input, "")
	return result, err
}

// History reads the change log.
func (s Stored) History(ctx context.Context, resource, id string) ([]change.Event, error) {
	caller := s.Caller(ctx)
	var events []change.Event
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) (err error) {
		if err = access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		events, err = change.History(ctx, tx, caller, resource, id)
		return err
	})
	return events, err
}
