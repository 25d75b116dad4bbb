package cart

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/resource"
	"github.com/hanse-commerce/hanse/unit"
)

// addition is a line to be added, and what was found out about it.
type addition struct {
	SKU      string          `json:"sku"`
	Unit     string          `json:"unit"`
	Quantity decimal.Decimal `json:"quantity"`
	Note     string          `json:"note"`

	product, unit string // UUIDs; empty: there is none
	code          string // of the unit
	precision     int
	sold          bool   // the product is sold in the unit
	units         string // codes in which it is, where it is not sold in this one
}

// findSQL looks up each line in the given order. A product that buyers do not see does not exist. A unit is told by its
// code or by an alias that everybody may use, as package catalog's Codes do; it must be one in which the product is sold:
// its base unit, one of productUnits or one that has a price.
const findSQL = `WITH line AS (
  SELECT * FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS l(sku, word, n)
), word AS MATERIALIZED (
  SELECT w.word, (SELECT x.id FROM (
      SELECT u.id, 1 AS rank FROM unit u WHERE u.organization_id = $1 AND u.code = w.word
      UNION ALL SELECT a.unit_id, 2 FROM unit_alias a WHERE a.organization_id = $1 AND a.system IS NULL AND a.alias = w.word
      UNION ALL SELECT u.id, 3 FROM unit u WHERE u.organization_id = $1 AND u.code = upper(w.word)
      UNION ALL SELECT a.unit_id, 4 FROM unit_alias a WHERE a.organization_id = $1 AND a.system IS NULL AND a.alias = upper(w.word)
    ) x ORDER BY x.rank LIMIT 1) AS unit
  FROM (SELECT DISTINCT word FROM line WHERE word <> '') w
)
SELECT coalesce(p.id::text, ''), coalesce(u.id::text, ''), coalesce(u.code, ''), coalesce(pu.precision, u.precision, 0), s.sold,
  CASE WHEN NOT s.sold THEN (SELECT coalesce(string_agg(DISTINCT o.code, ', '), '') FROM unit o WHERE o.id = p.unit_id
    OR o.id IN (SELECT x.unit_id FROM product_unit x WHERE x.product_id = p.id)) ELSE '' END
FROM line l LEFT JOIN product p ON p.organization_id = $1 AND p.sku = l.sku AND p.status = 'enabled'
LEFT JOIN word w ON w.word = l.word LEFT JOIN unit u ON u.id = CASE WHEN l.word = '' THEN p.unit_id ELSE w.unit END
LEFT JOIN product_unit pu ON pu.product_id = p.id AND pu.unit_id = u.id
CROSS JOIN LATERAL (SELECT (u.id = p.unit_id OR pu.id IS NOT NULL
  OR EXISTS (SELECT FROM price r WHERE r.product_id = p.id AND r.unit_id = u.id)) IS TRUE AS sold) s
ORDER BY l.n`

// queueFind asks for the products and units of lines.
func queueFind(batch *pgx.Batch, organization string, lines []*addition) {
	skus, words := make([]string, len(lines)), make([]string, len(lines))
	for i, l := range lines {
		skus[i], words[i] = l.SKU, l.Unit
	}
	batch.Queue(findSQL, organization, skus, words).Query(func(rows pgx.Rows) error {
		for i := 0; rows.Next() && i < len(lines); i++ {
			l := lines[i]
			if err := rows.Scan(&l.product, &l.unit, &l.code, &l.precision, &l.sold, &l.units); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// check names every line that cannot be added, by its position and by what to change.
func check(lines []*addition) error {
	var wrong []resource.Violation
	for i, l := range lines {
		fault := func(code, field, format string, a ...any) {
			wrong = append(wrong, resource.Violation{Code: code, Field: fmt.Sprintf("lines/%d/%s", i, field),
				Detail: fmt.Sprintf("Line %d: ", i+1) + fmt.Sprintf(format, a...)})
		}
		switch {
		case l.product == "":
			fault("unknown_product", "sku", "there is no product %q.", l.SKU)
		case l.unit == "":
			fault("unknown_unit", "unit", "there is no unit %q; %s is sold in %s.", l.Unit, l.SKU, l.units)
		case !l.sold:
			fault("unknown_unit", "unit", "%s is not sold in the unit %s, but in %s.", l.SKU, l.code, l.units)
		default:
			if err := (unit.Quantity{Number: l.Quantity, Unit: l.code}).Check(l.precision); err != nil {
				fault("invalid_quantity", "quantity", "%s: %s.", l.SKU, err)
			}
		}
	}
	return command.RefuseAll(wrong)
}
