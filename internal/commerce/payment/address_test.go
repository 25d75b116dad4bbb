package payment_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/command"
)

// Where a gateway's page sends the buyer is checked before the gateway is told, in all commands that begin something there.
func TestAddressesAreChecked(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_declined")
	p.settle(c.one)
	for _, s := range []struct {
		input map[string]any
		want  string
	}{
		{map[string]any{}, "[returnUrl required]"},
		{map[string]any{"returnUrl": "javascript:alert(1)", "cancelUrl": "//evil.test"}, "[returnUrl invalid_value cancelUrl invalid_value]"},
		{map[string]any{"token": "tok_good", "cancelUrl": "/cart"}, "[cancelUrl invalid_value]"},
		{map[string]any{"token": strings.Repeat("t", 501)}, "[token invalid_value]"},
	} {
		for name, on := range map[string][2]string{"authorize": {"payments", p.id}, "validatePayment": {"customers", c.buyer.Customer}} {
			if delete(s.input, "method"); name == "validatePayment" {
				s.input["method"] = "till"
			}
			_, _, err := c.Run(c.one.runner, c.As(c.buyer), on[0], name, on[1], s.input, "")
			var refused *command.Error
			if !errors.As(err, &refused) {
				t.Errorf("%s %v: %v", name, s.input, err)
				continue
			}
			var got []string
			for _, v := range refused.Violations() {
				got = append(got, v.Field, v.Code)
			}
			if fmt.Sprint(got) != s.want {
				t.Errorf("%s %v: %v, want %s", name, s.input, got, s.want)
			}
		}
	}
	p.want("failed 0/0/0 declined")
}

// To settle nothing works nobody's payment.
func TestSettleNothing(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "10", "tok_good")
	c.hasty()
	if err := c.one.desk.Settle(context.Background(), c.Organization, ""); err != nil {
		t.Error(err)
	}
	p.want("pending 0/0/0")
}
