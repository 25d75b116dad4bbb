package commercetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// Everything adds to an organization one record of each type of a schema, whatever types there are, and gives their ids
// by type. Each field has a value that contains the mark, as far as its kind has room for it; each to-one relation leads
// to the record of its target, but for links in a circle.
func Everything(t testing.TB, pool *pgxpool.Pool, schema *resource.Schema, organization, mark string) map[string]string {
	t.Helper()
	s := &seeder{t: t, schema: schema, organization: organization, mark: mark, ids: map[string]string{}}
	err := pgx.BeginFunc(context.Background(), pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(context.Background(), tx); err != nil {
			return err
		}
		s.tx = tx
		for _, typ := range schema.Types() {
			s.record(typ)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.ids
}

type seeder struct {
	t                  testing.TB
	tx                 pgx.Tx
	schema             *resource.Schema
	organization, mark string
	ids                map[string]string
}

func (s *seeder) record(t *resource.Type) string {
	s.t.Helper()
	if id, ok := s.ids[t.Name]; ok {
		return id
	}
	id := uuid.Must(uuid.NewV7()).String()
	if t.Scope == resource.Global {
		id = s.organization
	}
	s.ids[t.Name] = id
	if t.Scope == resource.Global {
		return id
	}
	names, marks, values := []string{"id", "organization_id"}, []string{"$1", "$2"}, []any{id, s.organization}
	add := func(column string, value any) {
		values = append(values, value)
		names, marks = append(names, pgx.Identifier{column}.Sanitize()), append(marks, placeholder(len(values)))
	}
	for i := range t.Fields {
		if f := &t.Fields[i]; f.Computed == nil && !f.Custom {
			add(f.Column, s.value(t, f))
		}
	}
	receivers := 0
	for i := range t.Relations {
		r := &t.Relations[i]
		target, _ := s.schema.Type(r.Target)
		if r.ToMany || target == t {
			continue
		}
		if _, begun := s.ids[r.Target]; begun && !s.done(r.Target) {
			continue // a circle
		}
		if t.Name == "priceListAssignments" && r.Name != "priceList" {
			if receivers++; receivers > 1 {
				continue // exactly one receiver
			}
		}
		add(r.Column, s.record(target))
	}
	if _, err := s.tx.Exec(context.Background(), fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", pgx.Identifier{t.Table}.Sanitize(),
		strings.Join(names, ", "), strings.Join(marks, ", ")), values...); err != nil {
		s.t.Fatalf("a record of %s: %v", t.Name, err)
	}
	if _, err := s.tx.Exec(context.Background(), "INSERT INTO external_id (organization_id, type, system, external_id, record_id) VALUES ($1, $2, 'SAP', $3, $4)",
		s.organization, t.Name, s.mark, id); err != nil {
		s.t.Fatal(err)
	}
	s.ids[t.Name+"/done"] = id
	return id
}

func (s *seeder) done(name string) bool { return s.ids[name+"/done"] != "" }

// value is the canonical text of a value that most kinds of fields take.
func (s *seeder) value(t *resource.Type, f *resource.Field) any {
	if e, ok := f.Kind.(resource.Enumeration); ok {
		return e.Values()[0]
	}
	for _, candidate := range []string{s.mark, `"` + s.mark + `"`, s.mark + "@" + t.Name + ".test", "DE", "EUR", "de", "5", "true", "2026-11-24"} {
		if text, err := f.Kind.ParseText(candidate); err == nil {
			return text
		}
	}
	switch f.Kind.SQL() {
	case "jsonb":
		return "{}"
	}
	return nil
}
