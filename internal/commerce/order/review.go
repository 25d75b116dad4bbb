package order

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
	"github.com/hanse-commerce/hanse/resource"
)

// Review computes what an order would come to, freezes it with its breakdown, and says all that is missing or in the way.
var Review = resource.Command{
	Name: "review", On: "checkouts", Result: "checkouts", Admin: true, Storefront: true,
	Doc: "Computes what the order would come to and freezes it in the checkout: amounts and breakdown, all problems that keep it from " +
		"being placed, and all changes since the last review. Nothing is reserved.",
}

// problem is a fault as it is kept; line is its position in the cart, from 0.
type problem struct {
	Code   string `json:"code"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
	Line   *int   `json:"line,omitempty"`
}

func problems(f faults) []problem {
	all := make([]problem, len(f))
	for i, v := range f {
		all[i] = problem{Code: v.Code, Field: v.Field, Detail: v.Detail}
		if rest, ok := strings.CutPrefix(v.Field, "lines/"); ok {
			if n, err := strconv.Atoi(rest); err == nil {
				all[i].Line = &n
			}
		}
	}
	return all
}

// review freezes what place would find now.
func (d *desk) review(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	o, err := load(ctx, tx, call)
	if err != nil {
		return "", err
	}
	if err := o.open(); err != nil {
		return "", err
	}
	if err := o.faults.take(o.orderable()); err != nil {
		return "", err
	}
	if len(o.lines) > 0 {
		if err := d.look(ctx, tx, call, o); err != nil {
			return "", err
		}
		o.ready(call.Caller.Organization)
		if err := o.foresee(ctx, tx, call); err != nil {
			return "", err
		}
	}
	ways, err := d.ways(ctx, tx, call, o)
	if err != nil {
		return "", err
	}
	return o.checkout, o.freeze(ctx, tx, call, ways)
}

// open refuses a checkout that has an order.
func (o *draft) open() error {
	switch o.status {
	case "placed":
		return command.Refuse("already_placed", "", "The order is placed and its checkout stays as it was.")
	case "paying":
		return command.Refuse("paying", "", "The order is being paid; the checkout opens again if that comes to nothing.")
	}
	return nil
}

// take adds what a command would refuse; any other error is given back.
func (f *faults) take(err error) error {
	var refused *command.Error
	if !errors.As(err, &refused) {
		return err
	}
	*f = append(*f, refused.Violations()...)
	return nil
}

const addressesSQL = `SELECT k.kind FROM (VALUES ('shipping', nullif($2, '')::uuid), ('billing', nullif($3, '')::uuid)) AS k(kind, address)
WHERE k.address IS NULL OR EXISTS (SELECT FROM customer_address a WHERE a.id = k.address AND a.customer_id = $1)`

// foresee looks at what place would find out by writing: addresses of others, credit, stock. It locks and reserves nothing.
func (o *draft) foresee(ctx context.Context, tx pgx.Tx, call *command.Call) error {
	batch := &pgx.Batch{}
	batch.Queue(addressesSQL, o.buyer.customer, o.shippingAddress, o.billingAddress).Query(func(rows pgx.Rows) error {
		return o.faults.take(checkAddresses(rows))
	})
	if o.buyer.creditLimit.Valid && o.onAccount() {
		o.queueOwed(batch, func(open decimal.Decimal) error {
			return o.faults.take(o.checkCredit(o.buyer.creditLimit.Decimal.Sub(open)))
		})
	}
	lines := o.stockLines()
	for i := range lines {
		lines[i].ID = lines[i].Product // nothing is reserved for it
	}
	short := inventory.QueueLook(batch, call.Caller.Organization, lines)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("looking at stock and credit for checkout %s: %w", o.checkout, err)
	}
	if len(short.Lines) > 0 {
		return o.faults.take(o.shortage(short))
	}
	return nil
}

const freezeSQL = `UPDATE checkout SET reviewed_at = clock_timestamp(), currency = $2, subtotal = $3, shipping_total = $4, tax_total = $5, total = $6,
  tax_included = $7, breakdown = $8, problems = $9, changes = $10, payment_methods = $11, updated_at = now(), revision = revision + 1 WHERE id = $1`

// freeze keeps the amounts and what differs from those kept before.
func (o *draft) freeze(ctx context.Context, tx pgx.Tx, call *command.Call, ways string) error {
	b := o.breakdown()
	changes := faults{}
	if o.reviewed != nil {
		changes = b.changes(o.reviewed)
	}
	var texts [3]string
	for i, v := range []any{b, problems(o.faults), problems(changes)} {
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("writing down the review of checkout %s: %w", o.checkout, err)
		}
		texts[i] = string(text)
	}
	if _, err := tx.Exec(ctx, freezeSQL, o.checkout, o.currency, o.subtotal, o.shipping, o.taxTotal, o.total, o.included, texts[0], texts[1], texts[2], ways); err != nil {
		return fmt.Errorf("freezing the review of checkout %s: %w", o.checkout, err)
	}
	return change.Append(ctx, tx, call.Caller, change.Entry{Resource: "checkouts", Event: change.Updated, IDs: []string{o.checkout},
		Fields: []string{"reviewedAt", "currency", "subtotal", "shippingTotal", "taxTotal", "total", "taxIncluded", "breakdown", "problems", "changes", "paymentMethods"}})
}
