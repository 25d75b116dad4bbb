package order

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/money"
)

// beyond is the first number that the amounts of an order are too small for.
var beyond = decimal.New(1, 14)

// price gives each line its price and total, and the order its sums.
func (o *draft) price(ctx context.Context, tx pgx.Tx, call *command.Call) error {
	buyer := call.Caller
	buyer.Customer, buyer.CustomerGroup, buyer.Website, buyer.Currency = o.buyer.customer, o.buyer.group, o.website, o.currency
	asked := make([]pricing.Line, len(o.lines))
	for i, l := range o.lines {
		asked[i] = pricing.Line{Product: l.product, Unit: l.unit, Quantity: l.quantity}
	}
	prices, err := pricing.Resolve(ctx, tx, buyer, asked)
	if err != nil {
		return err
	}
	var f faults
	o.subtotal = decimal.Zero
	for i := range o.lines {
		l := &o.lines[i]
		if !prices[i].Found() {
			f.line(i, "no_price", "There is no price for %s %s of %s; take it out of the cart or ask for a quote.", l.quantity, l.unitCode, l.sku)
			continue
		}
		l.price, l.total = prices[i], prices[i].Total(l.quantity).Number
		o.subtotal = o.subtotal.Add(l.total)
	}
	o.shipping = o.method.cost.Number
	o.total = o.subtotal.Add(o.shipping)
	if o.total.GreaterThanOrEqual(beyond) {
		f.add("too_large", "", "An order comes to less than %s %s; split it.", beyond, o.currency)
	}
	if err := command.RefuseAll(f); err != nil {
		return err
	}
	return o.asShown(call)
}

// asShown refuses an order that comes to another total than the buyer was shown.
func (o *draft) asShown(call *command.Call) error {
	value := call.Value("total")
	if value == "" {
		return nil
	}
	shown, err := decimal.NewFromString(value)
	if err != nil {
		return fmt.Errorf("reading the total that the buyer was shown: %w", err)
	}
	if shown.Equal(o.total) {
		return nil
	}
	return command.Refuse("price_changed", "total", "The order now comes to %s and not to %s; look at it again before you order.",
		money.Of(o.total, o.currency), money.Of(shown, o.currency))
}

// creditLockSQL lets orders of one customer wait for each other, so that two at once cannot both take the last of his
// credit. creditSQL then adds up what he has ordered and not paid.
const (
	creditLockSQL = `SELECT credit_limit FROM customer WHERE id = $1 FOR NO KEY UPDATE`
	// #nosec G101 -- a buyer's credit, not a credential
	creditSQL = `SELECT coalesce(sum(total), 0) FROM sales_order WHERE customer_id = $1 AND currency = $2
		AND ` + owed
)

// queueCredit asks, before the order is written, how much credit is left.
func (o *draft) queueCredit(batch *pgx.Batch) {
	if !o.buyer.creditLimit.Valid {
		return
	}
	var limit decimal.NullDecimal
	batch.Queue(creditLockSQL, o.buyer.customer).QueryRow(func(row pgx.Row) error { return row.Scan(&limit) })
	batch.Queue(creditSQL, o.buyer.customer, o.currency).QueryRow(func(row pgx.Row) error {
		var open decimal.Decimal
		if err := row.Scan(&open); err != nil || !limit.Valid {
			return err
		}
		return o.checkCredit(limit.Decimal.Sub(open))
	})
}

// checkCredit compares the order with what is left.
func (o *draft) checkCredit(left decimal.Decimal) error {
	switch {
	case o.buyer.creditCurrency != o.currency:
		return command.Refuse("credit_limit", "", "The customer's credit is agreed in %s, so nothing can be ordered on account in %s.",
			o.buyer.creditCurrency, o.currency)
	case o.total.GreaterThan(left):
		return command.Refuse("credit_limit", "", "The order of %s exceeds the credit that is left, %s.",
			money.Of(o.total, o.currency).Round(), money.Of(decimal.Max(left, decimal.Zero), o.currency).Round())
	}
	return nil
}
