package order

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/unit"
)

// draft is an order on its way from a checkout.
type draft struct {
	checkout, cart, order, number    string
	status, cartStatus               string
	customer, customerUser, group    string
	website, currency, language      string
	customerStatus                   string
	orderBlock                       bool
	creditLimit                      decimal.NullDecimal
	paymentTerm, paymentMethod       string
	poNumber, notes                  string
	requestedDate                    *string
	shippingAddress, billingAddress  string
	shippingMethod, shippingCurrency string
	shipping, subtotal               decimal.Decimal
	total                            decimal.Decimal
	lines                            []draftLine
	addresses                        []string
}

type draftLine struct {
	id, product, sku, name, status string
	unit, unitCode, note           string
	precision                      int
	quantity, total                decimal.Decimal
	price                          pricing.Price
}

const loadSQL = `SELECT k.status, coalesce(k.order_id::text, ''), c.id::text, c.status, m.id::text, coalesce(c.customer_user_id::text, ''),
  coalesce(m.group_id::text, ''), coalesce(c.website_id::text, w.id::text, ''), coalesce(c.currency, m.currency, w.currency, o.currency),
  coalesce(m.language, w.language, o.language), m.status, m.order_block, m.credit_limit, coalesce(k.payment_term_id::text, m.payment_term_id::text, ''),
  k.payment_method, coalesce(k.po_number, ''), coalesce(k.notes, ''), k.requested_date::text,
  coalesce(k.shipping_address_id::text, ''), coalesce(k.billing_address_id::text, k.shipping_address_id::text, ''),
  coalesce(s.id::text, ''), coalesce(s.currency, ''), coalesce(s.amount, 0)
FROM checkout k JOIN cart c ON c.id = k.cart_id JOIN customer m ON m.id = c.customer_id JOIN organization o ON o.id = k.organization_id
LEFT JOIN LATERAL (SELECT w.* FROM website w WHERE w.organization_id = k.organization_id AND (c.website_id IS NULL OR w.id = c.website_id)
  ORDER BY w.code LIMIT 1) w ON true
LEFT JOIN shipping_method s ON s.id = k.shipping_method_id AND s.status = 'enabled' AND s.organization_id = k.organization_id
WHERE k.id = $1 FOR NO KEY UPDATE OF k, c`

const loadLinesSQL = `SELECT l.product_id::text, p.sku, coalesce(p.name->>$2, p.name->>'en', p.sku), p.status, u.id::text, u.code,
  coalesce(pu.precision, u.precision), coalesce(l.note, ''), l.quantity
FROM cart_line l JOIN product p ON p.id = l.product_id JOIN unit u ON u.id = l.unit_id
LEFT JOIN product_unit pu ON pu.product_id = p.id AND pu.unit_id = u.id
WHERE l.cart_id = $1 ORDER BY l.position, l.id`

// load locks the checkout and its cart and reads all that the order takes from them.
func load(ctx context.Context, tx pgx.Tx, call *command.Call) (*draft, error) {
	o := &draft{checkout: call.Target}
	err := tx.QueryRow(ctx, loadSQL, call.Target).Scan(&o.status, &o.order, &o.cart, &o.cartStatus, &o.customer, &o.customerUser,
		&o.group, &o.website, &o.currency, &o.language, &o.customerStatus, &o.orderBlock, &o.creditLimit, &o.paymentTerm,
		&o.paymentMethod, &o.poNumber, &o.notes, &o.requestedDate, &o.shippingAddress, &o.billingAddress,
		&o.shippingMethod, &o.shippingCurrency, &o.shipping)
	if err != nil {
		return nil, fmt.Errorf("reading checkout %s: %w", call.Target, err)
	}
	if o.order != "" {
		return o, nil
	}
	language := call.Caller.Language
	if language == "" {
		language = o.language
	}
	rows, err := tx.Query(ctx, loadLinesSQL, o.cart, language)
	if err == nil {
		o.lines, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (draftLine, error) {
			var l draftLine
			err := row.Scan(&l.product, &l.sku, &l.name, &l.status, &l.unit, &l.unitCode, &l.precision, &l.note, &l.quantity)
			return l, err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("reading the cart of checkout %s: %w", call.Target, err)
	}
	return o, nil
}

// ready says what is missing or in the way, the first thing that is.
func (o *draft) ready() error {
	switch {
	case o.cartStatus != "open":
		return command.Refuse("already_placed", "cart", "The cart has been ordered already.")
	case o.customerStatus != "enabled":
		return command.Refuse("customer_disabled", "", "The customer is disabled and cannot order.")
	case o.orderBlock:
		return command.Refuse("order_blocked", "", "The customer is blocked for orders; please call your contact.")
	case len(o.lines) == 0:
		return command.Refuse("empty_cart", "cart", "The cart is empty.")
	case o.shippingAddress == "":
		return command.Refuse("required", "shippingAddress", "Choose an address that the goods go to.")
	case o.shippingMethod == "":
		return command.Refuse("required", "shippingMethod", "Choose how the goods are shipped.")
	case o.shippingCurrency != o.currency:
		return command.Refuse("invalid_value", "shippingMethod", "This way of shipping is offered for orders in %s only.", o.shippingCurrency)
	case o.paymentMethod == "paymentTerm" && o.paymentTerm == "":
		return command.Refuse("no_payment_term", "paymentMethod", "No payment term is agreed with the customer, so nothing can be ordered on account.")
	}
	for _, l := range o.lines {
		if l.status != "enabled" {
			return command.Refuse("not_sold", "lines", "%s is not sold any more; take it out of the cart.", l.sku)
		}
		if err := (unit.Quantity{Number: l.quantity, Unit: l.unitCode}).Check(l.precision); err != nil {
			return command.Refuse("invalid_quantity", "lines", "%s: %s.", l.sku, err)
		}
	}
	return nil
}
