package pricing

// lineSQL looks up the price of a row {t} with a product, a unit and a quantity, by the rule of Resolve.
const lineSQL = ` FROM (SELECT c.code, p.*, ` + unitCode + ` AS unit FROM chain c CROSS JOIN LATERAL (
    SELECT p.unit_id, p.amount, p.per, p.min_quantity FROM price p
    WHERE p.price_list_id = c.id AND p.product_id = {t}.product_id AND p.unit_id = {t}.unit_id
      AND p.currency = {currency} AND p.min_quantity <= {t}.quantity AND ` + today + `
    ORDER BY p.min_quantity DESC, p.valid_from DESC NULLS LAST LIMIT 1) p
  ORDER BY c.rank LIMIT 1) x`

// OfLine is the SQL of the price of a line, in computed fields of tables with product_id, unit_id and quantity. It needs
// Chain.
const OfLine = `SELECT ` + output + lineSQL

// TotalOfLine is the SQL of what the line costs.
const TotalOfLine = `SELECT money_total({t}.quantity, x.amount, x.per, {currency})` + lineSQL
