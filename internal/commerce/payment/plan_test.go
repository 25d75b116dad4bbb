package payment_test

import (
	"context"
	"strings"
	"testing"

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
