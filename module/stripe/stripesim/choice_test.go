package stripesim_test

import (
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// Whether a challenge has an address: a token leaves it to Stripe.js, the request may say otherwise, and without a place to
// come back to there is none.
func TestWhereAChallengeIs(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	for name, k := range map[string]struct {
		change  func(*stripe.PaymentIntentCreateParams)
		token   bool
		address bool
	}{
		"a token":                       {func(*stripe.PaymentIntentCreateParams) {}, true, false},
		"a token, asked for an address": {func(p *stripe.PaymentIntentCreateParams) { p.UseStripeSDK = stripe.Bool(false) }, true, true},
		"a payment method":              {func(*stripe.PaymentIntentCreateParams) {}, false, true},
		"a payment method, for the SDK": {func(p *stripe.PaymentIntentCreateParams) { p.UseStripeSDK = stripe.Bool(true) }, false, false},
		"nowhere to come back to":       {func(p *stripe.PaymentIntentCreateParams) { p.ReturnURL = nil }, false, false},
	} {
		p := manual("pm_card_threeDSecure2Required", 1000)
		if k.token {
			token, err := c.V1TestHelpersConfirmationTokens.Create(t.Context(), &stripe.TestHelpersConfirmationTokenCreateParams{PaymentMethod: p.PaymentMethod})
			if err != nil || !token.UseStripeSDK {
				t.Fatalf("%+v, %v", token, err)
			}
			p.PaymentMethod, p.ConfirmationToken = nil, &token.ID
		}
		k.change(p)
		i, err := c.V1PaymentIntents.Create(t.Context(), p)
		if err != nil || i.Status != stripe.PaymentIntentStatusRequiresAction || i.NextAction == nil {
			t.Fatalf("%s: %+v, %v", name, i, err)
		}
		redirects := i.NextAction.Type == stripe.PaymentIntentNextActionTypeRedirectToURL && strings.Contains(i.NextAction.RedirectToURL.URL, "/3ds/")
		toSDK := i.NextAction.Type == stripe.PaymentIntentNextActionTypeUseStripeSDK && i.NextAction.RedirectToURL == nil
		if redirects != k.address || toSDK == k.address {
			t.Errorf("%s: the next action is %+v", name, i.NextAction)
		}
	}
}
