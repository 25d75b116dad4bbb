package stripe_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

const signing = "whsec_test"

// gateway is a simulator that listens on loopback.
type gateway struct {
	*httptest.Server
	sim *stripesim.Simulator
}

func start(t testing.TB, cfg stripesim.Config) *gateway {
	t.Helper()
	cfg.WebhookSecret = signing
	s := stripesim.New(cfg)
	g := &gateway{Server: httptest.NewServer(s), sim: s}
	t.Cleanup(s.Close)
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) settings(more map[string]any) map[string]any {
	s := map[string]any{"apiBase": g.URL, "scriptURL": g.URL + "/dahlia/stripe.js", "publishableKey": "pk_test_simulator",
		"secretKey": "sk_test_simulator", "webhookSecret": signing}
	for name, value := range more {
		s[name] = value
	}
	return s
}

func (g *gateway) channel(t testing.TB, more map[string]any) *module.Channel {
	t.Helper()
	return moduletest.Channel(t, stripe.New(), g.settings(more))
}

// post sends a form as a browser or another client does, and gives the answer's status and place.
func post(t testing.TB, address, key string, form url.Values) (status int, location, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	return do(t, r)
}

// card gives a new token of one of Stripe's test payment methods.
func (g *gateway) card(name string) func(testing.TB) string {
	return func(t testing.TB) string {
		t.Helper()
		_, _, body := post(t, g.URL+"/v1/test_helpers/confirmation_tokens", "sk_test_simulator", url.Values{"payment_method": {name}})
		_, rest, _ := strings.Cut(body, `"id": "ctoken_`)
		id, _, found := strings.Cut(rest, `"`)
		if !found {
			t.Fatalf("no token: %s", body)
		}
		return "ctoken_" + id
	}
}

func (g *gateway) authenticate(t testing.TB, nextURL string, passes bool) {
	t.Helper()
	answer := "fail"
	if passes {
		answer = "complete"
	}
	if status, to, body := post(t, nextURL, "", url.Values{"answer": {answer}}); status != http.StatusSeeOther || to == "" {
		t.Fatalf("the bank's page answered %d: %s", status, body)
	}
}

func (g *gateway) payHosted(t testing.TB, nextURL string) {
	t.Helper()
	status, to, body := post(t, nextURL, "", url.Values{"number": {"4242 4242 4242 4242"}, "month": {"12"}, "year": {fmt.Sprint(time.Now().Year() + 1)}, "cvc": {"123"}})
	if status != http.StatusSeeOther || !strings.Contains(to, "/checkout/return?attempt=") {
		t.Fatalf("Stripe's page answered %d, to %s: %s", status, to, body)
	}
}

// control plays a trick.
func (g *gateway) control(t testing.TB, order string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.URL+"/_control", strings.NewReader(order))
	if err != nil {
		t.Fatal(err)
	}
	status, _, body := do(t, r)
	if status != http.StatusOK {
		t.Fatalf("/_control answered %d: %s", status, body)
	}
	return body
}

func (g *gateway) payments(c *module.Channel) moduletest.PaymentCase {
	return moduletest.PaymentCase{Module: stripe.New(), Channel: c, Several: true,
		Good: g.card("pm_card_visa"), Challenged: g.card("pm_card_threeDSecure2Required"), Declined: g.card("pm_card_chargeDeclined"),
		Authenticate: g.authenticate, PayHosted: g.payHosted,
		Lose: func(t testing.TB) { g.control(t, `{"drop":{"times":1,"method":"POST"}}`) }}
}

func TestPayment(t *testing.T) {
	g := start(t, stripesim.Config{})
	moduletest.Payment(t, g.payments(g.channel(t, nil)))
}

func TestPaymentWithoutMulticapture(t *testing.T) {
	g := start(t, stripesim.Config{})
	g.control(t, `{"multicapture":false}`)
	c := g.payments(g.channel(t, map[string]any{"capture": "manual"}))
	c.Several = false
	moduletest.Payment(t, c)
}
