package order

import (
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/money"
)

// creditLockSQL lets orders of one customer wait for each other, so that two at once cannot both take the last of his
// credit. creditSQL then adds up what he has ordered on account and not paid.
const (
	creditLockSQL = `SELECT credit_limit FROM customer WHERE id = $1 FOR NO KEY UPDATE`
	// #nosec G101 -- a buyer's credit, not a credential
	creditSQL = `SELECT coalesce(sum(total), 0) FROM sales_order WHERE customer_id = $1 AND currency = $2 AND ` + owed
)

// owed tells the orders on account that have not been paid; the index sales_order_credit has the same words.
const owed = `payment_term_id IS NOT NULL AND status <> 'cancelled'
  AND payment_status IN ('pending', 'requiresAction', 'authorized', 'partlyCaptured')`

// queueCredit asks, before an order on account is written, how much credit is left; beyond it check is an error of the batch.
func (o *draft) queueCredit(batch *pgx.Batch) {
	if !o.buyer.creditLimit.Valid || !o.onAccount() {
		return
	}
	var limit decimal.NullDecimal
	batch.Queue(creditLockSQL, o.buyer.customer).QueryRow(func(row pgx.Row) error { return row.Scan(&limit) })
	o.queueOwed(batch, func(open decimal.Decimal) error {
		if !limit.Valid {
			return nil
		}
		return o.checkCredit(limit.Decimal.Sub(open))
	})
}

// queueOwed adds up what the customer owes.
func (o *draft) queueOwed(batch *pgx.Batch, with func(open decimal.Decimal) error) {
	batch.Queue(creditSQL, o.buyer.customer, o.currency).QueryRow(func(row pgx.Row) error {
		var open decimal.Decimal
		if err := row.Scan(&open); err != nil {
			return err
		}
		return with(open)
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
