package pricing

import "strings"

// lineSQL looks up the price of a row {line} with a product, a unit and a quantity, by the rule of Resolve. c is the
// buyer's chain and b the buyer.
const lineSQL = `SELECT c.code, p.*, ` + unitCode + ` AS unit FROM chain c CROSS JOIN LATERAL (
    SELECT p.unit_id, p.amount, p.per, p.min_quantity FROM price p
    WHERE p.price_list_id = c.id AND p.product_id = {line}.product_id AND p.unit_id = {line}.unit_id
      AND p.currency = b.currency AND p.min_quantity <= {line}.quantity AND ` + today + `
    ORDER BY p.min_quantity DESC, p.valid_from DESC NULLS LAST LIMIT 1) p
  ORDER BY c.rank LIMIT 1`

// chainOfB is the chain of a buyer b, whoever the caller is.
var chainOfB = strings.NewReplacer("{organization}", "b.organization_id", "{customer}", "b.customer_id",
	"{customerGroup}", "b.group_id", "{website}", "b.website_id").Replace(chainSQL)

const totalOfX = `money_total({line}.quantity, x.amount, x.per, b.currency)`

func onLine(sql, line string) string { return strings.ReplaceAll(sql, "{line}", line) }

// OfLine is the SQL of the price of a line, in computed fields of tables with product_id, unit_id and quantity. buyer is a
// SELECT of the one who pays it: organization_id, customer_id, group_id, website_id and currency.
func OfLine(buyer string) string {
	return ofLine(buyer, strings.ReplaceAll(output, "{currency}", "b.currency"))
}

// TotalOfLine is the SQL of what the line costs.
func TotalOfLine(buyer string) string { return ofLine(buyer, onLine(totalOfX, "{t}")) }

func ofLine(buyer, value string) string {
	return `SELECT v.value FROM (` + buyer + `) b CROSS JOIN LATERAL (WITH chain AS MATERIALIZED (` + chainOfB + `)
  SELECT ` + value + ` AS value FROM (` + onLine(lineSQL, "{t}") + `) x) v`
}

// SumOfLines is the SQL of what all lines cost that lines, a SELECT, gives. Lines without a price count as nothing.
func SumOfLines(buyer, lines string) string {
	return `SELECT v.value FROM (` + buyer + `) b CROSS JOIN LATERAL (WITH chain AS MATERIALIZED (` + chainOfB + `)
  SELECT sum(` + onLine(totalOfX, "l") + `) AS value FROM (` + lines + `) l CROSS JOIN LATERAL (` + onLine(lineSQL, "l") + `) x) v`
}
