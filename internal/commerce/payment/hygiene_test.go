package payment_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/module"
)

const secretToken = "tok_sca_SECRET7"

// holding names the tables in which a text stands anywhere.
func (c *counter) holding(text string) (tables []string) {
	c.T.Helper()
	var list string
	c.Scan(&list, `SELECT string_agg(c.oid::regclass::text, ' ' ORDER BY 1) FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)
	for _, table := range strings.Fields(list) {
		var found bool
		c.Scan(&found, "SELECT EXISTS (SELECT FROM "+table+" t WHERE t::text LIKE '%' || $1 || '%')", text)
		if found {
			tables = append(tables, table)
		}
	}
	return tables
}

// The token that stands for a card lies in one place while its call is due, and nowhere when that was answered, given up or
// refused. It is in no log, and nobody is shown it.
func TestTokenIsKeptNoLongerThanNeeded(t *testing.T) {
	c := newCounter(t)
	var log bytes.Buffer
	c.one.desk.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for name, answer := range map[string]error{"answered": nil, "refused": trouble(module.Refused), "invalid": trouble(module.Invalid)} {
		p := c.open("till", "10", secretToken)
		if got := fmt.Sprint(c.holding(secretToken)); got != "[payment_work]" {
			t.Errorf("%s: while it waits the token is in %s", name, got)
		}
		c.gateway.before = func(module.PaymentRequest) error { return answer }
		p.settle(c.one)
		c.gateway.before = nil
		if got := c.holding(secretToken); got != nil {
			t.Errorf("%s: the token is in %v", name, got)
		}
		if shown := fmt.Sprint(c.Get(c.Caller, "payments", p.id), c.Get(c.Caller, "paymentTransactions", p.attempt)); strings.Contains(shown, secretToken) {
			t.Errorf("%s: staff is shown %s", name, shown)
		}
	}
	lost := c.open("till", "10", secretToken)
	c.gateway.after = func(module.PaymentRequest) error { return trouble(module.Connection) }
	lost.settle(c.one)
	if got := fmt.Sprint(c.holding(secretToken)); got != "[payment_work]" { // it is needed once more
		t.Errorf("after a lost answer the token is in %s", got)
	}
	lost.past("2 hours")
	c.sweep(c.one)
	if got := c.holding(secretToken); got != nil {
		t.Errorf("given up, the token is in %v", got)
	}
	c.gateway.after = nil
	if id, _ := c.check(c.As(c.buyer), c.buyer.Customer, "till", secretToken); id == "" || c.holding(secretToken) != nil {
		t.Errorf("after a check the token is in %v", c.holding(secretToken))
	}
	if strings.Contains(log.String(), secretToken) {
		t.Errorf("the log has the token: %s", &log)
	}
}
