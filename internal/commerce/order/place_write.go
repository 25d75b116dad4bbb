package order

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
)

const (
	insertOrderSQL = `INSERT INTO sales_order (id, organization_id, number, po_number, status, payment_status, shipping_status, currency,
  subtotal, shipping_total, tax_total, discount_total, total, payment_method, requested_date, notes, placed_at, customer_id,
  customer_user_id, website_id, shipping_method_id, payment_term_id)
VALUES ($1, $2, 'W' || lpad(nextval('sales_order_number')::text, 8, '0'), nullif($3, ''), 'open', 'pending', 'open', $4, $5, $6, 0, 0, $7,
  $8, $9::date, nullif($10, ''), now(), $11, nullif($12, '')::uuid, nullif($13, '')::uuid, $14, nullif($15, '')::uuid)
RETURNING number`
	insertLinesSQL = `INSERT INTO order_line (id, organization_id, order_id, customer_id, position, sku, name, quantity, price, per, row_total,
  price_list, note, product_id, unit_id)
SELECT l.id, $1, $2, $3, l.n * 10, l.sku, l.name, l.quantity, l.price, l.per, l.total, l.list, nullif(l.note, ''), l.product, l.unit
FROM unnest($4::uuid[], $5::text[], $6::text[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[], $11::text[], $12::text[],
  $13::uuid[], $14::uuid[]) WITH ORDINALITY AS l(id, sku, name, quantity, price, per, total, list, note, product, unit, n)`
	insertAddressesSQL = `INSERT INTO order_address (id, organization_id, order_id, customer_id, kind, company, first_name, last_name, street,
  street2, postal_code, city, region, country, phone)
SELECT k.id, $1, $2, $3, k.kind, a.company, a.first_name, a.last_name, a.street, a.street2, a.postal_code, a.city, a.region, a.country, a.phone
FROM (VALUES ($4::uuid, 'shipping', $6::uuid), ($5::uuid, 'billing', $7::uuid)) AS k(id, kind, address)
JOIN customer_address a ON a.id = k.address AND a.customer_id = $3`
	closeSQL = `WITH c AS (UPDATE cart SET status = 'ordered', updated_at = now(), revision = revision + 1 WHERE id = $1)
UPDATE checkout SET status = 'placed', order_id = $3, payment_term_id = nullif($4, '')::uuid, po_number = nullif($5, ''),
  updated_at = now(), revision = revision + 1 WHERE id = $2`
)

// write inserts the order with its lines and addresses and closes cart and checkout, in one round trip.
func (o *draft) write(ctx context.Context, tx pgx.Tx, call *command.Call) error {
	if err := o.identify(); err != nil {
		return err
	}
	organization := call.Caller.Organization
	batch := &pgx.Batch{}
	batch.Queue(insertOrderSQL, o.order, organization, o.poNumber, o.currency, o.subtotal, o.shipping, o.total, o.paymentMethod,
		o.requestedDate, o.notes, o.customer, o.customerUser, o.website, o.shippingMethod, o.paymentTerm).
		QueryRow(func(row pgx.Row) error { return row.Scan(&o.number) })
	batch.Queue(insertLinesSQL, append([]any{organization, o.order, o.customer}, o.columns()...)...)
	batch.Queue(insertAddressesSQL, organization, o.order, o.customer, o.addresses[0], o.addresses[1], o.shippingAddress, o.billingAddress).
		Exec(func(tag pgconn.CommandTag) error {
			if tag.RowsAffected() != 2 {
				return command.Refuse("not_found", "shippingAddress", "The address is not one of the customer's; choose another.")
			}
			return nil
		})
	batch.Queue(closeSQL, o.cart, o.checkout, o.order, o.paymentTerm, o.poNumber)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("writing the order of checkout %s: %w", o.checkout, err)
	}
	return nil
}

// identify gives the order, its lines and its addresses their ids.
func (o *draft) identify() (err error) {
	if o.order, err = newID(); err != nil {
		return err
	}
	for i := range o.lines {
		if o.lines[i].id, err = newID(); err != nil {
			return err
		}
	}
	o.addresses = make([]string, 2)
	for i := range o.addresses {
		if o.addresses[i], err = newID(); err != nil {
			return err
		}
	}
	return nil
}

// columns are the lines as arrays, in the order of insertLinesSQL.
func (o *draft) columns() []any {
	n := len(o.lines)
	text := make([][]string, 7)
	for i := range text {
		text[i] = make([]string, n)
	}
	number := make([][]decimal.Decimal, 4)
	for i := range number {
		number[i] = make([]decimal.Decimal, n)
	}
	for i, l := range o.lines {
		text[0][i], text[1][i], text[2][i], text[3][i] = l.id, l.sku, l.name, l.price.List
		text[4][i], text[5][i], text[6][i] = l.note, l.product, l.unit
		number[0][i], number[1][i], number[2][i], number[3][i] = l.quantity, l.price.Number, l.price.Per, l.total
	}
	return []any{text[0], text[1], text[2], number[0], number[1], number[2], number[3], text[3], text[4], text[5], text[6]}
}
