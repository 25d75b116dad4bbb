package payment

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// Opening is a payment that begins, with its first transaction.
type Opening struct {
	ID          string // UUIDs that the payment and its transaction shall have
	Transaction string
	Order       string // UUID
	Customer    string // UUID
	Website     string // UUID or ""
	Method      Method
	Amount      money.Amount
	Token       string // stands for the card that the buyer gave to the gateway; "" for the gateway's own page
	ReturnURL   string
	CancelURL   string
	Language    string
	// Begun tells that whoever queues it makes its first call himself, by Desk.Begin behind the commit: the call is claimed from
	// the start, which saves a transaction. Should he die before, the sweep takes over when the claim has run out.
	Begun bool

	first *task
}

// openSQL writes the payment and its authorization. Online a gateway is to be asked for it ($12 is true); else the order
// stands at once, and what is to be paid counts as authorized.
const openSQL = `WITH opened AS (INSERT INTO payment (id, organization_id, method, status, amount, currency, authorized_amount, channel_id, online,
    capture, attempt_id, gateway_status, customer_id, order_id)
  VALUES ($1, $3, $4, CASE WHEN $12 THEN 'pending' ELSE 'authorized' END, $5, $6, CASE WHEN $12 THEN 0 ELSE $5::numeric END, $7, $12,
    $8, $2, CASE WHEN $12 THEN 'pending' ELSE 'authorized' END, $9, $10)),
step AS (INSERT INTO payment_transaction (id, organization_id, action, status, method, amount, currency, customer_id, payment_id, channel_id, order_id)
  VALUES ($2, $3, 'authorize', CASE WHEN $12 THEN 'pending' ELSE 'succeeded' END, $4, $5, $6, $9, $1, $7, $10))
INSERT INTO payment_work (transaction_id, organization_id, customer_id, payment_id, token, return_url, cancel_url, language, claim, claimed_until, tries)
SELECT $2, $3, $9, $1, nullif($11, ''), $13, $14, $15, w.claim, CASE WHEN w.claim IS NOT NULL THEN clock_timestamp() + make_interval(secs => $17) END,
  CASE WHEN w.claim IS NULL THEN 0 ELSE 1 END
FROM (SELECT nullif($16, '')::uuid) AS w(claim) WHERE $12`

// aboutSQL is what a gateway is told of an order.
const aboutSQL = `SELECT o.number, coalesce(o.po_number, ''), m.number, m.name, coalesce(u.email, ''), clock_timestamp()
FROM sales_order o JOIN customer m ON m.id = o.customer_id LEFT JOIN customer_user u ON u.id = o.customer_user_id WHERE o.id = $1`

// Queue writes a payment and its first transaction as a statement of a batch, behind that which writes the order. Online the
// caller settles the payment behind the commit (Desk.Begin or Desk.Settle); a way of paying that is not online has nothing to
// be asked.
func Queue(batch *pgx.Batch, caller access.Caller, o *Opening) {
	capture := string(o.Method.Traits.Capture)
	if capture == "" {
		capture = "manual"
	}
	claim := ""
	if o.first = nil; o.Begun && o.Method.Traits.Online {
		claim = uuid.NewString()
		o.first = o.task(caller.Organization, claim)
	}
	batch.Queue(openSQL, o.ID, o.Transaction, caller.Organization, o.Method.Code, o.Amount.Number, o.Amount.Currency, o.Method.Channel,
		capture, o.Customer, o.Order, o.Token, o.Method.Traits.Online, o.ReturnURL, o.CancelURL, o.Language, claim, claimFor.Seconds())
	if t := o.first; t != nil {
		batch.Queue(aboutSQL, o.Order).QueryRow(func(row pgx.Row) error {
			w := &t.order
			err := row.Scan(&w.Number, &w.PONumber, &w.CustomerNumber, &w.CustomerName, &w.Email, &t.started)
			t.created = t.started
			return err
		})
	}
}

// task is the first call of the payment, as claim would give it.
func (o *Opening) task(organization, claim string) *task {
	return &task{transaction: o.Transaction, payment: o.ID, organization: organization, claim: claim, ask: "pay", action: module.Authorize,
		channel: o.Method.Channel, kind: o.Method.Kind, code: o.Method.Code, online: true, amount: o.Amount.Number, currency: o.Amount.Currency,
		attempt: o.Transaction, token: o.Token, returnURL: o.ReturnURL, cancelURL: o.CancelURL, language: o.Language, tries: 1,
		order: module.PaymentOrder{ID: o.Order}}
}

// Begin makes the call that Queue claimed, behind the commit, and tells how the payment stands then.
func (d *Desk) Begin(ctx context.Context, o Opening) (Standing, error) {
	if d.DB == nil || o.first == nil {
		return Standing{Status: Pending}, nil
	}
	after, err := d.work(ctx, o.first)
	if err != nil {
		return after, fmt.Errorf("begin the payment %s: %w", o.ID, err)
	}
	return after, nil
}

// Entries are what Queue did, for the change log.
func (o Opening) Entries() []change.Entry {
	return []change.Entry{
		{Resource: Payments.Name, Event: change.Created, IDs: []string{o.ID}},
		{Resource: Transactions.Name, Event: change.Created, IDs: []string{o.Transaction}},
	}
}
