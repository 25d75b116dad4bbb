package order

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// loadSQL locks the checkout and its cart. Who waits here for another place of the same checkout reads both rows anew when
// that has ended. The currency is the cart's, else what package access gives the buyer in the shop; the language is that of
// the person whose cart it is.
const loadSQL = `SELECT coalesce(k.order_id::text, ''), k.status, c.id::text, c.status, m.id::text, coalesce(c.customer_user_id::text, ''),
  coalesce(m.group_id::text, ''), m.status, m.order_block, m.credit_limit, coalesce(m.currency, w.currency, o.currency),
  coalesce(w.id::text, ''), coalesce(c.currency, m.currency, w.currency, o.currency),
  v.language,
  coalesce(k.payment_term_id::text, m.payment_term_id::text, ''), k.payment_method, coalesce(k.po_number, ''), coalesce(k.notes, ''),
  k.requested_date::text, coalesce(k.shipping_address_id::text, ''), coalesce(k.billing_address_id::text, k.shipping_address_id::text, ''),
  CASE WHEN k.reviewed_at IS NOT NULL THEN k.breakdown END, coalesce(k.shipping_quote_id::text, ''), coalesce(s.id::text, ''),
  coalesce(s.code, ''), coalesce(s.name->>v.language, s.name->>$3::text, s.name->>o.language, ''), coalesce(s.status, ''),
  coalesce(s.amount, 0), coalesce(s.currency, '')
FROM checkout k JOIN cart c ON c.id = k.cart_id JOIN customer m ON m.id = c.customer_id JOIN organization o ON o.id = k.organization_id
LEFT JOIN LATERAL (SELECT * FROM website w WHERE w.organization_id = k.organization_id
  AND CASE WHEN c.website_id IS NULL THEN w.status = 'enabled' ELSE w.id = c.website_id END ORDER BY w.code LIMIT 1) w ON true
CROSS JOIN LATERAL (SELECT coalesce($2, (SELECT i.language FROM customer_user i WHERE i.id = c.customer_user_id), m.language, w.language,
  o.language) AS language) v
LEFT JOIN shipping_method s ON s.id = k.shipping_method_id
WHERE k.id = $1 FOR NO KEY UPDATE OF k, c`

// loadLinesSQL runs behind the locks, so no line comes or goes any more. A name is in the language of the person who
// orders ($2), or, when staff orders for him, of the person whose cart it is.
const loadLinesSQL = `SELECT l.product_id::text, p.sku, coalesce(p.name->>coalesce($2, v.language), p.name->>$3, p.name->>o.language, p.sku),
  p.status, coalesce(u.id::text, ''), coalesce(u.code, ''), coalesce(pu.precision, u.precision, 0), coalesce(l.note, ''), l.quantity,
  CASE WHEN u.id = p.unit_id THEN 1 ELSE coalesce(pu.factor, 1) END, CASE WHEN p.kind <> 'service' THEN coalesce(p.weight, 0) ELSE 0 END
FROM checkout k JOIN organization o ON o.id = k.organization_id JOIN cart c ON c.id = k.cart_id
CROSS JOIN LATERAL (SELECT coalesce((SELECT i.language FROM customer_user i WHERE i.id = c.customer_user_id),
  (SELECT m.language FROM customer m WHERE m.id = c.customer_id), (SELECT w.language FROM website w WHERE w.id = c.website_id), o.language)
  AS language) v
JOIN cart_line l ON l.cart_id = c.id JOIN product p ON p.id = l.product_id
LEFT JOIN unit u ON u.id = coalesce(l.unit_id, p.unit_id) LEFT JOIN product_unit pu ON pu.product_id = p.id AND pu.unit_id = u.id
WHERE k.id = $1 ORDER BY l.position, l.id`

// load locks the checkout and its cart and reads all that the order takes from them.
func load(ctx context.Context, tx pgx.Tx, call *command.Call) (*draft, error) {
	o := &draft{checkout: call.Target}
	batch := &pgx.Batch{}
	language := ordersIn(call.Caller)
	batch.Queue(loadSQL, call.Target, language, resource.DefaultLanguage).QueryRow(o.scan)
	batch.Queue(loadLinesSQL, call.Target, language, resource.DefaultLanguage).Query(func(rows pgx.Rows) (err error) {
		o.lines, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l draftLine, err error) {
			err = row.Scan(&l.product, &l.sku, &l.name, &l.status, &l.unit, &l.unitCode, &l.precision, &l.note, &l.quantity,
				&l.factor, &l.weight)
			return l, err
		})
		return err
	})
	err := tx.SendBatch(ctx, batch).Close()
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, command.Refuse(command.CodeNotFound, "", "The checkout has been deleted.")
	}
	if err != nil {
		return nil, fmt.Errorf("reading checkout %s and its cart: %w", call.Target, err)
	}
	if call.Given("poNumber") {
		o.poNumber = call.Value("poNumber")
	}
	return o, nil
}

func (o *draft) scan(row pgx.Row) error {
	var cost decimal.Decimal
	var currency string
	var reviewed []byte
	b, w := &o.buyer, &o.way
	err := row.Scan(&o.id, &o.status, &o.cart, &o.cartStatus, &b.customer, &b.user, &b.group, &b.status, &b.blocked, &b.creditLimit,
		&b.creditCurrency, &o.website, &o.currency, &o.language, &o.paymentTerm, &o.paymentMethod, &o.poNumber, &o.notes, &o.requestedDate,
		&o.shippingAddress, &o.billingAddress, &reviewed, &w.quote, &w.method, &w.code, &w.name, &w.status, &cost, &currency)
	if err != nil {
		return err
	}
	w.kind, w.cost = shipping.Fixed, money.Of(cost, currency).Round()
	if reviewed != nil {
		o.reviewed = &breakdown{}
		return json.Unmarshal(reviewed, o.reviewed)
	}
	return nil
}

// ordersIn is the language of the buyer, nil where it is not the buyer who calls.
func ordersIn(c access.Caller) *string {
	if c.Side != access.Storefront || c.Language == "" {
		return nil
	}
	return &c.Language
}
