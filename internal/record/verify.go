package record

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/resource"
)

// Querier reads from the database: a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Verify compares the definitions with the migrated tables and reports everything that does not fit, each with the
// definition, the table and column, and what to do. It is called at start, before anything is served.
func Verify(ctx context.Context, db Querier, schema *resource.Schema) error {
	v := &verifier{schema: schema, tables: map[string]*table{}}
	if err := v.load(ctx, db); err != nil {
		return fmt.Errorf("comparing definitions with the migrated tables: %w", err)
	}
	for _, t := range schema.Types() {
		v.verify(t)
	}
	if len(v.faults) > 0 {
		return fmt.Errorf("definitions and migrated tables do not fit: %w", errors.Join(v.faults...))
	}
	return nil
}

type verifier struct {
	schema *resource.Schema
	tables map[string]*table
	faults []error
}

// table is what the database knows of one.
type table struct {
	columns map[string]stored
	unique  []uniqueIndex
	foreign map[string]string   // column -> table that it refers to
	checks  map[string][]string // column -> definitions of its CHECK constraints
}

type stored struct {
	sqlType             string
	notNull, hasDefault bool
}

type uniqueIndex struct {
	columns          []string
	nullsNotDistinct bool
}

// catalogSQL reads columns, unique indexes, foreign keys and checks as rows of (what, table, column, text, flag, flag).
const catalogSQL = `select 'column', c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relname = any ($1) and c.relkind in ('r', 'p') and pg_table_is_visible(c.oid)
union all
select 'unique', c.relname::text, '', (select string_agg(coalesce(a.attname::text, '?'), ',' order by k.n)
    from unnest(i.indkey::int2[]) with ordinality k(attnum, n)
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum and k.attnum > 0 where k.n <= i.indnkeyatts), i.indnullsnotdistinct, false
  from pg_class c join pg_index i on i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null
 where c.relname = any ($1) and pg_table_is_visible(c.oid)
union all
select case k.contype when 'f' then 'foreign' else 'check' end, c.relname::text, a.attname::text,
    case k.contype when 'f' then (select f.relname::text from pg_class f where f.oid = k.confrelid) else pg_get_constraintdef(k.oid) end, false, false
  from pg_class c join pg_constraint k on k.conrelid = c.oid and k.contype in ('f', 'c')
  join pg_attribute a on a.attrelid = c.oid and a.attnum = any (k.conkey)
 where c.relname = any ($1) and pg_table_is_visible(c.oid)`

func (v *verifier) load(ctx context.Context, db Querier) error {
	var names []string
	for _, t := range v.schema.Types() {
		names = append(names, t.Table)
	}
	rows, err := db.Query(ctx, catalogSQL, append(names, "external_id"))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var what, name, column, text string
		var first, second bool
		if err := rows.Scan(&what, &name, &column, &text, &first, &second); err != nil {
			return err
		}
		t := v.tables[name]
		if t == nil {
			t = &table{columns: map[string]stored{}, foreign: map[string]string{}, checks: map[string][]string{}}
			v.tables[name] = t
		}
		switch what {
		case "column":
			t.columns[column] = stored{text, first, second}
		case "unique":
			t.unique = append(t.unique, uniqueIndex{strings.Split(text, ","), first})
		case "foreign":
			t.foreign[column] = text
		case "check":
			t.checks[column] = append(t.checks[column], text)
		}
	}
	return rows.Err()
}

func (v *verifier) fault(t *resource.Type, format string, a ...any) {
	v.faults = append(v.faults, fmt.Errorf("resource %q: "+format, append([]any{t.Name}, a...)...))
}

// every are the columns of each table.
var every = []struct {
	name    string
	sqlType string
}{{"id", "uuid"}, {"organization_id", "uuid"}, {"created_at", "timestamp with time zone"}, {"updated_at", "timestamp with time zone"}, {"revision", "bigint"}}

func (v *verifier) verify(t *resource.Type) {
	tab := v.tables[t.Table]
	if tab == nil {
		v.fault(t, "there is no table %s; add a migration that creates it, or correct the definition's Table", t.Table)
		return
	}
	for _, e := range every {
		if c, ok := tab.columns[e.name]; !ok || c.sqlType != e.sqlType || !c.notNull {
			v.fault(t, "%s.%s must be %s not null, as in every table; add it in a migration", t.Table, e.name, e.sqlType)
		}
	}
	custom := t.Extensible
	for i := range t.Fields {
		custom = custom || t.Fields[i].Custom
		v.verifyField(t, tab, &t.Fields[i])
	}
	if c := tab.columns["custom"]; custom && c.sqlType != "jsonb" {
		v.fault(t, "%s.custom must be jsonb, because administrators may add fields; add it in a migration", t.Table)
	}
	for i := range t.Relations {
		v.verifyRelation(t, tab, &t.Relations[i])
	}
	v.verifyKey(t, tab)
}

func (v *verifier) verifyField(t *resource.Type, tab *table, f *resource.Field) {
	if f.Computed != nil || f.Custom {
		return
	}
	c, ok := tab.columns[f.Column]
	switch {
	case !ok:
		v.fault(t, "field %q: there is no column %s.%s; add it as %s in a migration", f.Name, t.Table, f.Column, f.Kind.SQL())
		return
	case c.sqlType != f.Kind.SQL():
		v.fault(t, "field %q: %s.%s is %s, the definition needs %s; change one of the two", f.Name, t.Table, f.Column, c.sqlType, f.Kind.SQL())
	case f.Mandatory && !c.notNull:
		v.fault(t, "field %q: it is Required, but %s.%s may be null; make the column not null", f.Name, t.Table, f.Column)
	case c.notNull && !f.Mandatory && f.Fallback == nil && !(f.Reading && (c.hasDefault || !created(t))):
		v.fault(t, "field %q: %s.%s is not null; make the field Required, or give it a Default", f.Name, t.Table, f.Column)
	}
	if e, ok := f.Kind.(resource.Enumeration); ok {
		v.verifyEnum(t, tab, f, e.Values())
	}
}

// created reports whether surfaces create records of a type; others are written by the SQL of their area's commands.
func created(t *resource.Type) bool { return t.Admin.Create || t.Storefront.Create }

// verifyEnum looks for each value in the column's CHECK constraints, so that a value added to the definition alone is
// found before the first record that uses it.
func (v *verifier) verifyEnum(t *resource.Type, tab *table, f *resource.Field, values []string) {
	checks := strings.Join(tab.checks[f.Column], " ")
	if checks == "" {
		v.fault(t, "field %q: %s.%s has no CHECK of its values; add check (%[4]s in ('%[5]s'))", f.Name, t.Table, f.Column, strings.Join(values, "', '"))
		return
	}
	for _, value := range values {
		if !strings.Contains(checks, literal(value)) {
			v.fault(t, "field %q: the CHECK of %s.%s does not allow %q; widen it in a migration", f.Name, t.Table, f.Column, value)
		}
	}
}

func (v *verifier) verifyRelation(t *resource.Type, tab *table, r *resource.Relation) {
	if r.ToMany {
		return
	}
	target, _ := v.schema.Type(r.Target)
	c, ok := tab.columns[r.Column]
	switch {
	case !ok || c.sqlType != "uuid":
		v.fault(t, "relation %q: there is no column %s.%s of type uuid; add it in a migration", r.Name, t.Table, r.Column)
	case r.Mandatory && !c.notNull:
		v.fault(t, "relation %q: it is Required, but %s.%s may be null; make the column not null", r.Name, t.Table, r.Column)
	case c.notNull && !r.Mandatory && !(r.Reading && !created(t)) && r.Name != t.Storefront.Owner:
		v.fault(t, "relation %q: %s.%s is not null; make the relation Required", r.Name, t.Table, r.Column)
	case c.notNull && r.Clearing:
		v.fault(t, "relation %q: it is emptied when its target goes (OrClear), but %s.%s is not null", r.Name, t.Table, r.Column)
	case tab.foreign[r.Column] != target.Table && !r.Reading:
		v.fault(t, "relation %q: %s.%s has no foreign key to %s; add references %[5]s (id)", r.Name, t.Table, r.Column, target.Table)
	}
}

// verifyKey looks for the unique index over the natural key, which makes two writers of one key meet.
func (v *verifier) verifyKey(t *resource.Type, tab *table) {
	if len(t.KeyOf) == 0 {
		return
	}
	var wanted []string
	optional := false
	if t.Scope == resource.Organization {
		wanted = append(wanted, "organization_id")
	}
	for _, name := range t.KeyOf {
		if f, ok := t.Field(name); ok {
			wanted = append(wanted, f.Column)
		} else if r, ok := t.Relation(name); ok {
			wanted = append(wanted, r.Column)
		}
		optional = optional || !tab.columns[wanted[len(wanted)-1]].notNull
	}
	set := slices.Sorted(slices.Values(wanted))
	for _, u := range tab.unique {
		if slices.Equal(slices.Sorted(slices.Values(u.columns)), set) {
			if optional && !u.nullsNotDistinct {
				v.fault(t, "the unique index of the key on %s (%s) must say nulls not distinct: a part of the key may be empty", t.Table, strings.Join(wanted, ", "))
			}
			return
		}
	}
	v.fault(t, "%s has no unique index on the key (%s); add create unique index on %[2]s (%[3]s) nulls not distinct", t.Table, strings.Join(wanted, ", "))
}
