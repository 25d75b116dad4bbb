package order

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
)

// Standing is how a customer stands with the seller.
type Standing struct {
	Group      string // name of the customer group, "" if there is none
	OrderBlock bool
	Limit      decimal.NullDecimal // of credit, in the currency asked for; not valid: no limit
	Owed       decimal.Decimal     // ordered in that currency and not yet paid
}

// Left is the credit that is left; ok is false where there is no limit.
func (s Standing) Left() (left decimal.Decimal, ok bool) {
	return s.Limit.Decimal.Sub(s.Owed), s.Limit.Valid
}

const standingSQL = `SELECT coalesce(g.name, ''), k.order_block, k.credit_limit, (SELECT coalesce(sum(o.total), 0) FROM sales_order o
  WHERE o.customer_id = k.id AND o.currency = $3 AND ` + owed + `)
FROM customer k LEFT JOIN customer_group g ON g.id = k.group_id WHERE k.id = $1 AND k.organization_id = $2`

// StandingOf tells a buyer how his own company stands, by the rules of Place.
func StandingOf(ctx context.Context, db record.Batcher, buyer access.Caller) (s Standing, err error) {
	b := &pgx.Batch{}
	access.Queue(b, buyer)
	b.Queue(standingSQL, buyer.Customer, buyer.Organization, buyer.Currency)
	results := db.SendBatch(ctx, b)
	defer func() { err = errors.Join(err, results.Close()) }()
	if _, err := results.Exec(); err != nil {
		return s, fmt.Errorf("set the caller's context: %w", err)
	}
	if err := results.QueryRow().Scan(&s.Group, &s.OrderBlock, &s.Limit, &s.Owed); err != nil {
		return s, fmt.Errorf("look up the standing of customer %s: %w", buyer.Customer, err)
	}
	return s, nil
}
