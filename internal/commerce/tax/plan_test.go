package tax_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/tax"
)

// world has 10,000 rules, for ten kinds of products in 1,000 jurisdictions of 100 countries: each country as a whole, two
// regions and seven ranges of postal codes. It asks for 1,000 lines.
func world(t testing.TB) (*office, tax.Question) {
	o := newOffice(t)
	o.website("customer_tax_code_id", "LIABLE")
	o.Exec(`INSERT INTO product_tax_code (id, organization_id, code, name) SELECT gen_random_uuid(), $1, 'P' || n, 'P' FROM generate_series(1, 10) n`,
		o.Organization)
	o.Exec(`INSERT INTO tax_jurisdiction (id, organization_id, code, name, country, region, postal_code_from, postal_code_to)
		SELECT gen_random_uuid(), $1, 'C' || c || '/' || j, 'J', chr(65 + c / 10) || chr(65 + c % 10), CASE WHEN j IN (1, 2) THEN 'R' || j END,
		CASE WHEN j > 2 THEN (j * 1000)::text END, CASE WHEN j > 2 THEN (j * 1000 + 999)::text END
		FROM generate_series(0, 99) c, generate_series(0, 9) j`, o.Organization)
	o.Exec(`INSERT INTO tax_rule (id, organization_id, customer_tax_code_id, product_tax_code_id, jurisdiction_id, rate, name)
		SELECT gen_random_uuid(), $1, $2, p.id, j.id, substr(p.code, 2)::int + length(coalesce(j.postal_first, '')), 'VAT'
		FROM tax_jurisdiction j, product_tax_code p WHERE p.code LIKE 'P%'`, o.Organization, o.ids["LIABLE"])
	o.Exec(`INSERT INTO product (id, organization_id, sku, name, tax_code_id)
		SELECT gen_random_uuid(), $1, 'S' || n, '{}', (SELECT id FROM product_tax_code WHERE code = 'P' || n % 10 + 1) FROM generate_series(1, 5000) n`,
		o.Organization)
	o.Exec("ANALYZE")
	q := tax.Question{Organization: o.Organization, Website: o.Website, Customer: o.buyer.Customer, Address: o.address("BC", "R1", "5432")}
	var products string
	o.Scan(&products, `SELECT string_agg(id::text, ',' ORDER BY sku) FROM (SELECT * FROM product WHERE sku LIKE 'S%' ORDER BY sku LIMIT 1000) p`)
	q.Products = strings.Split(products, ",")
	return o, q
}

// However many rules and jurisdictions there are, those of the address and the few codes of the lines are found by index,
// each once for any number of lines.
func TestRatesAreFoundByTheirKey(t *testing.T) {
	o, q := world(t)
	a := o.resolve(o.As(o.buyer), q)
	if len(a.Lines) != 1000 || a.Lines[0].Percent.String() != "6" {
		t.Fatalf("%d lines, the first of %s %%", len(a.Lines), a.Lines[0].Percent)
	}
	sql, args := tax.Statement(q)
	var plan []string
	err := pgx.BeginFunc(context.Background(), o.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(context.Background(), tx, o.As(o.buyer)); err != nil {
			return err
		}
		rows, err := tx.Query(context.Background(), "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) "+sql, args...)
		if err != nil {
			return err
		}
		plan, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(plan, "\n")
	for _, table := range []string{"tax_rule", "tax_jurisdiction"} {
		if strings.Contains(all, "Seq Scan on "+table+" ") {
			t.Errorf("%s is read as a whole:\n%s", table, all)
		}
	}
	for _, line := range plan {
		// Ten codes and that of shipping, each in the three jurisdictions that the address lies in.
		if strings.Contains(line, "tax_rule_key") && !strings.Contains(line, "loops=33)") {
			t.Errorf("rules are looked up more than once for each code and jurisdiction: %s", line)
		}
	}
	if !strings.Contains(all, "tax_rule_key") {
		t.Errorf("rules are not found by their key:\n%s", all)
	}
}

// BenchmarkResolve is a cart of 1,000 lines among 10,000 rules.
func BenchmarkResolve(b *testing.B) {
	o, q := world(b)
	ctx := context.Background()
	err := pgx.BeginFunc(ctx, o.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, o.As(o.buyer)); err != nil {
			return err
		}
		for b.Loop() {
			if _, err := tax.Resolve(ctx, tx, q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
