package payment

import (
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
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
}

// openSQL writes the payment and its authorization. Online a gateway is to be asked for it ($12 is true); else the order
// stands at once, and what is to be paid counts as authorized.
const openSQL = `WITH opened AS (INSERT INTO payment (id, organization_id, method, status, amount, currency, authorized_amount, channel_id, online,
    capture, attempt_id, gateway_status, customer_id, order_id)
  VALUES ($1, $3, $4, CASE WHEN $12 THEN 'pending' ELSE 'authorized' END, $5, $6, CASE WHEN $12 THEN 0 ELSE $5::numeric END, $7, $12,
    $8, $2, CASE WHEN $12 THEN 'pending' ELSE 'authorized' END, $9, $10)),
step AS (INSERT INTO payment_transaction (id, organization_id, action, status, method, amount, currency, customer_id, payment_id, channel_id, order_id)
  VALUES ($2, $3, 'authorize', CASE WHEN $12 THEN 'pending' ELSE 'succeeded' END, $4, $5, $6, $9, $1, $7, $10))
INSERT INTO payment_work (transaction_id, organization_id, customer_id, payment_id, token, return_url, cancel_url, language)
SELECT $2, $3, $9, $1, nullif($11, ''), $13, $14, $15 WHERE $12`

// Queue writes a payment and its first transaction as a statement of a batch, behind that which writes the order. It has one
// result, to be read by Exec. Online the caller settles the payment behind the commit (Desk.Settle); a way of paying that is
// not online has nothing to be asked.
func Queue(batch *pgx.Batch, caller access.Caller, o Opening) {
	capture := string(o.Method.Traits.Capture)
	if capture == "" {
		capture = "manual"
	}
	batch.Queue(openSQL, o.ID, o.Transaction, caller.Organization, o.Method.Code, o.Amount.Number, o.Amount.Currency, o.Method.Channel,
		capture, o.Customer, o.Order, o.Token, o.Method.Traits.Online, o.ReturnURL, o.CancelURL, o.Language)
}

// Entries are what Queue did, for the change log.
func (o Opening) Entries() []change.Entry {
	return []change.Entry{
		{Resource: Payments.Name, Event: change.Created, IDs: []string{o.ID}},
		{Resource: Transactions.Name, Event: change.Created, IDs: []string{o.Transaction}},
	}
}
