package pricing

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/money"
)

// Line is what a price is asked for.
type Line struct {
	Product, Unit string // UUIDs; an empty unit is the product's base unit
	Quantity      decimal.Decimal
}

// Price is what a buyer gets for a line.
type Price struct {
	money.Price
	MinQuantity decimal.Decimal // of the step that applies
	List        string          // code of the price list, "" if the buyer has no price for the line
}

// Found tells whether there is a price at all.
func (p Price) Found() bool { return p.List != "" }

// Querier runs a query: a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// resolveSQL looks once into the key of prices for each line and list of the chain. The inner LIMIT keeps the planner from
// reading all lists' prices of a product.
var resolveSQL = `WITH chain AS MATERIALIZED (` + strings.NewReplacer("{organization}", "$1::uuid", "{customer}", "$2::uuid",
	"{customerGroup}", "$3::uuid", "{website}", "$4::uuid").Replace(chainSQL) + `)
SELECT x.amount, x.per, x.min_quantity, coalesce(x.code, '')
FROM unnest($6::uuid[], $7::text[], $8::numeric[]) WITH ORDINALITY AS l(product, unit, quantity, n)
LEFT JOIN product t ON t.id = l.product AND t.organization_id = $1::uuid
LEFT JOIN LATERAL (SELECT c.code, p.* FROM chain c CROSS JOIN LATERAL (
    SELECT p.amount, p.per, p.min_quantity FROM price p
    WHERE p.price_list_id = c.id AND p.product_id = t.id AND p.unit_id = coalesce(nullif(l.unit, '')::uuid, t.unit_id)
      AND p.currency = $5 AND p.min_quantity <= l.quantity AND ` + today + `
    ORDER BY p.min_quantity DESC, p.valid_from DESC NULLS LAST LIMIT 1) p
  ORDER BY c.rank LIMIT 1) x ON true
ORDER BY l.n`

// Resolve finds the prices of any number of lines in one statement, in the order of the lines: for each the price of the
// most specific list of the caller's chain that has a step at or below the quantity. It answers in caller.Currency.
func Resolve(ctx context.Context, db Querier, caller access.Caller, lines []Line) ([]Price, error) {
	sql, args := Statement(caller, lines)
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("find the prices of %d lines: %w", len(lines), err)
	}
	prices, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Price, error) {
		var p Price
		var amount, per, least decimal.NullDecimal
		err := row.Scan(&amount, &per, &least, &p.List)
		p.Price = money.Price{Amount: money.Of(amount.Decimal, caller.Currency), Per: per.Decimal}
		p.MinQuantity = least.Decimal
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("find the prices of %d lines: %w", len(lines), err)
	}
	return prices, nil
}

// Statement is the SQL of Resolve with its parameters.
func Statement(caller access.Caller, lines []Line) (sql string, args []any) {
	products, units, quantities := make([]string, len(lines)), make([]string, len(lines)), make([]decimal.Decimal, len(lines))
	for i, l := range lines {
		products[i], units[i], quantities[i] = l.Product, l.Unit, l.Quantity
	}
	return resolveSQL, []any{caller.Organization, optional(caller.Customer), optional(caller.CustomerGroup), optional(caller.Website),
		caller.Currency, products, units, quantities}
}

func optional(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}
