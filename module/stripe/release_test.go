package stripe_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// partlyTaken is a payment of 100.00 of which 30.00 were taken.
func partlyTaken(t *testing.T, g *gateway, c *module.Channel) string {
	t.Helper()
	s, err := stripe.New().Pay(t.Context(), c, request(t, "100.00", g.card("pm_card_visa")(t)))
	if err == nil {
		s, err = stripe.New().Pay(t.Context(), c, module.PaymentRequest{Action: module.Capture, Attempt: moduletest.Attempt(), Reference: s.Reference, Amount: euros(t, "30.00")})
	}
	if err != nil || s.Status != module.PaymentAuthorized {
		t.Fatalf("%+v, %v", s, err)
	}
	return s.Reference
}

// The rest of a payment is let go by a capture of nothing: a cancellation is for payments of which nothing was taken. Whatever
// is lost or fails on the way, asked for again it is done once, and known after Stripe forgot its key.
func TestTheRestIsLetGo(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, nil)
	for name, trick := range map[string]string{"at once": `{}`, "its answer lost": `{"drop":{"times":1,"method":"POST"}}`,
		"failed before": `{"fail":{"times":1,"status":500,"executing":true,"path":"/v1/payment_intents/REF/capture"}}`,
		"failed behind": `{"fail":{"times":1,"status":500,"done":true,"path":"/v1/payment_intents/REF/capture"}}`} {
		reference := partlyTaken(t, g, c)
		r := module.PaymentRequest{Action: module.Cancel, Attempt: moduletest.Attempt(), Reference: reference}
		g.control(t, strings.ReplaceAll(trick, "REF", reference))
		if _, err := stripe.New().Pay(t.Context(), c, r); (err == nil) != (trick == `{}`) {
			t.Errorf("%s: %v", name, err)
		}
		for range 2 {
			s, err := stripe.New().Pay(t.Context(), c, r)
			if err != nil || s.Status != module.PaymentCaptured || s.Captured.String() != "30.00 EUR" || len(s.Done) != 1 || s.Step != "" {
				t.Errorf("%s, asked again: %+v, %v; want 30.00 EUR captured and the rest let go", name, s, err)
			}
		}
		c.HTTP.Transport = tap(func(r *http.Request) {
			if r.Method == http.MethodPost {
				t.Errorf("%s: %s was asked for once more, which needs Stripe to know the key still", name, r.URL.Path)
			}
		})
		if s, err := stripe.New().Pay(t.Context(), c, r); err != nil || s.Status != module.PaymentCaptured {
			t.Errorf("%s, read off the payment: %+v, %v", name, s, err)
		}
		c.HTTP.Transport = nil
	}
	if state := g.control(t, `{}`); !strings.Contains(state, `"captured": 12000`) || strings.Contains(state, `/cancel"`) {
		t.Errorf("the simulator's books: %s", state)
	}
}
