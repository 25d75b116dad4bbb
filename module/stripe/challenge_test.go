package stripe_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// A challenge that only Stripe's script could show ends the payment with words: nobody would go on with it.
func TestAChallengeWithoutAnAddressFails(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, nil)
	for _, what := range []string{"payment_intents", "setup_intents"} {
		attempt := moduletest.Attempt()
		form := url.Values{"confirm": {"true"}, "confirmation_token": {g.card("pm_card_threeDSecure2Required")(t)}, "return_url": {"http://127.0.0.1:1/back"},
			"payment_method_types[]": {"card"}, "metadata[attempt]": {attempt}}
		if what == "payment_intents" {
			form.Set("amount", "1000")
			form.Set("currency", "eur")
		}
		if status, _, body := post(t, g.URL+"/v1/"+what, "sk_test_simulator", form); status != 200 || !strings.Contains(body, `"use_stripe_sdk"`) {
			t.Fatalf("%d %s", status, body)
		}
		s, err := stripe.New().Look(t.Context(), c, module.PaymentLookup{Attempt: attempt})
		if err != nil || s.Status != module.PaymentFailed || s.NextURL != "" || s.Code != "authentication_failed" ||
			!strings.Contains(s.Message, "use_stripe_sdk") || !strings.Contains(s.Message, s.Reference) {
			t.Errorf("%s: %+v, %v; want it failed, with words that name the step and the payment", what, s, err)
		}
	}
}

// On Stripe's own page a challenge, and a card that was not taken, are that page's business: the buyer goes on there.
func TestOnStripesPageTheBuyerGoesOnThere(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, nil)
	for _, action := range []module.PaymentAction{module.Authorize, module.Validate} {
		r := request(t, "90.00", "")
		r.Action = action
		page, err := stripe.New().Pay(t.Context(), c, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, number := range []string{"4000 0025 0000 3155", "4000 0000 0000 0002"} {
			post(t, page.NextURL, "", url.Values{"number": {number}, "month": {"12"}, "year": {strconv.Itoa(time.Now().Year() + 1)}, "cvc": {"123"}})
			reference := hostedReference(t, g, action)
			s, err := stripe.New().Look(t.Context(), c, module.PaymentLookup{Reference: reference}) // as a message of Stripe's names it
			if err != nil || s.Status != module.PaymentRequiresAction || s.NextURL != page.NextURL || s.Code != "" {
				t.Errorf("%s with %s: %+v, %v; want it to go on at %s", action, number, s, err, page.NextURL)
			}
		}
	}
}

// hostedReference is the number of the intent that Stripe's page made.
func hostedReference(t *testing.T, g *gateway, action module.PaymentAction) string {
	t.Helper()
	prefix := `"pi_`
	if action == module.Validate {
		prefix = `"seti_`
	}
	_, rest, found := strings.Cut(g.control(t, `{}`), `"id": `+prefix)
	id, _, _ := strings.Cut(rest, `"`)
	if !found {
		t.Fatalf("Stripe's page made no %s", prefix)
	}
	return prefix[1:] + id
}
