package payment_test

import (
	"context"
	"errors"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/module"
)

// check checks a card as somebody and gives the transaction with status and code, or the code it was refused with.
func (c *counter) check(caller access.Caller, customer, method, token string) (id, outcome string) {
	c.T.Helper()
	id, _, err := c.Run(c.one.runner, caller, "customers", "validatePayment", customer, map[string]any{"method": method, "token": token}, "")
	var refused *command.Error
	if errors.As(err, &refused) {
		return "", refused.Code()
	}
	if err != nil {
		c.T.Fatal(err)
	}
	return id, c.checked(id)
}

func (c *counter) checked(id string) (s string) {
	c.T.Helper()
	c.Scan(&s, "SELECT concat_ws(' ', status, code, next_url, instrument) FROM payment_transaction WHERE id = $1", id)
	return s
}

func TestCardIsChecked(t *testing.T) {
	terms, _ := module.Default.Get("terms")
	c := newCounter(t, terms)
	buyer, other := c.As(c.buyer), c.As(c.Buyer("2000"))
	for _, s := range []struct {
		caller                access.Caller
		method, token, answer string
	}{
		{buyer, "till", "tok_good", "succeeded Visa •••• 4242"},
		{buyer, "till", "tok_declined", "failed declined Visa •••• 4242"},
		{c.Caller, "till", "tok_good", "succeeded Visa •••• 4242"},
		{buyer, "cash", "", "method_not_offered"},
		{buyer, "paymentTerm", "", "cannot_validate"},
		{other, "till", "tok_good", "not_found"},
	} {
		if _, got := c.check(s.caller, c.buyer.Customer, s.method, s.token); got != s.answer {
			t.Errorf("%s %s: %s, want %s", s.method, s.token, got, s.answer)
		}
	}
	// The buyer has to go to his bank; the gateway's message says that he did.
	id, got := c.check(buyer, c.buyer.Customer, "till", "tok_sca")
	var reference string
	c.gateway.buyer(id, func(d *deposit) { d.status, reference = module.PaymentValidated, d.reference })
	if got != "requiresAction https://bank.test/"+reference+" Visa •••• 4242" {
		t.Error(got)
	}
	for range 2 {
		e := module.Event{ID: "evt_1", Payment: &module.PaymentLookup{Reference: reference}}
		if err := c.two.desk.Event(context.Background(), c.Organization, c.channel, e); err != nil {
			t.Error(err)
		}
	}
	if got := c.checked(id); got != "succeeded Visa •••• 4242" {
		t.Error(got)
	}
	// A gateway that does not answer is asked again; who comes without a message is looked at.
	c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Connection) }
	if id, got = c.check(buyer, c.buyer.Customer, "till", "tok_sca"); got != "pending unreachable" {
		t.Error(got)
	}
	c.gateway.before = nil
	c.hasty()
	c.sweep(c.two)
	c.gateway.buyer(id, func(d *deposit) { d.status = module.PaymentValidated })
	c.hasty()
	c.sweep(c.one)
	if got := c.checked(id); got != "succeeded Visa •••• 4242" {
		t.Error(got)
	}
	var left int
	c.Scan(&left, "SELECT count(*) FROM payment_work")
	if left != 0 {
		t.Errorf("%d questions are left", left)
	}
}
