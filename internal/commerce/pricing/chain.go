package pricing

import "github.com/hanse-commerce/hanse/resource"

// chainSQL lists the price lists that the caller gets, the most specific first: the customer's own, then his group's, then
// the website's, each by priority. today is the organization's day. It is a handful of rows found by index, however many
// lists there are.
const chainSQL = `SELECT l.id, l.code, row_number() OVER (ORDER BY a.level DESC, a.priority DESC, l.code) AS rank,
  (now() AT TIME ZONE o.time_zone)::date AS today
FROM (SELECT price_list_id, priority, 1 AS level FROM price_list_assignment WHERE website_id = {website}
  UNION ALL SELECT price_list_id, priority, 2 FROM price_list_assignment WHERE customer_group_id = {customerGroup}
  UNION ALL SELECT price_list_id, priority, 3 FROM price_list_assignment WHERE customer_id = {customer}) a
JOIN price_list l ON l.id = a.price_list_id AND l.status = 'enabled' AND l.organization_id = {organization}
JOIN organization o ON o.id = {organization}`

// Chain is what computed prices of one statement share.
var Chain = resource.CTE{Name: "chain", SQL: chainSQL}

// today narrows prices p to those of a list c that are valid on its day.
const today = `(p.valid_from IS NULL OR p.valid_from <= c.today) AND (p.valid_until IS NULL OR p.valid_until >= c.today)`

// probe is the part of a computed price that fetches a product's prices of the lists of the chain, a look into the key of
// prices for each list. OFFSET 0 keeps the planner from turning it into one look over all lists of the product.
const probe = `chain c CROSS JOIN LATERAL (SELECT p.unit_id, p.min_quantity, p.valid_from, p.amount, p.per FROM price p
  WHERE p.price_list_id = c.id AND p.product_id = {t}.id AND p.currency = {currency} AND ` + today + ` OFFSET 0) p`

// output is a price as it stands on the wire.
const output = `json_build_object('amount', trim_scale(x.amount)::text, 'currency', {currency}, 'per', trim_scale(x.per)::text,
  'unit', x.unit, 'minQuantity', trim_scale(x.min_quantity)::text, 'priceList', x.code)`

// Fields are the parts of a price that a buyer gets.
func Fields() resource.Fields {
	return resource.Fields{
		resource.Decimal("amount", 18, 6).Required().Doc("Price of so many units as per says."),
		resource.Currency("currency").Required().Doc("Currency of the amount."),
		resource.Decimal("per", 12, 3).Required().Doc("How many units the amount buys."),
		resource.Text("unit").Required().Doc("Code of the unit."),
		resource.Decimal("minQuantity", 18, 6).Required().Doc("Least quantity from which on the price applies."),
		resource.Text("priceList").Required().Doc("Code of the list it was found on."),
	}
}
