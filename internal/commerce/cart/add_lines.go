package cart

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/resource"
)

// AddLines puts products into a cart, any number at once, as a quick order or a button on a product does.
var AddLines = resource.Command{
	Name: "addLines", On: "carts", Result: "carts", Admin: true, Storefront: true, Idempotent: true,
	Doc: "Puts products into the cart: what is in it already in the same unit becomes more. All lines are taken or none, and " +
		"all that are wrong are named.",
	Input: resource.Fields{
		resource.List("lines", maxLines, resource.Fields{
			resource.Text("sku").Max(64).Required().Doc("SKU of the product."),
			resource.Text("unit").Max(35).Doc("Code of the unit, or a usual word for it such as PCE; the product's base unit if empty."),
			catalog.Quantity("quantity").Positive().Default("1").Doc("How many of the unit."),
			resource.Text("note").Max(255).Doc("The buyer's remark on the line."),
		}).Required().Doc("What to put in."),
	},
}

// Bindings ties the commands of this area to their functions.
func Bindings() []command.Binding {
	return []command.Binding{{On: AddLines.On, Name: AddLines.Name, Run: addLines}}
}

// maxLines bounds a cart, so that an order of it stays one transaction of a second or two.
const maxLines = 5000

// openSQL keeps the cart from being ordered until the lines are in. Others may change lines meanwhile.
const openSQL = `SELECT status, (SELECT count(*) FROM cart_line WHERE cart_id = $1) FROM cart WHERE id = $1 FOR SHARE`

// addSQL takes lines in the order of their key, so that two who add the same ones wait for each other and do not deadlock.
const addSQL = `INSERT INTO cart_line (id, organization_id, cart_id, customer_id, product_id, unit_id, quantity, note, position)
SELECT l.id, $1, $2, c.customer_id, l.product, l.unit, l.quantity, nullif(l.note, ''),
  coalesce((SELECT max(position) FROM cart_line WHERE cart_id = $2), 0) + l.n
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::numeric[], $7::text[]) WITH ORDINALITY AS l(id, product, unit, quantity, note, n)
JOIN cart c ON c.id = $2 ORDER BY l.product, l.unit
ON CONFLICT (cart_id, product_id, unit_id, organization_id) DO UPDATE SET quantity = cart_line.quantity + excluded.quantity,
  note = coalesce(excluded.note, cart_line.note), updated_at = now(), revision = cart_line.revision + 1
RETURNING id::text, (xmax = 0) AS created`

func addLines(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	var asked []*addition
	if err := json.Unmarshal([]byte(call.Value("lines")), &asked); err != nil {
		return "", fmt.Errorf("reading the lines to add to cart %s: %w", call.Target, err)
	}
	for _, l := range asked {
		l.SKU, l.Unit = strings.TrimSpace(l.SKU), strings.TrimSpace(l.Unit)
	}
	var status string
	var have int
	batch := &pgx.Batch{}
	batch.Queue(openSQL, call.Target).QueryRow(func(row pgx.Row) error { return row.Scan(&status, &have) })
	queueFind(batch, call.Caller.Organization, asked)
	err := tx.SendBatch(ctx, batch).Close()
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "", command.Refuse(command.CodeNotFound, "", "The cart has been deleted.")
	case err != nil:
		return "", fmt.Errorf("finding the products of %d lines for cart %s: %w", len(asked), call.Target, err)
	case status != "open":
		return "", command.Refuse("already_placed", "", "The cart has been ordered; make a new one.")
	}
	if err := check(asked); err != nil {
		return "", err
	}
	entries, err := add(ctx, tx, call, merge(asked))
	if err != nil {
		return "", err
	}
	if have+created(entries) > maxLines {
		return "", command.Refuse("too_large", "lines", "A cart holds at most %d lines.", maxLines)
	}
	return call.Target, change.Append(ctx, tx, call.Caller, entries...)
}

// merge adds up lines of the same product and unit, in the place of the first. Of their notes the last counts.
func merge(asked []*addition) (lines []*addition) {
	first := map[string]*addition{}
	for _, l := range asked {
		key := l.product + l.unit
		if f := first[key]; f != nil {
			f.Quantity = f.Quantity.Add(l.Quantity)
			if l.Note != "" {
				f.Note = l.Note
			}
			continue
		}
		first[key] = l
		lines = append(lines, l)
	}
	return lines
}

// add writes the lines and says what became of them.
func add(ctx context.Context, tx pgx.Tx, call *command.Call, lines []*addition) ([]change.Entry, error) {
	n := len(lines)
	ids, products, units, notes := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	quantities := make([]decimal.Decimal, n)
	for i, l := range lines {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("making an id: %w", err)
		}
		ids[i], products[i], units[i], quantities[i], notes[i] = id.String(), l.product, l.unit, l.Quantity, l.Note
	}
	added := change.Entry{Resource: "cartLines", Event: change.Created}
	grown := change.Entry{Resource: "cartLines", Event: change.Updated, Fields: []string{"quantity", "note"}}
	rows, err := tx.Query(ctx, addSQL, call.Caller.Organization, call.Target, ids, products, units, quantities, notes)
	if err == nil {
		var id string
		var isNew bool
		_, err = pgx.ForEachRow(rows, []any{&id, &isNew}, func() error {
			if isNew {
				added.IDs = append(added.IDs, id)
			} else {
				grown.IDs = append(grown.IDs, id)
			}
			return nil
		})
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "22003" { // numeric_value_out_of_range
		return nil, command.Refuse("out_of_range", "lines", "A line would become larger than a cart can hold.")
	}
	if err != nil {
		return nil, fmt.Errorf("adding %d lines to cart %s: %w", n, call.Target, err)
	}
	var entries []change.Entry
	for _, e := range []change.Entry{added, grown} {
		if len(e.IDs) > 0 {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// created counts the new lines.
func created(entries []change.Entry) (n int) {
	for _, e := range entries {
		if e.Event == change.Created {
			n += len(e.IDs)
		}
	}
	return n
}
