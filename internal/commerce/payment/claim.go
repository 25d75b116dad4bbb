package payment

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// task is one question to a gateway, claimed for a while.
type task struct {
	transaction, payment, organization string
	claim                              string
	ask                                string // pay or look
	action                             module.PaymentAction
	channel, kind, code                string
	settings, label                    []byte
	online                             bool
	amount                             decimal.Decimal
	currency                           string
	reference                          string // the gateway's number of the payment, as far as it is known
	attempt                            string // the transaction that began the payment at the gateway
	final                              bool
	token, returnURL, cancelURL        string
	language                           string
	tries                              int
	order                              module.PaymentOrder
	started                            time.Time // by the database's clock, before the gateway is asked
	created                            time.Time
}

const (
	claimFor = time.Minute      // how long a node has for a call and what it writes of it
	callFor  = 25 * time.Second // how long a call takes at most: the module's 20 s, and what the channel's host needs

	longestCall = claimFor + callFor // after so long what a node asked for has reached the gateway or never will
)

// What is claimed: the next call of one payment or of one transaction ($3), also where another node's sweep would wait a little
// for it; or what is due, whosever it is, $3 at most. What was asked for of one payment is done in its order: a capture waits for
// the authorization.
const (
	claimNextSQL = `WITH due AS (
  SELECT w.transaction_id FROM payment_work w
  WHERE w.ask = 'pay' AND (w.payment_id = $3::uuid OR w.transaction_id = $3::uuid) AND (w.tries = 0 OR w.due_at <= clock_timestamp()) AND ` + claimableSQL + `
  ORDER BY w.seq LIMIT 1 FOR UPDATE OF w SKIP LOCKED),
` + claimSQL
	// statement_timestamp does not move while the statement runs, so that the index of due_at can be used.
	claimDueSQL = `WITH due AS (
  SELECT w.transaction_id FROM payment_work w WHERE w.due_at <= statement_timestamp() AND ` + claimableSQL + `
  ORDER BY w.due_at LIMIT $3 FOR UPDATE OF w SKIP LOCKED),
` + claimSQL
	claimableSQL = `(w.claimed_until IS NULL OR w.claimed_until < clock_timestamp())
    AND (w.ask = 'look' OR NOT EXISTS (SELECT FROM payment_work e WHERE e.payment_id = w.payment_id AND e.ask = 'pay' AND e.seq < w.seq))`
)

// claimSQL claims what was found for $2 seconds, as $1, and reads all that is to be known for the call.
const claimSQL = `claimed AS (UPDATE payment_work w SET claim = $1, claimed_until = clock_timestamp() + make_interval(secs => $2), tries = tries + 1
  FROM due WHERE w.transaction_id = due.transaction_id RETURNING w.*)
SELECT w.transaction_id::text, coalesce(w.payment_id::text, ''), w.organization_id::text, w.ask, t.action, t.amount, t.currency, w.final,
  coalesce(w.token, ''), coalesce(w.return_url, ''), coalesce(w.cancel_url, ''), coalesce(w.language, ''), w.tries,
  coalesce(c.id::text, ''), coalesce(c.kind, ''), coalesce(c.code, t.method), coalesce(c.label, '{}'), coalesce(c.settings, '{}'),
  coalesce(p.online, true), coalesce(s.payment_reference, t.payment_reference, ''), coalesce(s.id, t.id)::text,
  coalesce(o.id::text, ''), coalesce(o.number, ''), coalesce(o.po_number, ''), m.number, m.name, coalesce(u.email, ''), clock_timestamp(), t.created_at
FROM claimed w JOIN payment_transaction t ON t.id = w.transaction_id JOIN customer m ON m.id = t.customer_id
LEFT JOIN payment_transaction s ON s.id = t.source_id LEFT JOIN payment p ON p.id = w.payment_id
LEFT JOIN channel c ON c.id = t.channel_id LEFT JOIN sales_order o ON o.id = t.order_id LEFT JOIN customer_user u ON u.id = o.customer_user_id
ORDER BY w.seq`

func scanTask(claim string) pgx.RowToFunc[*task] {
	return func(row pgx.CollectableRow) (*task, error) {
		t := &task{claim: claim}
		o := &t.order
		return t, row.Scan(&t.transaction, &t.payment, &t.organization, &t.ask, &t.action, &t.amount, &t.currency, &t.final,
			&t.token, &t.returnURL, &t.cancelURL, &t.language, &t.tries, &t.channel, &t.kind, &t.code, &t.label, &t.settings,
			&t.online, &t.reference, &t.attempt, &o.ID, &o.Number, &o.PONumber, &o.CustomerNumber, &o.CustomerName, &o.Email, &t.started, &t.created)
	}
}

// claim takes the next call of one payment (or of one transaction that checks a card), nil if there is none to be made now.
func (d *Desk) claim(ctx context.Context, organization, of string) (t *task, err error) {
	claim := uuid.NewString()
	batch := &pgx.Batch{} // one round trip, which is a transaction of its own
	access.Queue(batch, d.caller(organization))
	batch.Queue(claimNextSQL, claim, d.claimSeconds(), of).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, scanTask(claim))
		if len(all) > 0 {
			t = all[0]
		}
		return err
	})
	if err := d.DB.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("claim what is to be asked for the payment %s: %w", of, err)
	}
	return t, nil
}

// claimDue takes up to so many questions that are due, whosever they are.
func (d *Desk) claimDue(ctx context.Context, most int) (all []*task, err error) {
	claim := uuid.NewString()
	err = pgx.BeginFunc(ctx, d.DB, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, claimDueSQL, claim, d.claimSeconds(), most)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, scanTask(claim))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim what is to be asked of gateways: %w", err)
	}
	return all, nil
}

// busySQL looks at the first call of the payment, which the others wait for: whether somebody makes it, or is about to. One that is
// put off is nothing to wait for.
const busySQL = `SELECT coalesce((SELECT tries = 0 OR due_at <= clock_timestamp() OR coalesce(claimed_until > clock_timestamp(), false)
  FROM payment_work WHERE ask = 'pay' AND (payment_id = $1::uuid OR transaction_id = $1::uuid) ORDER BY seq LIMIT 1), false)`

// busy tells whether somebody else is asking for the payment right now.
func (d *Desk) busy(ctx context.Context, organization, of string) (busy bool, err error) {
	batch := &pgx.Batch{}
	access.Queue(batch, d.caller(organization))
	batch.Queue(busySQL, of).QueryRow(func(row pgx.Row) error { return row.Scan(&busy) })
	if err := d.DB.SendBatch(ctx, batch).Close(); err != nil {
		return false, fmt.Errorf("see whether the payment %s is being worked: %w", of, err)
	}
	return busy, nil
}

func (d *Desk) claimSeconds() float64 {
	if d.claimFor > 0 {
		return d.claimFor.Seconds()
	}
	return claimFor.Seconds()
}

func (d *Desk) caller(organization string) access.Caller {
	return access.SystemCaller(organization, "payments")
}

// request is what the task asks of a gateway.
func (t *task) request() module.PaymentRequest {
	r := module.PaymentRequest{Action: t.action, Attempt: t.transaction, Reference: t.reference, Final: t.final, Token: t.token,
		ReturnURL: t.returnURL, CancelURL: t.cancelURL, Language: t.language, Order: t.order}
	if t.action == module.Authorize || t.action == module.Validate {
		r.Reference = ""
	}
	if t.action != module.Validate && t.action != module.Cancel {
		r.Amount = money.Of(t.amount, t.currency)
	}
	return r
}
