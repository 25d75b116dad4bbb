package pricing

import "github.com/hanse-commerce/hanse/resource"

// OnProducts gives products the prices that the caller gets, resolved inside the statement that reads them.
var OnProducts = resource.Extend("products",
	resource.NewComputed("price", resource.Object("price", Fields()), priceSQL, Chain).
		Doc("What the buyer pays for one of the base unit; if it is not sold so singly, the first step of its prices. Null if he gets no price."),
	resource.NewComputed("prices", resource.List("prices", 1000, Fields()), pricesSQL, Chain).
		Doc("All steps of the buyer's prices, base unit first, by unit and least quantity."),
)

// priceSQL takes the price that applies to a quantity of one, by the rule of Resolve: the most specific list that has a
// step at or below it. Where all steps lie above, it is the lowest one. A product that has no price in its base unit shows
// that of another.
const priceSQL = `SELECT ` + output + ` FROM (
  SELECT c.code, p.*, ` + unitCode + ` AS unit FROM ` + probe + `
  ORDER BY p.unit_id <> {t}.unit_id, CASE WHEN p.unit_id <> {t}.unit_id THEN ` + unitCode + ` END, p.min_quantity > 1,
    CASE WHEN p.min_quantity > 1 THEN p.min_quantity END, c.rank, p.min_quantity DESC, p.valid_from DESC NULLS LAST
  LIMIT 1) x`

const unitCode = `(SELECT u.code FROM unit u WHERE u.id = p.unit_id)`

// pricesSQL takes all steps. A list speaks from its lowest step upwards; below that, the next list of the chain does. Of
// two steps of a list with the same least quantity the one that became valid later counts.
const pricesSQL = `SELECT coalesce(json_agg(` + output + ` ORDER BY x.unit_id <> {t}.unit_id, x.unit, x.min_quantity), '[]'::json)
  FROM (SELECT p.*, ` + unitCode + ` AS unit,
      min(p.min_quantity) OVER (PARTITION BY p.unit_id ORDER BY p.rank GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS above
    FROM (SELECT DISTINCT ON (c.rank, p.unit_id, p.min_quantity) c.rank, c.code, p.* FROM ` + probe + `
      ORDER BY c.rank, p.unit_id, p.min_quantity, p.valid_from DESC NULLS LAST) p) x
  WHERE x.above IS NULL OR x.min_quantity < x.above`
