package jsonapi_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// FuzzPath reads paths and query strings of any kind: each becomes a query that compiles, or a refusal with a code, and
// nothing that was sent stands in the statement but as a parameter.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"products?page[size]=24&sort=-sku,name&include=category.parent,units", "products/key:A%2F1%7CB", "products/ext:SAP:47:11/units?page%5Bnumber%5D=2",
		"products?filter[category.code][in]=a,b&filter[search]=x&fields[products]=sku,price", "orders?filter[placedAt][range]=2025-01-01..&page[total]=true",
		"prices/key:L|P|C62|EUR|0|", "products?filter[sku][contains]=%25%00%FF", "a[b]c[", "products?filter[sku", "products?filter[sku]][x]=1", "?", "%zz", "//", "products?;=1",
		"products?filter[category][below]=key:x&filter[zzzmarkzzz]=1",
	} {
		f.Add(seed, true)
	}
	schema, err := commerce.Schema()
	if err != nil {
		f.Fatal(err)
	}
	store := record.NewStore(func() *resource.Schema { return schema })
	f.Fuzz(func(t *testing.T, path string, admin bool) {
		caller := access.SystemCaller("00000000-0000-7000-8000-000000000000", "fuzz")
		if !admin {
			caller.Side = access.Storefront
		}
		q, err := jsonapi.Query(schema, path)
		var p *jsonapi.Problem
		var refused *record.QueryError
		switch {
		case errors.As(err, &p):
			if p.Status < 400 || p.Status > 499 || len(p.Faults) == 0 || p.Faults[0].Code == "" {
				t.Fatalf("%+v", p)
			}
			return
		case errors.As(err, &refused):
			return
		case err != nil:
			t.Fatalf("%T %v", err, err)
		}
		statements, err := store.Statements(q, caller)
		if err != nil {
			if !errors.As(err, &refused) || refused.Code == "" {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		for _, st := range statements {
			if strings.Count(st.SQL, "'")%2 != 0 || strings.Count(st.SQL, `"`)%2 != 0 || strings.ContainsAny(st.SQL, ";\x00\\") {
				t.Fatalf("%q became %s", path, st.SQL)
			}
			for _, f := range q.Filters {
				for _, v := range f.Values {
					if len(v) > 12 && strings.Contains(st.SQL, v) {
						t.Fatalf("the value %q stands in %s", v, st.SQL)
					}
				}
			}
		}
	})
}
