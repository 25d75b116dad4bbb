package staff

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/web/backoffice"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/money"
)

// tracing puts an order's events, messages and payments onto one line of time.
type tracing struct{ *Staff }

// aboutSQL are the records whose messages are about an order: itself, its checkout, its payments.
const aboutSQL = `SELECT $2::text UNION ALL SELECT id::text FROM checkout WHERE order_id = $2::uuid AND organization_id = $1::uuid
UNION ALL SELECT id::text FROM payment_transaction WHERE order_id = $2::uuid AND organization_id = $1::uuid`

const messagesSQL = `SELECT e.id::text, e.name, coalesce(e.kind, ''), e.point, e.direction, coalesce(c.name, p.name, ''), e.status, coalesce(e.reason, ''), e.created_at,
  e.finished_at, e.collected_at, e.acknowledged_at, coalesce(e.acknowledgement, ''), coalesce(e.acknowledgement_text, '')
FROM exchange e LEFT JOIN partner p ON p.id = e.partner_id LEFT JOIN channel c ON c.id = e.channel_id
WHERE e.organization_id = $1::uuid AND e.record_id = ANY ($2)`

const paymentsSQL = `SELECT id::text, action, method, status, amount, currency, coalesce(gateway_reference, ''), coalesce(message, ''), created_at, updated_at
FROM payment_transaction WHERE organization_id = $1::uuid AND order_id = $2::uuid`

// Trace implements backoffice.Traces. Each kind is one statement; what the user's roles keep from him is left out.
func (t tracing) Trace(ctx context.Context, order string) ([]backoffice.TraceStep, error) {
	caller := callerOf(ctx)
	if !mayRead(caller, "orders") {
		return nil, backoffice.ErrNotFound
	}
	var steps []backoffice.TraceStep
	err := t.within(ctx, caller, func(tx pgx.Tx) error {
		events, err := change.History(ctx, tx, caller, "orders", order)
		if err != nil {
			return err
		}
		for _, e := range events {
			if e.Event != change.Updated || len(e.Fields) > 0 {
				steps = append(steps, happened(e))
			}
		}
		if mayRead(caller, "exchanges") {
			if steps, err = messages(ctx, tx, caller, order, steps); err != nil {
				return err
			}
		}
		if mayRead(caller, "paymentTransactions") {
			steps, err = payments(ctx, tx, caller, order, steps)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("tracing order %s: %w", order, err)
	}
	slices.SortStableFunc(steps, func(a, b backoffice.TraceStep) int { return a.At.Compare(b.At) })
	return steps, nil
}

func happened(e change.Event) backoffice.TraceStep {
	step := backoffice.TraceStep{At: e.At, Kind: "event", Name: e.Event, Who: e.Actor.Name}
	if e.Event == change.Updated {
		step.Detail = strings.Join(e.Fields, ", ")
	}
	if e.Exchange != "" {
		step.URL = "/admin/exchanges/" + e.Exchange
	}
	return step
}

// messages adds the exchanges. What a partner did with a file of ours are steps of their own: that it was collected does not
// say that it was accepted.
func messages(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, steps []backoffice.TraceStep) ([]backoffice.TraceStep, error) {
	rows, err := tx.Query(ctx, aboutSQL, caller.Organization, order)
	if err != nil {
		return nil, err
	}
	about, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	if rows, err = tx.Query(ctx, messagesSQL, caller.Organization, about); err != nil {
		return nil, err
	}
	var id, name, kind, point, direction, who, status, reason, verdict, verdictText string
	var at time.Time
	var finished, collected, acknowledged *time.Time
	_, err = pgx.ForEachRow(rows, []any{&id, &name, &kind, &point, &direction, &who, &status, &reason, &at, &finished, &collected, &acknowledged, &verdict, &verdictText}, func() error {
		step := backoffice.TraceStep{At: at, Kind: "message", Name: name, Who: who, Detail: reason, URL: "/admin/exchanges/" + id, Inbound: direction == "in",
			Status: map[string]string{"done": "done", "partlyDone": "failed", "refused": "failed"}[status]}
		if point == "module" {
			step.Kind, step.Detail = "call", strings.TrimSpace(kind+" "+reason)
		}
		if step.Status == "" {
			step.Status = "waiting"
		}
		if finished != nil {
			step.Took = finished.Sub(at)
		}
		steps = append(steps, step)
		if acknowledged != nil {
			answer := backoffice.TraceStep{At: *acknowledged, Kind: "message", Name: name, Who: who, Detail: verdictText, URL: step.URL, Inbound: true, Status: "done"}
			if verdict == "rejected" {
				answer.Status = "failed"
			}
			steps = append(steps, answer)
		}
		return nil
	})
	return steps, err
}

func payments(ctx context.Context, tx pgx.Tx, caller access.Caller, order string, steps []backoffice.TraceStep) ([]backoffice.TraceStep, error) {
	rows, err := tx.Query(ctx, paymentsSQL, caller.Organization, order)
	if err != nil {
		return nil, err
	}
	var id, action, method, status, currency, reference, message string
	var amount decimal.Decimal
	var at, changed time.Time
	language := page.LanguageOf(ctx).String()
	_, err = pgx.ForEachRow(rows, []any{&id, &action, &method, &status, &amount, &currency, &reference, &message, &at, &changed}, func() error {
		step := backoffice.TraceStep{At: at, Kind: "payment", Name: action, Who: method, Detail: reference, URL: "/admin/records/paymentTransactions/" + id,
			Status: map[string]string{"succeeded": "done", "failed": "failed"}[status]}
		if step.Status == "" {
			step.Status = "waiting"
		} else {
			step.Took = changed.Sub(at)
		}
		if message != "" {
			step.Detail += " " + message
		}
		if amount.IsPositive() {
			step.Amount = money.Of(amount, currency).Format(language)
		}
		steps = append(steps, step)
		return nil
	})
	return steps, err
}
