package stripesim

import (
	"net/http"
	"strings"
	"time"
)

// method is a payment method: a card.
type method struct {
	id      string
	card    card
	created time.Time
}

func (m *method) object() object {
	return object{"id": m.id, "object": "payment_method", "type": "card", "created": m.created.Unix(), "livemode": false,
		"metadata": object{}, "billing_details": object{},
		"card": object{"brand": m.card.brand, "display_brand": m.card.brand, "last4": m.card.last4, "exp_month": m.card.expMonth,
			"exp_year": m.card.expYear, "funding": "credit", "country": "DE"}}
}

// token is a ConfirmationToken: what a browser gathered, for one confirmation.
type token struct {
	id               string
	method           *method
	created, expires time.Time
	used             string // id of the intent
	returnURL        string
	usage            string   // setup_future_usage
	element          *element // that it comes from, or nil
	sdk              bool     // a challenge is Stripe.js's to show, unless the request says otherwise
}

func (t *token) object() object {
	o := object{"id": t.id, "object": "confirmation_token", "created": t.created.Unix(), "expires_at": t.expires.Unix(),
		"livemode": false, "payment_intent": nil, "setup_intent": nil, "return_url": orNil(t.returnURL), "use_stripe_sdk": t.sdk, "setup_future_usage": orNil(t.usage),
		"payment_method_preview": t.preview()}
	switch {
	case strings.HasPrefix(t.used, "pi_"):
		o["payment_intent"] = t.used
	case t.used != "":
		o["setup_intent"] = t.used
	}
	return o
}

func (t *token) preview() object {
	o := t.method.object()
	return object{"type": "card", "card": o["card"], "billing_details": o["billing_details"]}
}

var tokenRules = rules{"payment_method": text, "payment_method_data.type": words("card"), "payment_method_data.card.number": text,
	"payment_method_data.card.exp_month": integer, "payment_method_data.card.exp_year": integer,
	"payment_method_data.card.cvc": text, "return_url": text, "setup_future_usage": words("off_session", "on_session")}

func (s *Simulator) createToken(q request) (object, *fault) {
	now := s.now()
	var c card
	switch name := q.parameters["payment_method"]; {
	case name != "":
		known := false
		if c, known = named(name, now); !known {
			return nil, missing("PaymentMethod", name, "payment_method")
		}
	case q.parameters["payment_method_data.card.number"] != "":
		const at = "payment_method_data.card."
		var f *fault
		c, f = typed{q.parameters[at+"number"], q.parameters[at+"exp_month"], q.parameters[at+"exp_year"], q.parameters[at+"cvc"]}.take(now)
		if f != nil {
			return nil, f
		}
	default:
		return nil, invalid("parameter_missing", "payment_method", "You must give payment_method or payment_method_data.")
	}
	t := &token{id: newID("ctoken"), created: now, expires: now.Add(12 * time.Hour), returnURL: q.parameters["return_url"], sdk: true,
		usage: q.parameters["setup_future_usage"], element: elementOf(q),
		method: &method{id: newID("pm"), card: c, created: now}}
	if t.element != nil {
		t.usage = t.element.Usage
	}
	s.tokens.add(t.id, t)
	return t.object(), nil
}

func (s *Simulator) getToken(q request) (object, *fault) {
	t, ok := s.tokens.get(q.id)
	if !ok {
		return nil, missing("confirmation_token", q.id, "confirmation_token")
	}
	return t.object(), nil
}

// spend takes a token for an intent; each is good for one that its element was made for.
func (s *Simulator) spend(id, intent string, made element) (*token, *fault) {
	t, ok := s.tokens.get(id)
	switch {
	case !ok:
		return nil, missing("confirmation_token", id, "confirmation_token")
	case t.used != "" && t.used != intent:
		return nil, invalid("", "confirmation_token", "The ConfirmationToken %s was used already; it can confirm one intent only.", id)
	case s.now().After(t.expires):
		return nil, invalid("", "confirmation_token", "The ConfirmationToken %s has expired.", id)
	}
	if f := t.fits(made); f != nil {
		return nil, f
	}
	t.used = intent
	return t, nil
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// declines is the error of a card that was refused.
func (v verdict) declines(m *method, charge string) *fault {
	return &fault{status: http.StatusPaymentRequired, kind: "card_error", code: v.code, decline: v.decline, message: v.message,
		method: m, charge: charge}
}
