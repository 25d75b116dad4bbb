// Package commercetest gives tests a database with a small organization that can sell.
package commercetest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// House is one organization ("acme", in euros and English) in a database of the test's own: what commerce.Found makes, and
// whatever the test adds.
type House struct {
	T            testing.TB
	Pool         *pgxpool.Pool
	Schema       *resource.Schema
	Store        *record.Store
	Organization string // UUIDs
	Website      string
	Admin        string
	Caller       access.Caller // the platform at work in the organization
}

// Sources are all migrations that the business needs.
func Sources() []postgres.Source {
	return append([]postgres.Source{access.Migrations(), record.Migrations(), change.Migrations(), exchange.Migrations(), command.Migrations()}, commerce.Sources()...)
}

// New makes a house with the definitions of the business and any further ones.
func New(t testing.TB, further ...[]resource.Definition) *House {
	t.Helper()
	return NewWith(t, Sources(), further...)
}

// NewWith is New with the migrations of more than the business.
func NewWith(t testing.TB, sources []postgres.Source, further ...[]resource.Definition) *House {
	t.Helper()
	schema, err := resource.NewSchema(append(commerce.Resources(), further...)...)
	if err != nil {
		t.Fatal(err)
	}
	h := &House{T: t, Pool: postgrestest.Pool(t, sources...), Schema: schema,
		Store: record.NewStore(func() *resource.Schema { return schema })}
	founded := h.Found(organization.Founding{Code: "acme", Name: "Acme", AdminEmail: "admin@acme.test"})
	h.Organization, h.Website, h.Admin = founded.Organization, founded.Website, founded.Admin
	h.Caller = access.SystemCaller(h.Organization, "test")
	return h
}

// Found makes a further organization.
func (h *House) Found(f organization.Founding) (founded organization.Founded) {
	h.T.Helper()
	err := pgx.BeginFunc(context.Background(), h.Pool, func(tx pgx.Tx) (err error) {
		founded, err = commerce.Found(context.Background(), tx, f)
		return err
	})
	if err != nil {
		h.T.Fatal(err)
	}
	return founded
}

// Insert adds a row as the owner of the tables and gives its id; columns named *_id take ids.
func (h *House) Insert(table string, columns map[string]any) string {
	h.T.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	names, marks, values := "id, organization_id", "$1, $2", []any{id, h.Organization}
	for name, value := range columns {
		values = append(values, value)
		names += ", " + pgx.Identifier{name}.Sanitize()
		marks += ", " + placeholder(len(values))
	}
	h.Exec("INSERT INTO "+pgx.Identifier{table}.Sanitize()+" ("+names+") VALUES ("+marks+")", values...)
	return id
}

// Exec runs a statement as the platform across organizations.
func (h *House) Exec(sql string, args ...any) {
	h.T.Helper()
	err := pgx.BeginFunc(context.Background(), h.Pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(context.Background(), tx); err != nil {
			return err
		}
		_, err := tx.Exec(context.Background(), sql, args...)
		return err
	})
	if err != nil {
		h.T.Fatalf("%s: %v", sql, err)
	}
}

// ID finds the id of the row whose column has a value, such as the unit with code C62.
func (h *House) ID(table, column, value string) (id string) {
	h.T.Helper()
	h.Scan(&id, "SELECT id::text FROM "+pgx.Identifier{table}.Sanitize()+" WHERE organization_id = $1 AND "+
		pgx.Identifier{column}.Sanitize()+" = $2", h.Organization, value)
	return id
}

// Scan reads one value as the platform across organizations.
func (h *House) Scan(into any, sql string, args ...any) {
	h.T.Helper()
	err := pgx.BeginFunc(context.Background(), h.Pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(context.Background(), tx); err != nil {
			return err
		}
		return tx.QueryRow(context.Background(), sql, args...).Scan(into)
	})
	if err != nil {
		h.T.Fatalf("%s: %v", sql, err)
	}
}

// Get reads one record as a caller sees it and gives its attributes, nil if he does not see it.
func (h *House) Get(caller access.Caller, typeName, id string, fields ...string) (attributes map[string]any) {
	h.T.Helper()
	t, ok := h.Schema.Type(typeName)
	if !ok {
		h.T.Fatalf("there is no resource %q", typeName)
	}
	q := &record.Query{Type: t, Target: resource.Ref{ID: id}, Fields: map[string][]string{typeName: fields}}
	if fields == nil {
		q.Fields = nil
	}
	_, err := h.Store.Read(context.Background(), h.Pool, caller, q, func(_ *record.Answer, row *record.Row) error {
		return json.Unmarshal(row.Attributes, &attributes)
	})
	if err != nil {
		h.T.Fatalf("read %s %s: %v", typeName, id, err)
	}
	return attributes
}
