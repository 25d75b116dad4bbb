package jsonapi_test

import (
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Every resource is answered as it is described, on both sides, by all paths that lead to it: full records, records of which
// nothing optional is known, and lists of none. The checks are those of every answer.
func TestEveryResourceIsAnsweredAsDescribed(t *testing.T) {
	a := newAPI(t)
	full := commercetest.Everything(t, a.Pool, a.Schema, a.Organization, "full")
	for name, c := range map[string]access.Caller{"staff": a.Caller, "person": a.As(commercetest.Buyer{Group: full["customerGroups"], Customer: full["customers"], User: full["customerUsers"]})} {
		a.as(name, c)
		for _, typ := range a.Schema.Types() {
			if record.Readable(c.Side, nil, typ) {
				a.visitType(name, c.Side, typ, full[typ.Name])
			}
		}
	}
	a.emptied(full)
	for _, typ := range a.Schema.Types() {
		a.want(200, a.ask("staff", "GET", typ.Name+"?page[size]=100"))
	}
}

func (a *api) visitType(caller string, side access.Side, typ *resource.Type, id string) {
	a.T.Helper()
	var include []string
	for i := range typ.Relations {
		r := &typ.Relations[i]
		if !record.ShowsRelation(a.Schema, side, nil, typ, r) {
			continue
		}
		include = append(include, r.Name)
		a.want(200, a.ask(caller, "GET", typ.Name+"/"+id+"/"+r.Name))
		a.want(200, a.ask(caller, "GET", typ.Name+"/"+id+"/relationships/"+r.Name))
	}
	a.want(200, a.ask(caller, "GET", typ.Name+"?page[size]=100&page[total]=true&include="+strings.Join(include, ",")))
	a.want(200, a.ask(caller, "GET", typ.Name+"/"+id+"?include="+strings.Join(include, ",")))
	a.want(200, a.ask(caller, "GET", typ.Name+"?filter[id]=00000000-0000-7000-8000-000000000000"))
	if typ.Scope == resource.Organization {
		a.want(200, a.ask(caller, "GET", typ.Name+"/ext:SAP:full"))
	}
	a.refused(404, "not_found", "", a.ask(caller, "GET", typ.Name+"/00000000-0000-7000-8000-000000000000"))
}

// emptied clears whatever may be empty.
func (a *api) emptied(ids map[string]string) {
	for _, typ := range a.Schema.Types() {
		for i := range typ.Width() {
			name := typ.NameAt(i)
			column := ""
			if f, ok := typ.Field(name); ok && f.Computed == nil && !f.Mandatory {
				column = f.Column
			} else if r, ok := typ.Relation(name); ok && !r.ToMany && !r.Mandatory && typ.Name != "priceListAssignments" {
				column = r.Column
			}
			var open bool
			if column == "" {
				continue
			}
			a.Scan(&open, "SELECT NOT attnotnull FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2", typ.Table, column)
			if open {
				a.Exec(`UPDATE `+typ.Table+` SET "`+column+`" = NULL WHERE id = $1`, ids[typ.Name])
			}
		}
	}
}
