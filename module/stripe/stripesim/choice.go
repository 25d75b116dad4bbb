package stripesim

import "net/url"

// choice is what a confirmation is made with.
type choice struct {
	method *method
	back   string // where the holder is sent back to
	sdk    bool   // a challenge is told to Stripe.js rather than as an address
}

// chosen reads the payment method of a confirmation. What the request says goes before what the token says: a token leaves a
// challenge to Stripe.js, a request without one does not (docs.stripe.com/api/confirmation_tokens/object#confirmation_token_object-use_stripe_sdk).
func (s *Simulator) chosen(q request, intent string, made element) (choice, *fault) {
	c := choice{back: q.parameters["return_url"], sdk: q.parameters["use_stripe_sdk"] == "true"}
	if c.back != "" {
		if u, err := url.Parse(c.back); err != nil || !u.IsAbs() {
			return c, invalid("url_invalid", "return_url", "Not a valid URL.")
		}
	}
	if id := q.parameters["confirmation_token"]; id != "" {
		if q.parameters["payment_method"] != "" {
			return c, invalid("", "confirmation_token", "You may only give one of confirmation_token and payment_method.")
		}
		t, f := s.spend(id, intent, made)
		if f != nil {
			return c, f
		}
		if c.method = t.method; c.back == "" {
			c.back = t.returnURL
		}
		if q.parameters["use_stripe_sdk"] == "" {
			c.sdk = t.sdk
		}
		return c, nil
	}
	name := q.parameters["payment_method"]
	if name == "" {
		return c, invalid("payment_intent_unexpected_state", "payment_method",
			"You cannot confirm this PaymentIntent because it's missing a payment method.")
	}
	k, ok := named(name, s.now())
	if !ok {
		return c, missing("PaymentMethod", name, "payment_method")
	}
	c.method = &method{id: newID("pm"), card: k, created: s.now()}
	return c, nil
}
