package tax

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Question asks for the tax of a sale; all are UUIDs.
type Question struct {
	Organization string
	Website      string   // "": prices are without tax and no defaults apply
	Customer     string   // "": the website's customer tax code applies
	Products     []string // one a line; "" is a line of no product, which has the website's product tax code
	Address      string   // of the customer's addresses, where the goods go; "": no tax
}

// Answer is the tax of a sale.
type Answer struct {
	Included bool // prices and shipping include the tax
	Lines    []Rate
	Shipping Rate
}

// Querier runs a query: a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// resolveSQL finds the rates of the few codes that the lines have, each by the key of rules for the few jurisdictions that
// the address lies in, and gives them to the lines. Line 0 is the shipping. The inner LIMIT keeps the planner from reading
// all rules of a code.
const resolveSQL = `WITH asked AS MATERIALIZED (
  SELECT coalesce(c.tax_code_id, g.tax_code_id, w.customer_tax_code_id) AS customer_code, w.product_tax_code_id AS product_code,
    coalesce(w.shipping_tax_code_id, w.product_tax_code_id) AS shipping_code, coalesce(w.tax_included, false) AS included,
    (now() AT TIME ZONE o.time_zone)::date AS today, a.country, lower(btrim(a.region)) AS region, tax_postal_code(a.postal_code) AS postal
  FROM organization o
  LEFT JOIN website w ON w.id = nullif($2::text, '')::uuid AND w.organization_id = o.id
  LEFT JOIN customer c ON c.id = nullif($3::text, '')::uuid AND c.organization_id = o.id
  LEFT JOIN customer_group g ON g.id = c.group_id
  LEFT JOIN customer_address a ON a.id = nullif($4::text, '')::uuid AND a.organization_id = o.id
  WHERE o.id = $1::uuid),
place AS MATERIALIZED (
  SELECT j.id, row_number() OVER (ORDER BY j.postal_first IS NULL, j.region IS NULL, j.postal_first DESC, j.postal_last, j.code) AS rank
  FROM asked q JOIN tax_jurisdiction j ON j.organization_id = $1::uuid AND j.country = q.country
  WHERE (j.region IS NULL OR lower(btrim(j.region)) = q.region)
    AND (j.postal_first IS NULL OR left(q.postal, length(j.postal_first)) >= j.postal_first COLLATE "C"
      AND left(q.postal, length(j.postal_last)) <= j.postal_last COLLATE "C")),
line AS MATERIALIZED (
  SELECT 0 AS n, q.shipping_code AS code FROM asked q
  UNION ALL
  SELECT l.n, coalesce(p.tax_code_id, q.product_code) FROM asked q CROSS JOIN unnest($5::text[]) WITH ORDINALITY AS l(product, n)
  LEFT JOIN product p ON p.id = nullif(l.product, '')::uuid AND p.organization_id = $1::uuid),
rate AS MATERIALIZED (
  SELECT d.code, x.rate, x.name FROM (SELECT DISTINCT code FROM line) d CROSS JOIN asked q CROSS JOIN LATERAL (
    SELECT r.rate, r.name FROM place j CROSS JOIN LATERAL (
      SELECT r.rate, r.name FROM tax_rule r
      WHERE r.customer_tax_code_id = q.customer_code AND r.product_tax_code_id = d.code AND r.jurisdiction_id = j.id
        AND r.organization_id = $1::uuid AND (r.valid_from IS NULL OR r.valid_from <= q.today)
        AND (r.valid_until IS NULL OR r.valid_until >= q.today)
      ORDER BY r.valid_from DESC NULLS LAST LIMIT 1) r
    ORDER BY j.rank LIMIT 1) x)
SELECT q.included, coalesce(r.rate, 0), coalesce(r.name, '')
FROM line l CROSS JOIN asked q LEFT JOIN rate r ON r.code = l.code ORDER BY l.n`

// Resolve finds the tax of any number of lines and of shipping in one statement: for each the rule of the customer's tax
// code (his own, his group's, the website's), the product's (its own, the website's) and the most specific jurisdiction of
// the address that has a rule valid today: a range of postal codes (the narrower within the wider) before a region before a
// country. Where there is none the rate is 0.
func Resolve(ctx context.Context, db Querier, q Question) (Answer, error) {
	fail := func(err error) (Answer, error) {
		return Answer{}, fmt.Errorf("find the tax of %d lines: %w", len(q.Products), err)
	}
	sql, args := Statement(q)
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return fail(err)
	}
	a := Answer{}
	rates, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Rate, err error) {
		err = row.Scan(&a.Included, &r.Percent, &r.Name)
		return r, err
	})
	if err == nil && len(rates) != len(q.Products)+1 {
		err = fmt.Errorf("there is no organization %s", q.Organization)
	}
	if err != nil {
		return fail(err)
	}
	a.Shipping, a.Lines = rates[0], rates[1:]
	return a, nil
}

// Statement is the SQL of Resolve with its parameters.
func Statement(q Question) (sql string, args []any) {
	products := q.Products
	if products == nil {
		products = []string{}
	}
	return resolveSQL, []any{q.Organization, q.Website, q.Customer, q.Address, products}
}
