package cart

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/resource"
)

// AddLines puts products into a cart, any number at once, as a quick order or a button on a product does.
var AddLines = resource.Command{
	Name: "addLines", On: "carts", Result: "carts", Admin: true, Storefront: true, Idempotent: true,
	Doc: "Puts products into the cart: what is in it already in the same unit becomes more. All lines are taken or none.",
	Input: resource.Fields{
		resource.List("lines", 5000, resource.Fields{
			resource.Text("sku").Max(64).Required().Doc("SKU of the product."),
			resource.Text("unit").Max(35).Doc("Code of the unit; the product's base unit if empty."),
			catalog.Quantity("quantity").Positive().Default("1").Doc("How many of the unit."),
			resource.Text("note").Max(255).Doc("The buyer's remark on the line."),
		}).Required().Doc("What to put in."),
	},
}

// Bindings ties the commands of this area to their functions.
func Bindings() []command.Binding {
	return []command.Binding{{On: AddLines.On, Name: AddLines.Name, Run: addLines}}
}

type addition struct {
	SKU      string          `json:"sku"`
	Unit     string          `json:"unit"`
	Quantity decimal.Decimal `json:"quantity"`
	Note     string          `json:"note"`
}

// findSQL resolves the lines in their order. A product that buyers do not see does not exist; a unit must be one in which
// the product is sold.
const findSQL = `SELECT l.n, coalesce(p.id::text, ''), coalesce(u.id::text, '') FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS l(sku, unit, n)
LEFT JOIN product p ON p.organization_id = $1 AND p.sku = l.sku AND p.status = 'enabled'
LEFT JOIN LATERAL (SELECT u.id FROM unit u WHERE u.organization_id = $1
    AND CASE WHEN l.unit = '' THEN u.id = p.unit_id ELSE u.code = l.unit END
    AND (u.id = p.unit_id OR EXISTS (SELECT FROM product_unit pu WHERE pu.product_id = p.id AND pu.unit_id = u.id)
      OR EXISTS (SELECT FROM price r WHERE r.product_id = p.id AND r.unit_id = u.id))) u ON true
ORDER BY l.n`

const addSQL = `WITH added AS (
  SELECT product, unit, sum(quantity) AS quantity, max(note) AS note, min(n) AS n
  FROM unnest($3::uuid[], $4::uuid[], $5::numeric[], $6::text[]) WITH ORDINALITY AS l(product, unit, quantity, note, n) GROUP BY product, unit
)
INSERT INTO cart_line (id, organization_id, cart_id, customer_id, product_id, unit_id, quantity, note, position)
SELECT gen_random_uuid(), $1, $2, c.customer_id, a.product, a.unit, a.quantity, nullif(a.note, ''),
  coalesce((SELECT max(position) FROM cart_line WHERE cart_id = $2), 0) + row_number() OVER (ORDER BY a.n)
FROM added a JOIN cart c ON c.id = $2
ON CONFLICT (cart_id, product_id, unit_id, organization_id) DO UPDATE SET quantity = cart_line.quantity + excluded.quantity,
  note = coalesce(excluded.note, cart_line.note), updated_at = now(), revision = cart_line.revision + 1
RETURNING id::text, (xmax = 0) AS created`

// maxLines bounds a cart, so that an order of it stays one transaction of a second or two.
const maxLines = 5000

func addLines(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	var lines []addition
	if err := json.Unmarshal([]byte(call.Value("lines")), &lines); err != nil {
		return "", command.Refuse("invalid_value", "lines", "lines: %s.", err)
	}
	var status string
	var have int
	err := tx.QueryRow(ctx, `SELECT status, (SELECT count(*) FROM cart_line WHERE cart_id = $1) FROM cart WHERE id = $1 FOR NO KEY UPDATE`,
		call.Target).Scan(&status, &have)
	switch {
	case err != nil:
		return "", fmt.Errorf("locking cart %s: %w", call.Target, err)
	case status != "open":
		return "", command.Refuse("already_placed", "", "The cart has been ordered; make a new one.")
	case have+len(lines) > maxLines:
		return "", command.Refuse("too_large", "lines", "A cart holds at most %d lines.", maxLines)
	}
	products, units, err := find(ctx, tx, call, lines)
	if err != nil {
		return "", err
	}
	return call.Target, add(ctx, tx, call, lines, products, units)
}

func find(ctx context.Context, tx pgx.Tx, call *command.Call, lines []addition) (products, units []string, err error) {
	skus, codes := make([]string, len(lines)), make([]string, len(lines))
	for i, l := range lines {
		if !l.Quantity.IsPositive() {
			return nil, nil, command.Refuse("out_of_range", "lines", "Line %d: the quantity must be above zero.", i+1)
		}
		skus[i], codes[i] = l.SKU, l.Unit
	}
	rows, err := tx.Query(ctx, findSQL, call.Caller.Organization, skus, codes)
	if err != nil {
		return nil, nil, fmt.Errorf("finding the products of %d lines: %w", len(lines), err)
	}
	var n int
	var product, unit string
	var wrong error
	_, err = pgx.ForEachRow(rows, []any{&n, &product, &unit}, func() error {
		switch l := lines[n-1]; {
		case wrong != nil:
		case product == "":
			wrong = command.Refuse("unknown_product", "lines", "Line %d: there is no product %q.", n, l.SKU)
		case unit == "":
			wrong = command.Refuse("unknown_unit", "lines", "Line %d: %s is not sold in the unit %q.", n, l.SKU, l.Unit)
		}
		products, units = append(products, product), append(units, unit)
		return nil
	})
	if err == nil {
		err = wrong
	}
	return products, units, err
}

func add(ctx context.Context, tx pgx.Tx, call *command.Call, lines []addition, products, units []string) error {
	quantities, notes := make([]decimal.Decimal, len(lines)), make([]string, len(lines))
	for i, l := range lines {
		quantities[i], notes[i] = l.Quantity, l.Note
	}
	rows, err := tx.Query(ctx, addSQL, call.Caller.Organization, call.Target, products, units, quantities, notes)
	if err != nil {
		return fmt.Errorf("adding %d lines to cart %s: %w", len(lines), call.Target, err)
	}
	var created, updated []string
	var id string
	var isNew bool
	_, err = pgx.ForEachRow(rows, []any{&id, &isNew}, func() error {
		if isNew {
			created = append(created, id)
		} else {
			updated = append(updated, id)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("adding %d lines to cart %s: %w", len(lines), call.Target, err)
	}
	var entries []change.Entry
	if len(created) > 0 {
		entries = append(entries, change.Entry{Resource: "cartLines", Event: change.Created, IDs: created})
	}
	if len(updated) > 0 {
		entries = append(entries, change.Entry{Resource: "cartLines", Event: change.Updated, IDs: updated, Fields: []string{"quantity"}})
	}
	return change.Append(ctx, tx, call.Caller, entries...)
}
