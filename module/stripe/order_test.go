package stripe_test

import (
	"errors"
	"testing"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
	"github.com/hanse-commerce/hanse/money"
)

var checker = stripe.New()

// euros is an amount such as "12.50".
func euros(t testing.TB, number string) money.Amount {
	t.Helper()
	a, err := money.Parse(number, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// request is an authorization as Hanse asks for it.
func request(t testing.TB, amount, token string) module.PaymentRequest {
	return module.PaymentRequest{Action: module.Authorize, Attempt: moduletest.Attempt(), Amount: euros(t, amount), Token: token,
		ReturnURL: "http://127.0.0.1:8080/checkout/return?attempt=1", CancelURL: "http://127.0.0.1:8080/checkout", Language: "de",
		Order: module.PaymentOrder{ID: "0196f0c0-0000-7000-8000-000000000002", Number: "1000001"}}
}

// payAtOrder pays on both ways with a channel that takes the money with the order.
func payAtOrder(t *testing.T, g *gateway, c *module.Channel) {
	t.Helper()
	m := stripe.New()
	taken := func(s *module.PaymentState, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if s.Status != module.PaymentCaptured || s.Captured.String() != "59.90 EUR" || s.Authorized.String() != "59.90 EUR" {
			t.Errorf("the state is %+v; want 59.90 EUR authorized and captured", s)
		}
		if len(s.Done) != 1 || s.Done[0].Action != module.Capture || s.Done[0].Attempt != s.Attempt || s.Done[0].Step == s.Step {
			t.Errorf("the steps are %+v; want one capture, of the attempt %s", s.Done, s.Attempt)
		}
	}
	r := request(t, "59.90", g.card("pm_card_mastercard")(t))
	taken(m.Pay(t.Context(), c, r))
	r = request(t, "59.90", "")
	s, err := m.Pay(t.Context(), c, r)
	if err != nil || s.NextURL == "" {
		t.Fatalf("%+v, %v", s, err)
	}
	g.payHosted(t, s.NextURL)
	taken(m.Look(t.Context(), c, module.PaymentLookup{Attempt: r.Attempt}))
}

func TestMoneyIsTakenWithTheOrder(t *testing.T) {
	g := start(t, stripesim.Config{})
	payAtOrder(t, g, g.channel(t, map[string]any{"capture": "order"}))
}

// cancelCheck gives up the check of a card whose holder did not authenticate.
func cancelCheck(t *testing.T, g *gateway, c *module.Channel) {
	t.Helper()
	r := request(t, "0", g.card("pm_card_authenticationRequired")(t))
	r.Action = module.Validate
	s, err := stripe.New().Pay(t.Context(), c, r)
	if err != nil || s.Status != module.PaymentRequiresAction {
		t.Fatalf("%+v, %v", s, err)
	}
	s, err = stripe.New().Pay(t.Context(), c, module.PaymentRequest{Action: module.Cancel, Attempt: moduletest.Attempt(), Reference: s.Reference})
	if err != nil || s.Status != module.PaymentVoided {
		t.Errorf("%+v, %v; want %s", s, err, module.PaymentVoided)
	}
}

// Stripe's metadata holds fifty keys, and each capture is noted in one: a part too many is refused before Stripe does, the last
// capture is not.
func TestManyCaptures(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, map[string]any{"capture": "manual"})
	m := stripe.New()
	s, err := m.Pay(t.Context(), c, request(t, "10.00", g.card("pm_card_visa")(t)))
	if err != nil {
		t.Fatal(err)
	}
	part := module.PaymentRequest{Action: module.Capture, Reference: s.Reference, Amount: euros(t, "0.01")}
	var refused *module.Error
	parts := 0
	for ; parts < 50; parts++ {
		part.Attempt = moduletest.Attempt()
		if _, err = m.Pay(t.Context(), c, part); err != nil {
			break
		}
	}
	if !errors.As(err, &refused) || refused.Code != "too_many_captures" || refused.Class != module.Refused || parts != 46 { // attempt, order, orderId
		t.Fatalf("after %d captures: %v", parts, err)
	}
	part.Attempt, part.Amount, part.Final = moduletest.Attempt(), euros(t, "9.54"), true
	s, err = m.Pay(t.Context(), c, part)
	if err != nil || s.Status != module.PaymentCaptured || s.Captured.String() != "10.00 EUR" || len(s.Done) != parts+1 {
		t.Fatalf("%+v, %v", s, err)
	}
}
