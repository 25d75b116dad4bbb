package payment_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
)

// A message of a gateway is matched with its payment by indexes, however many payments there are.
func TestMessagesFindTheirPaymentByIndex(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_sca")
	p.settle(c.one)
	c.Exec(`INSERT INTO payment_transaction (id, organization_id, action, status, method, amount, currency, customer_id, channel_id, payment_reference)
		SELECT gen_random_uuid(), organization_id, 'authorize', 'succeeded', method, amount, currency, customer_id, channel_id, 'other_' || n
		FROM payment_transaction, generate_series(1, 5000) n WHERE id = $1`, p.attempt)
	c.Exec("ANALYZE payment_transaction")
	ctx := context.Background()
	err := pgx.BeginFunc(ctx, c.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, access.SystemCaller(c.Organization, "payments")); err != nil {
			return err
		}
		for _, way := range [][2][]string{{{p.attempt}, {}}, {{}, {"pay_1"}}, {{}, {"other_7"}}} {
			var id, of string
			if err := tx.QueryRow(ctx, payment.WhoseSQL, c.Organization, c.channel, way[0], way[1]).Scan(&id, &of); err != nil {
				return err
			}
		}
		rows, err := tx.Query(ctx, "EXPLAIN (COSTS OFF) "+payment.WhoseSQL, c.Organization, c.channel, []string{p.attempt}, []string{"pay_1"})
		if err != nil {
			return err
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		plan := strings.Join(lines, "\n")
		if strings.Contains(plan, "Seq Scan on payment_transaction") || !strings.Contains(plan, "payment_transaction_pkey") || !strings.Contains(plan, "payment_transaction_attempt") {
			t.Errorf("the plan is\n%s", plan)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// What is due is found by an index, however many authorized payments are only looked at now and then; and so is the next call of
// one payment. Both plans are made without knowing the values, as they are when they are kept.
func TestWhatIsDueIsFoundByIndex(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_sca")
	c.Exec(`INSERT INTO payment SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'gateway_reference', null, 'attempt_id', null))).*
		FROM payment p, generate_series(1, 5000) WHERE id = $1`, p.id)
	c.Exec(`WITH t AS (INSERT INTO payment_transaction (id, organization_id, action, status, method, amount, currency, customer_id, channel_id, payment_id)
		SELECT gen_random_uuid(), organization_id, 'authorize', 'succeeded', method, amount, currency, customer_id, channel_id, id
		FROM payment WHERE attempt_id IS NULL RETURNING *)
		INSERT INTO payment_work (transaction_id, organization_id, customer_id, payment_id, ask, due_at)
		SELECT id, organization_id, customer_id, payment_id, 'look', 'infinity' FROM t`)
	c.Exec("ANALYZE payment_work, payment_transaction")
	for statement, want := range map[string]string{payment.ClaimDueSQL: "payment_work_due", payment.ClaimNextSQL: "payment_work_payment"} {
		ctx := context.Background()
		err := pgx.BeginFunc(ctx, c.Pool, func(tx pgx.Tx) error {
			if err := access.Enter(ctx, tx, access.SystemCaller(c.Organization, "payments")); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "SET LOCAL plan_cache_mode = force_generic_plan"); err != nil {
				return err
			}
			if _, err := tx.Prepare(ctx, "plan of "+want, "EXPLAIN (COSTS OFF) "+statement); err != nil {
				return err
			}
			third := any(p.id)
			if want == "payment_work_due" {
				third = 8
			}
			rows, err := tx.Query(ctx, "plan of "+want, uuid.NewString(), 60.0, third)
			if err != nil {
				return err
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if plan := strings.Join(lines, "\n"); strings.Contains(plan, "Seq Scan on payment_work") || !strings.Contains(plan, want) {
				t.Errorf("the plan is\n%s", plan)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
