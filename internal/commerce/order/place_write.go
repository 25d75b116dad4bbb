package order

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/money"
)

const (
	insertOrderSQL = `INSERT INTO sales_order (id, organization_id, number, po_number, status, payment_status, shipping_status, currency,
  subtotal, shipping_total, shipping_tax, tax_total, discount_total, total, tax_included, taxes, payment_method, carrier, shipping_service,
  shipping_name, shipping_quoted_later, requested_date, notes, placed_at, customer_id, customer_user_id, website_id, shipping_method_id,
  payment_term_id)
SELECT $1, $2, 'W' || lpad(n, greatest(8, length(n)), '0'), nullif($3, ''), $4, 'pending', 'open', $5, $6, $7, $8, $9, 0, $10, $11, $12,
  $13, nullif($14, ''), nullif($15, ''), nullif($16, ''), $17, $18::date, nullif($19, ''), now(), $20, nullif($21, '')::uuid,
  nullif($22, '')::uuid, nullif($23, '')::uuid, nullif($24, '')::uuid
FROM (SELECT nextval('sales_order_number')::text) AS s(n)
RETURNING number`
	insertLinesSQL = `INSERT INTO order_line (id, organization_id, order_id, customer_id, position, sku, name, quantity, price, per, row_total,
  tax_percent, tax_total, price_list, note, product_id, unit_id)
SELECT l.id, $1, $2, $3, l.n * 10, l.sku, l.name, l.quantity, l.price, l.per, l.total, l.percent, l.tax, l.list, nullif(l.note, ''), l.product,
  l.unit
FROM unnest($4::uuid[], $5::text[], $6::text[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[],
  $13::text[], $14::text[], $15::uuid[], $16::uuid[])
  WITH ORDINALITY AS l(id, sku, name, quantity, price, per, total, percent, tax, list, note, product, unit, n)`
	insertAddressesSQL = `INSERT INTO order_address (id, organization_id, order_id, customer_id, kind, company, first_name, last_name, street,
  street2, postal_code, city, region, country, phone)
SELECT k.id, $1, $2, $3, k.kind, a.company, a.first_name, a.last_name, a.street, a.street2, a.postal_code, a.city, a.region, a.country, a.phone
FROM (VALUES ($4::uuid, 'shipping', $6::uuid), ($5::uuid, 'billing', $7::uuid)) AS k(id, kind, address)
JOIN customer_address a ON a.id = k.address AND a.customer_id = $3
RETURNING kind`
	closeSQL = `WITH c AS (UPDATE cart SET status = 'ordered', updated_at = now(), revision = revision + 1 WHERE id = $1)
UPDATE checkout SET status = $6, order_id = $3, payment_term_id = nullif($4, '')::uuid, po_number = nullif($5, ''),
  updated_at = now(), revision = revision + 1 WHERE id = $2`
)

// write checks the credit, inserts the order with its lines, addresses and payment, closes cart and checkout and, last because
// others wait for it, reserves the stock. It gives what the change log is to say of the stock.
func (o *draft) write(ctx context.Context, tx pgx.Tx, call *command.Call) (change.Entry, error) {
	if err := o.identify(); err != nil {
		return change.Entry{}, err
	}
	o.opening(call)
	status, checkout := "open", "placed"
	if o.pay.Method.Traits.Online {
		status, checkout = "pending", "paying"
	}
	taxes, err := json.Marshal(taxSums(o.taxes))
	if err != nil {
		return change.Entry{}, fmt.Errorf("writing down the taxes of checkout %s: %w", o.checkout, err)
	}
	organization, customer, w := call.Caller.Organization, o.buyer.customer, o.way
	batch := &pgx.Batch{}
	o.queueCredit(batch)
	batch.Queue(insertOrderSQL, o.id, organization, o.poNumber, status, o.currency, o.subtotal, o.shipping, o.shippingTax.Tax.Number, o.taxTotal,
		o.total, o.included, string(taxes), o.pay.Method.Code, w.carrier, w.service, w.name, w.kind == shipping.Later, o.requestedDate, o.notes,
		customer, o.buyer.user, o.website, w.method, o.terms()).
		QueryRow(func(row pgx.Row) error { return row.Scan(&o.number) })
	batch.Queue(insertLinesSQL, append([]any{organization, o.id, customer}, o.columns()...)...)
	batch.Queue(insertAddressesSQL, organization, o.id, customer, o.addresses[0], o.addresses[1], o.shippingAddress, o.billingAddress).
		Query(checkAddresses)
	payment.Queue(batch, call.Caller, &o.pay)
	batch.Queue(closeSQL, o.cart, o.checkout, o.id, o.terms(), o.poNumber, checkout)
	stock := inventory.QueueReserve(batch, call.Caller, o.id, o.stockLines())
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return change.Entry{}, fmt.Errorf("writing the order of checkout %s: %w", o.checkout, err)
	}
	entry, err := stock.Result()
	var short *inventory.Short
	if errors.As(err, &short) {
		return entry, o.shortage(short)
	}
	return entry, err
}

// onAccount tells that the order counts against the customer's credit.
func (o *draft) onAccount() bool { return o.pay.Method.Traits.OnAccount }

// terms gives the order's payment term, "" where it is paid otherwise.
func (o *draft) terms() string {
	if o.onAccount() {
		return o.paymentTerm
	}
	return ""
}

// opening fills in the payment that begins with the order.
func (o *draft) opening(call *command.Call) {
	p := &o.pay
	p.Order, p.Customer, p.Website, p.Amount = o.id, o.buyer.customer, o.website, money.Of(o.total, o.currency)
	p.Token, p.ReturnURL, p.CancelURL = call.Value("paymentToken"), call.Value("returnUrl"), call.Value("cancelUrl")
	if p.CancelURL == "" {
		p.CancelURL = p.ReturnURL
	}
	if p.Language = call.Value("language"); p.Language == "" {
		p.Language = o.language
	}
}

// checkAddresses refuses an address of another customer, which is as if there were none.
func checkAddresses(rows pgx.Rows) error {
	kinds, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	missing := map[string]bool{"shipping": true, "billing": true}
	for _, kind := range kinds {
		delete(missing, kind)
	}
	var f faults
	for _, kind := range []string{"shipping", "billing"} {
		if missing[kind] {
			f.add("not_found", kind+"Address", "The %s address is not one of the customer's; choose another.", kind)
		}
	}
	return command.RefuseAll(f)
}

func (o *draft) shortage(short *inventory.Short) error {
	var f faults
	for _, s := range short.Lines {
		l := o.lines[s.Line]
		if left := s.Available.Truncate(int32(l.precision)); left.IsPositive() { // #nosec G115 -- at most 6
			f.line(s.Line, "short_stock", "Only %s %s of %s are left, %s were asked for.", left, l.unitCode, l.sku, l.quantity)
		} else {
			f.line(s.Line, "short_stock", "Nothing is left of %s in the unit %s, %s were asked for.", l.sku, l.unitCode, l.quantity)
		}
	}
	return command.RefuseAll(f)
}

// identify gives the order, its lines and its addresses their ids.
func (o *draft) identify() error {
	ids := []*string{&o.id, &o.addresses[0], &o.addresses[1], &o.pay.ID, &o.pay.Transaction}
	for i := range o.lines {
		ids = append(ids, &o.lines[i].id)
	}
	for _, id := range ids {
		made, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("making an id: %w", err)
		}
		*id = made.String()
	}
	return nil
}

func (o *draft) lineIDs() []string {
	ids := make([]string, len(o.lines))
	for i, l := range o.lines {
		ids[i] = l.id
	}
	return ids
}

func (o *draft) stockLines() []inventory.Line {
	lines := make([]inventory.Line, len(o.lines))
	for i, l := range o.lines {
		lines[i] = inventory.Line{ID: l.id, Product: l.product, Unit: l.unit, Quantity: l.quantity}
	}
	return lines
}

// columns are the lines as arrays, in the order of insertLinesSQL.
func (o *draft) columns() []any {
	n := len(o.lines)
	text := make([][]string, 7)
	for i := range text {
		text[i] = make([]string, n)
	}
	number := make([][]decimal.Decimal, 6)
	for i := range number {
		number[i] = make([]decimal.Decimal, n)
	}
	for i, l := range o.lines {
		text[0][i], text[1][i], text[2][i], text[3][i] = l.id, l.sku, l.name, l.price.List
		text[4][i], text[5][i], text[6][i] = l.note, l.product, l.unit
		number[0][i], number[1][i], number[2][i], number[3][i] = l.quantity, l.price.Number, l.price.Per, l.total
		number[4][i], number[5][i] = l.tax.Percent, l.tax.Tax.Number
	}
	return []any{text[0], text[1], text[2], number[0], number[1], number[2], number[3], number[4], number[5], text[3], text[4], text[5], text[6]}
}
