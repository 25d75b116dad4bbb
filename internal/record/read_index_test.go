package record_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

var node = regexp.MustCompile(`(Index Only Scan|Index Scan|Bitmap Index Scan|Seq Scan)(?: Backward)?(?: using (\w+))?(?: on (\w+))?`)

// offers lists, for every list of many records, each filter and each sort that it offers and how PostgreSQL finds the
// first page: the file shows at a glance which offers no index serves.
func offers(t *testing.T, h *commercetest.House) {
	var out strings.Builder
	for _, name := range []string{"products", "productUnits", "prices", "inventoryLevels", "orders", "orderLines"} {
		typ, _ := h.Schema.Type(name)
		fmt.Fprintf(&out, "%s\n", name)
		line := func(what string, q record.Query) {
			q.Type, q.Size, q.Number, q.Fields = typ, 25, 1, map[string][]string{name: {}}
			st, err := h.Store.Statements(&q, h.Caller)
			if err != nil {
				t.Fatal(err)
			}
			text, sorted := plan(t, h, h.Caller, st[0]), ""
			if strings.Contains(text, " Sort\n") && !strings.Contains(text, "Incremental Sort") {
				sorted = ", sorted"
			}
			fmt.Fprintf(&out, "  %-28s %s%s\n", what, scans(text), sorted)
		}
		for i := range typ.Fields {
			f := &typ.Fields[i]
			if !f.Filterable || f.Computed != nil {
				continue
			}
			column := pgx.Identifier{f.Column}.Sanitize()
			if f.Kind.SQL() == "jsonb" {
				column = "(" + column + "->>'en')"
			}
			var value *string
			h.Scan(&value, fmt.Sprintf("SELECT replace(min(%s::text), ' 00:07:00+00', 'T00:07:00Z') FROM %s", column, pgx.Identifier{typ.Table}.Sanitize()))
			if value != nil {
				line("filter "+f.Name, record.Query{Filters: []record.Filter{{Path: f.Name, Operator: resource.Eq, Values: []string{*value}}}})
			}
			line("sort "+f.Name, record.Query{Sort: []record.Sort{{Path: f.Name}}})
			line("sort -"+f.Name, record.Query{Sort: []record.Sort{{Path: f.Name, Descending: true}}})
		}
		for i := range typ.Relations {
			r := &typ.Relations[i]
			if r.ToMany {
				continue
			}
			var value *string
			h.Scan(&value, fmt.Sprintf("SELECT min(%s::text) FROM %s", pgx.Identifier{r.Column}.Sanitize(), pgx.Identifier{typ.Table}.Sanitize()))
			if value != nil {
				line("filter "+r.Name, record.Query{Filters: []record.Filter{{Path: r.Name, Operator: resource.Eq, Values: []string{*value}}}})
			}
		}
	}
	compareFile(t, true, filepath.Join("testdata", "read", "offers.txt"), out.String())
}

// scans are the ways in which a plan reaches tables.
func scans(plan string) string {
	var all []string
	for _, m := range node.FindAllStringSubmatch(plan, -1) {
		how := m[2]
		if how == "" {
			how = m[3]
		}
		if m[1] == "Seq Scan" {
			how = "all of " + m[3]
		}
		all = append(all, how)
	}
	return strings.Join(all, ", ")
}
