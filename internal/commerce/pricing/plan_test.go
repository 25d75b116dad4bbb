package pricing_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/internal/record"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// thousandsOfLists fills a market with 10,000 lists of other customers, each with three of 60 products.
func thousandsOfLists(t *testing.T) *market {
	m := newMarket(t)
	m.Exec(`INSERT INTO product (id, organization_id, sku, name)
		SELECT gen_random_uuid(), $1, 'P' || lpad(n::text, 3, '0'), '{"en":"P"}' FROM generate_series(1, 60) n`, m.Organization)
	m.Exec(`WITH made AS (SELECT gen_random_uuid() AS customer, gen_random_uuid() AS list, 'L' || n AS code FROM generate_series(1, 10000) n),
		c AS (INSERT INTO customer (id, organization_id, number, name) SELECT customer, $1, code, code FROM made),
		l AS (INSERT INTO price_list (id, organization_id, code, name) SELECT list, $1, code, code FROM made)
		INSERT INTO price_list_assignment (id, organization_id, price_list_id, customer_id) SELECT gen_random_uuid(), $1, list, customer FROM made`,
		m.Organization)
	m.Exec(`INSERT INTO price (id, organization_id, price_list_id, product_id, unit_id, currency, amount)
		SELECT gen_random_uuid(), l.organization_id, l.id, p.id, p.unit_id, 'EUR', 10
		FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM price_list) l
		JOIN (SELECT *, row_number() OVER (ORDER BY sku) AS n FROM product) p ON p.n % 20 = l.n % 20`)
	m.Exec("ANALYZE")
	return m
}

var (
	scan      = regexp.MustCompile(`(Seq Scan|Index Only Scan|Index Scan|Bitmap \w+ Scan).*\b(price|price_key|price_product|price_list\w*)\b`)
	condition = regexp.MustCompile(`(Index Cond|Recheck Cond): .*`)
	digits    = regexp.MustCompile(`'[0-9a-f-]{36}'::uuid`)
	alias     = regexp.MustCompile(`_\d+\b`)
	costs     = regexp.MustCompile(`\s*->\s*`)
)

// scans are the ways in which a statement reaches prices and assignments.
func (m *market) scans(sql string, args ...any) string {
	m.T.Helper()
	rows, err := m.Pool.Query(context.Background(), "EXPLAIN (COSTS OFF) "+sql, args...)
	if err != nil {
		m.T.Fatal(err)
	}
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		m.T.Fatal(err)
	}
	var found []string
	ours := false
	for _, line := range plan {
		line = alias.ReplaceAllString(digits.ReplaceAllString(costs.ReplaceAllString(strings.TrimSpace(line), ""), "?"), "")
		switch {
		case strings.Contains(line, " Scan"):
			if ours = scan.MatchString(line); ours {
				found = append(found, line)
			}
		case ours && condition.MatchString(line):
			found = append(found, "  "+line)
		}
	}
	return strings.Join(found, "\n") + "\n"
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// With 10,000 lists a page of products and the lines of a cart still look up each price by its key, for the few lists of
// the buyer's chain: no scan's work grows with the number of lists.
func TestPricesAreFoundByTheirKey(t *testing.T) {
	m := thousandsOfLists(t)
	products, _ := m.Schema.Type("products")
	sql, args, err := m.Store.Statement(&record.Query{Type: products, Size: 24, Number: 1, Sort: []record.Sort{{Path: "sku"}}}, m.As(m.buyer))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "products.plan", m.scans(sql, args...))

	sql, args = pricing.Statement(m.As(m.buyer), []pricing.Line{{Product: m.ID("product", "sku", "P001"), Quantity: decimal.NewFromInt(1)}})
	golden(t, "resolve.plan", m.scans(sql, args...))
}
