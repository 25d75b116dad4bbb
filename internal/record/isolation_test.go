package record_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// two is a database with two organizations, each with a record of every type there is.
type two struct {
	testing.TB
	pool         *pgxpool.Pool
	schema       *resource.Schema
	store        *record.Store
	ours, theirs map[string]string // ids by type
	us           string
	tx           pgx.Tx
}

func newTwo(t testing.TB) *two {
	w := &two{TB: t}
	w.pool = postgrestest.Pool(t, commercetest.Sources()...)
	var err error
	if w.schema, err = resource.NewSchema(append(commerce.Resources(), access.Resources(), exchange.Resources())...); err != nil {
		t.Fatal(err)
	}
	w.store = record.NewStore(func() *resource.Schema { return w.schema })
	for _, code := range []string{"ours", "theirs"} {
		var founded organization.Founded
		if err := pgx.BeginFunc(t.Context(), w.pool, func(tx pgx.Tx) (err error) {
			founded, err = commerce.Found(t.Context(), tx, organization.Founding{Code: code + "-company", Name: code, AdminEmail: "admin@" + code + ".test"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		ids := commercetest.Everything(t, w.pool, w.schema, founded.Organization, code)
		if code == "ours" {
			w.ours, w.us = ids, founded.Organization
		} else {
			w.theirs = ids
		}
	}
	return w
}

func (w *two) caller(side access.Side) access.Caller {
	if side == access.Admin {
		return access.SystemCaller(w.us, "test")
	}
	return access.Caller{Side: access.Storefront, Organization: w.us, Customer: w.ours["customers"], Customers: []string{w.ours["customers"]},
		CustomerUser: w.ours["customerUsers"], CustomerGroup: w.ours["customerGroups"], Website: w.ours["websites"], Currency: "EUR", Language: "de"}
}

// read answers a query as the owner of all tables, whom no policy holds back: what is missing then is missing because the
// statement says so. It gives the whole document and the number of its primary records.
func (w *two) read(side access.Side, q *record.Query) (string, int) {
	w.Helper()
	var out bytes.Buffer
	caller, doc := w.caller(side), record.NewDocument(&out, "", q, false)
	if _, err := w.store.Read(w.Context(), w.begun(), caller, q, doc.Add); err != nil {
		sql, _, _ := w.store.Statement(q, caller)
		w.Fatalf("%s %s: %v\n%s", side, q.Type.Name, err, sql)
	}
	w.scoped(q, caller)
	doc.Finish(nil, nil)
	return out.String(), doc.Count()
}

// begun is the one transaction of a test, in which nobody's context is set.
func (w *two) begun() pgx.Tx {
	w.Helper()
	if w.tx == nil {
		var err error
		if w.tx, err = w.pool.Begin(context.Background()); err != nil {
			w.Fatal(err)
		}
		w.Cleanup(func() { _ = w.tx.Rollback(context.Background()) })
	}
	return w.tx
}

var table = regexp.MustCompile(`(?:FROM|JOIN) "?([a-z_]+)"? ([a-z][a-z0-9]*)\b`)

// scoped holds each statement to limiting every table that the compiler put into it to the caller's organization.
func (w *two) scoped(q *record.Query, caller access.Caller) {
	w.Helper()
	all, err := w.store.Statements(q, caller)
	if err != nil {
		w.Fatal(err)
	}
	for _, st := range all {
		for _, m := range table.FindAllStringSubmatch(st.SQL, -1) {
			if !strings.Contains(m[0], `"`) && m[1] != "external_id" {
				continue // of a computed value
			}
			if !regexp.MustCompile(m[2]+`\.(organization_)?id = \$`).MatchString(st.SQL) && !regexp.MustCompile(m[2]+`\.record_id = `).MatchString(st.SQL) {
				w.Errorf("%s %s: %s is not limited to the organization:\n%s", caller.Side, q.Type.Name, m[0], st.SQL)
			}
		}
	}
}

// Another organization's records never appear, by whatever way a query may lead there, though no policy helps: the tables
// of catalogue, prices and stock have none.
func TestAnotherOrganizationNeverAppears(t *testing.T) {
	w := newTwo(t)
	for _, typ := range w.schema.Types() {
		for _, side := range []access.Side{access.Admin, access.Storefront} {
			if record.Readable(side, nil, typ) {
				t.Run(side.String()+"/"+typ.Name, func(t *testing.T) {
					(&two{TB: t, pool: w.pool, schema: w.schema, store: w.store, ours: w.ours, theirs: w.theirs, us: w.us}).probe(side, typ)
				})
			}
		}
	}
}

func (w *two) probe(side access.Side, typ *resource.Type) {
	all := &record.Query{Type: typ, Size: 100, Total: true}
	var further []string
	for i := range typ.Relations {
		r := &typ.Relations[i]
		if !record.ShowsRelation(w.schema, side, nil, typ, r) {
			continue
		}
		all.Include = append(all.Include, r.Name)
		target, _ := w.schema.Type(r.Target)
		for k := range target.Relations {
			if record.ShowsRelation(w.schema, side, nil, target, &target.Relations[k]) {
				further = append(further, r.Name+"."+target.Relations[k].Name)
			}
		}
	}
	all.Include = append(all.Include, further[:min(len(further), record.MaxIncludes-len(all.Include))]...)
	doc, count := w.read(side, all)
	w.clean("the list", doc)
	if count < 100 && !strings.Contains(doc, w.ours[typ.Name]) {
		w.Errorf("the list lacks our own record: %s", doc)
	}
	if n := strings.Count(doc, `"meta":{"revision"`); n != count {
		w.Errorf("%d of %d", n, count)
	}
	for name, ref := range w.names(typ) {
		doc, n := w.read(side, &record.Query{Type: typ, Target: ref})
		if n != 0 {
			w.Errorf("theirs is found by %s: %s", name, doc)
		}
		for i := range typ.Relations {
			r := &typ.Relations[i]
			if !record.ShowsRelation(w.schema, side, nil, typ, r) {
				continue
			}
			target, _ := w.schema.Type(r.Target)
			if doc, n := w.read(side, &record.Query{Type: target, Of: &record.Origin{Type: typ, Target: ref, Relation: r.Name}, Size: 10}); n != 0 {
				w.Errorf("%s of theirs by %s: %s", r.Name, name, doc)
			}
		}
	}
	w.probeFilters(side, typ)
}

func (w *two) names(typ *resource.Type) map[string]resource.Ref {
	refs := map[string]resource.Ref{"id": {ID: w.theirs[typ.Name]}, "external id": {System: "SAP", External: "theirs"}}
	leaves := w.schema.Key(typ)
	key := make([]string, len(leaves))
	for i, l := range leaves {
		if l.Field.Kind.SQL() == "text" && l.Field.Kind.Name() == "text" {
			key[i] = "theirs"
		} else {
			return refs // values without a mark are the same on both sides
		}
	}
	if len(key) > 0 {
		refs["key"] = resource.Ref{Key: key}
	}
	return refs
}

// probeFilters asks for our records by what theirs are called.
func (w *two) probeFilters(side access.Side, typ *resource.Type) {
	for i := range typ.Relations {
		r := &typ.Relations[i]
		if r.ToMany || !record.ShowsRelation(w.schema, side, nil, typ, r) {
			continue
		}
		target, _ := w.schema.Type(r.Target)
		for name, ref := range w.names(target) {
			for _, op := range []resource.Operator{resource.Eq, resource.In, resource.Below} {
				if op == resource.Below && record.Above(target) == nil {
					continue
				}
				q := &record.Query{Type: typ, Size: 10, Filters: []record.Filter{{Path: r.Name, Operator: op, Values: []string{ref.String()}}}}
				if doc, n := w.read(side, q); n != 0 {
					w.Errorf("filter %s by %s: %s", r.Name, name, doc)
				}
			}
		}
		for k := range target.Fields {
			f := &target.Fields[k]
			if !f.Filterable || !record.Shows(side, nil, target, f) || f.Kind.Name() != "text" {
				continue
			}
			q := &record.Query{Type: typ, Size: 10, Sort: []record.Sort{{Path: r.Name + "." + f.Name}},
				Filters: []record.Filter{{Path: r.Name + "." + f.Name, Operator: resource.Exists, Values: []string{"true"}}}}
			doc, _ := w.read(side, q)
			w.clean("filter "+r.Name+"."+f.Name, doc)
		}
	}
}

// clean fails the test where a document shows anything of theirs.
func (w *two) clean(what, doc string) {
	w.Helper()
	if strings.Contains(doc, "theirs") {
		w.Errorf("%s shows a value of theirs: %s", what, doc)
	}
	for name, id := range w.theirs {
		if strings.Contains(doc, id) {
			w.Errorf("%s shows their record of %s: %s", what, name, doc)
		}
	}
}

// What of ours was made to lead to a record of theirs, by whatever mistake, shows nothing of it. Computed values are left
// out: their SQL is the areas' own.
func TestALinkToAnotherOrganizationLeadsNowhere(t *testing.T) {
	w := newTwo(t)
	for _, typ := range w.schema.Types() {
		for i := range typ.Relations {
			r := &typ.Relations[i]
			if r.ToMany || typ.Scope == resource.Global {
				continue
			}
			target, _ := w.schema.Type(r.Target)
			if err := pgx.BeginFunc(t.Context(), w.pool, func(tx pgx.Tx) error {
				if err := access.EnterSystem(t.Context(), tx); err != nil {
					return err
				}
				if _, err := tx.Exec(t.Context(), "SET LOCAL session_replication_role = replica"); err != nil {
					return err
				}
				_, err := tx.Exec(t.Context(), "UPDATE "+pgx.Identifier{typ.Table}.Sanitize()+" SET "+pgx.Identifier{r.Column}.Sanitize()+" = $1 WHERE id = $2 AND "+
					pgx.Identifier{r.Column}.Sanitize()+" IS NOT NULL", w.theirs[target.Name], w.ours[typ.Name])
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	stored := map[string][]string{}
	for _, typ := range w.schema.Types() {
		for i := range typ.Width() {
			if f, ok := typ.Field(typ.NameAt(i)); !ok || f.Computed == nil && record.Shows(access.Admin, nil, typ, f) {
				stored[typ.Name] = append(stored[typ.Name], typ.NameAt(i))
			}
		}
	}
	for _, typ := range w.schema.Types() {
		q := &record.Query{Type: typ, Size: 100, Fields: stored}
		for i := range typ.Relations {
			r := &typ.Relations[i]
			if !record.ShowsRelation(w.schema, access.Admin, nil, typ, r) {
				continue
			}
			q.Include = append(q.Include, r.Name)
			if target, _ := w.schema.Type(r.Target); !r.ToMany {
				for k := range target.Fields {
					if f := &target.Fields[k]; f.Filterable && f.Kind.Name() == "text" && len(q.Sort) < record.MaxSorts {
						q.Sort = append(q.Sort, record.Sort{Path: r.Name + "." + f.Name})
						hit := &record.Query{Type: typ, Size: 10, Filters: []record.Filter{{Path: r.Name + "." + f.Name, Operator: resource.Eq, Values: []string{"theirs"}}}}
						if doc, n := w.read(access.Admin, hit); n != 0 {
							t.Errorf("%s: filter %s.%s: %s", typ.Name, r.Name, f.Name, doc)
						}
					}
				}
			}
		}
		if doc, _ := w.read(access.Admin, q); strings.Contains(doc, `theirs`) {
			t.Errorf("%s shows a value of theirs: %s", typ.Name, doc)
		}
	}
}
