package stripe_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// What the page is told to make its element for is what the intent is made for: Stripe refuses the token otherwise.
func TestElementAndIntentAgree(t *testing.T) {
	g := start(t, stripesim.Config{})
	for capture, want := range map[string]module.PaymentStatus{"order": module.PaymentCaptured, "shipment": module.PaymentAuthorized, "": module.PaymentValidated} {
		c := g.channel(t, map[string]any{"capture": "order"})
		r := request(t, "59.90", "")
		if capture == "" {
			r.Action = module.Validate
		} else {
			c = g.channel(t, map[string]any{"capture": capture})
		}
		f := stripe.New().PaymentForm(c.Settings, module.PaymentQuestion{Amount: r.Amount, Validate: capture == "", Language: "de"})
		form := url.Values{"payment_method": {"pm_card_visa"}}
		for option, name := range map[string]string{"mode": "mode", "currency": "currency", "captureMethod": "capture_method", "setupFutureUsage": "setup_future_usage",
			"paymentMethodTypes": "payment_method_types][0"} {
			if f.Options[option] != "" {
				form.Set("element["+name+"]", f.Options[option])
			}
		}
		_, _, body := post(t, g.URL+"/v1/confirmation_tokens", f.Options["publishableKey"], form)
		_, rest, _ := strings.Cut(body, `"id": "`)
		r.Token, _, _ = strings.Cut(rest, `"`)
		if s, err := stripe.New().Pay(t.Context(), c, r); err != nil || s.Status != want {
			t.Errorf("the element %v and the intent: %+v, %v; want %s", f.Options, s, err, want)
		}
	}
}
