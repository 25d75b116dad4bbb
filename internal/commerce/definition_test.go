package commerce_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

type column struct {
	Type    string
	NotNull bool
	Default bool
}

// TestDefinitionsMatchTables compares each definition with the migrated table: columns, their types, and a unique index
// over the natural key.
func TestDefinitionsMatchTables(t *testing.T) {
	ctx := context.Background()
	pool := postgrestest.Pool(t, commercetest.Sources()...)
	schema, err := commerce.Schema()
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range schema.Types() {
		columns := map[string]column{}
		rows, err := pool.Query(ctx, `SELECT attname, format_type(atttypid, atttypmod), attnotnull, atthasdef FROM pg_attribute
			WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`, typ.Table)
		if err != nil {
			t.Fatal(err)
		}
		var name string
		var c column
		if _, err := pgx.ForEachRow(rows, []any{&name, &c.Type, &c.NotNull, &c.Default}, func() error {
			columns[name] = c
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(columns) == 0 {
			t.Errorf("%s: there is no table %s", typ.Name, typ.Table)
			continue
		}
		for _, own := range []string{"id", "organization_id", "created_at", "updated_at", "revision", "custom"} {
			if _, ok := columns[own]; !ok {
				t.Errorf("%s: the table %s has no column %s", typ.Name, typ.Table, own)
			}
		}
		searched := false
		for _, f := range typ.Fields {
			searched = searched || f.Weight != 0
			if f.Computed != nil {
				continue
			}
			if got := columns[f.Column].Type; got != f.Kind.SQL() {
				t.Errorf("%s.%s: column %s.%s is %q, the field wants %q", typ.Name, f.Name, typ.Table, f.Column, got, f.Kind.SQL())
			}
			if f.Mandatory && !columns[f.Column].NotNull {
				t.Errorf("%s.%s: column %s.%s may be null, the field may not", typ.Name, f.Name, typ.Table, f.Column)
			}
		}
		for _, r := range typ.Relations {
			if !r.ToMany && columns[r.Column].Type != "uuid" {
				t.Errorf("%s.%s: column %s.%s is %q, a relation wants uuid", typ.Name, r.Name, typ.Table, r.Column, columns[r.Column].Type)
			}
		}
		if _, ok := columns["search"]; ok != searched {
			t.Errorf("%s: the column search must be there just when a field has a search weight", typ.Name)
		}
	}
}
