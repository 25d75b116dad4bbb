package payment_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/blob"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/secret"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// street is a counter whose desk reaches Stripe's simulator by the host of channels, and is told by its webhooks.
type street struct {
	*counter
	sim string
}

func newStreet(t *testing.T) *street {
	t.Helper()
	s := &street{counter: newCounter(t, stripe.New())}
	keys, dir := secret.Load("", t.TempDir()), t.TempDir()
	blobs, err := blob.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	host := channel.New(channel.Options{DB: s.Pool, Registry: s.registry, Keys: keys, Blobs: blobs, PublicURL: "https://shop.test",
		Log: slog.New(slog.DiscardHandler)})
	s.one.desk.Gateways, s.two.desk.Gateways = host, host
	host.Events = s.two.desk.Event
	hooks := httptest.NewServer(host.Hooks())
	id := s.Insert("channel", map[string]any{"code": "stripe", "name": "Stripe", "kind": "stripe"})
	sim := stripesim.New(stripesim.Config{WebhookURL: hooks.URL + channel.HooksPath + id, WebhookSecret: "whsec_hidden", RetryPause: 10 * time.Millisecond})
	server := httptest.NewServer(sim)
	s.sim = server.URL
	t.Cleanup(func() {
		sim.Close()
		server.Close()
		hooks.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := host.Close(ctx); err != nil {
			t.Error(err)
		}
		_ = blobs.Close()
	})
	settings, _ := json.Marshal(map[string]string{"apiBase": server.URL, "scriptURL": server.URL + "/dahlia/stripe.js", "publishableKey": "pk_test_simulator"})
	s.Exec("UPDATE channel SET settings = $2 WHERE id = $1", id, string(settings))
	for field, value := range map[string]string{"secretKey": "sk_test_simulator", "webhookSecret": "whsec_hidden"} {
		sealed, err := keys.Seal(secret.Place{Organization: s.Organization, Record: id, Field: field}, value)
		if err != nil {
			t.Fatal(err)
		}
		s.Insert("channel_secret", map[string]any{"channel_id": id, "name": field, "sealed": sealed})
	}
	return s
}

// post sends a form, as the buyer's browser or Stripe's script does.
func (s *street) post(address, form string) string {
	s.T.Helper()
	r, err := http.NewRequestWithContext(s.T.Context(), http.MethodPost, address, strings.NewReader(form))
	if err != nil {
		s.T.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer sk_test_simulator")
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		s.T.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var body struct {
		ID string `json:"id"`
	}
	_ = json.NewDecoder(answer.Body).Decode(&body)
	if answer.StatusCode >= 400 {
		s.T.Fatalf("%s answered %s", address, answer.Status)
	}
	return body.ID
}

func (s *street) card(name string) string {
	return s.post(s.sim+"/v1/test_helpers/confirmation_tokens", url.Values{"payment_method": {name}}.Encode())
}

// becomes waits for what a webhook brings.
func (s *street) becomes(p *paid, state string) {
	s.T.Helper()
	for deadline := time.Now().Add(20 * time.Second); p.state() != state; {
		if time.Now().After(deadline) {
			s.T.Fatalf("the payment stays %s, want %s; %s", p.state(), state, p.steps())
		}
	}
}

// The day's payment at Stripe's simulator: a card whose holder has to authenticate, the parts of a shipment, a return. The
// webhooks come doubled and in the wrong order.
func TestStripe(t *testing.T) {
	s := newStreet(t)
	for _, mischief := range []string{"on", "doubled", "reversed"} {
		s.post(s.sim+"/_control", fmt.Sprintf(`{"webhooks":%q}`, mischief))
		p := s.open("stripe", "119.00", s.card("pm_card_threeDSecure2Required"))
		p.settle(s.one)
		p.want("requiresAction 0/0/0")
		var next string
		s.Scan(&next, "SELECT next_url FROM payment WHERE id = $1", p.id)
		s.post(next, "answer=complete")
		s.becomes(p, "authorized 119/0/0")
		if got := p.shipped("59.5", false); got != "partlyCaptured 119/59.5/0" {
			t.Errorf("%s: %s", mischief, got)
		}
		if got := p.run(s.two, "capture", amount("59.51")); got != "amount_too_high" {
			t.Errorf("%s: %s", mischief, got)
		}
		if got := p.shipped("119", true); got != "captured 119/119/0" {
			t.Errorf("%s: %s", mischief, got)
		}
		if got := p.run(s.one, "refund", amount("19")); got != "succeeded" {
			t.Errorf("%s: %s", mischief, got)
		}
		s.becomes(p, "partlyRefunded 119/119/19")
		if got := p.run(s.one, "refresh", nil); got != "partlyRefunded 119/119/19" {
			t.Errorf("%s: %s", mischief, got)
		}
		if got := p.steps(); got != "capture 59.5 succeeded, capture 59.5 succeeded, refund 19 succeeded" {
			t.Errorf("%s: %s", mischief, got)
		}
		p.went(payment.RequiresAction, payment.Authorized, payment.PartlyCaptured, payment.Captured, payment.PartlyRefunded)
	}
	for _, text := range []string{"sk_test_simulator", "whsec_hidden", "4000000000003220"} {
		if got := s.holding(text); got != nil {
			t.Errorf("%s stands in %v", text, got)
		}
	}
}

// What goes wrong between: answers that are cut off, an expired authorization, a buyer who leaves the hosted page.
func TestStripeInTrouble(t *testing.T) {
	s := newStreet(t)
	control := func(order string) { s.post(s.sim+"/_control", order) }
	control(`{"webhooks":"off"}`)
	p := s.open("stripe", "10.00", s.card("pm_card_chargeDeclined"))
	p.settle(s.one)
	p.want("failed 0/0/0 declined")

	p = s.open("stripe", "10.00", s.card("pm_card_visa"))
	control(`{"drop":{"times":1,"method":"POST"}}`)
	p.settle(s.one)
	s.hasty()
	s.sweep(s.two)
	p.want("authorized 10/0/0")
	control(`{"drop":{"times":1,"method":"POST"}}`)
	p.run(s.one, "capture", amount("4"))
	s.hasty()
	s.sweep(s.two)
	p.want("partlyCaptured 10/4/0")

	p = s.open("stripe", "10.00", s.card("pm_card_visa"))
	p.settle(s.one)
	var reference string
	s.Scan(&reference, "SELECT gateway_reference FROM payment WHERE id = $1", p.id)
	control(fmt.Sprintf(`{"expire":%q}`, reference))
	if got := p.run(s.one, "refresh", nil); got != "expired 10/0/0" {
		t.Error(got)
	}
	if got := p.run(s.one, "authorize", map[string]any{"token": s.card("pm_card_visa")}); got != "succeeded" {
		t.Error(got)
	}
	p.want("authorized 10/0/0")

	p = s.open("stripe", "10.00", "") // Stripe's own page
	p.settle(s.one)
	p.want("requiresAction 0/0/0")
	p.past("61 minutes")
	s.sweep(s.one)
	s.hasty()
	s.sweep(s.one)
	p.want("voided 0/0/0 abandoned")
}
