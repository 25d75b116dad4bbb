package stripesim

import (
	"maps"
	"time"
)

// intent is a PaymentIntent (docs.stripe.com/payments/paymentintents/lifecycle).
type intent struct {
	id, secret      string
	amount          int64
	currency        string
	automatic       bool // captured when it is confirmed
	multicapture    bool // asked for, if available
	capturable      int64
	received        int64
	captures        int
	status          string
	description     string
	returnURL       string
	metadata        map[string]string
	method          *method
	charge          *charge // the latest
	lastError       *fault
	session         *session // whose payment it is, or nil
	created         time.Time
	canceled        time.Time
	canceledBecause string
	nextURL         string // the bank's page
	made            element
	sdk             bool // which only Stripe.js is told of
}

// The statuses of an intent.
const (
	requiresMethod       = "requires_payment_method"
	requiresConfirmation = "requires_confirmation"
	requiresAction       = "requires_action"
	requiresCapture      = "requires_capture"
	succeeded            = "succeeded"
	canceled             = "canceled"
)

func (i *intent) object(e expanded) object {
	o := object{"id": i.id, "object": "payment_intent", "amount": i.amount, "amount_capturable": i.capturable,
		"amount_received": i.received, "amount_details": object{"tip": object{}}, "automatic_payment_methods": nil,
		"canceled_at": nil, "cancellation_reason": orNil(i.canceledBecause), "capture_method": captureMethod(i.automatic),
		"client_secret": i.secret, "confirmation_method": "automatic", "created": i.created.Unix(), "currency": i.currency,
		"customer": nil, "description": orNil(i.description), "last_payment_error": nil, "latest_charge": nil, "livemode": false,
		"metadata": maps.Clone(i.metadata), "next_action": nil, "payment_method": nil, "payment_method_types": []string{"card"},
		"payment_method_options": object{"card": object{"request_three_d_secure": "automatic"}}, "status": i.status}
	if !i.canceled.IsZero() {
		o["canceled_at"] = i.canceled.Unix()
	}
	if i.lastError != nil {
		o["last_payment_error"] = i.lastError.object()
	}
	if i.status == requiresAction {
		o["next_action"] = nextAction(i.nextURL, i.returnURL, i.sdk)
	}
	if i.charge != nil {
		o["latest_charge"] = i.charge.id
		if below, ok := e["latest_charge"]; ok {
			o["latest_charge"] = i.charge.object(below)
		}
	}
	if i.method != nil {
		o["payment_method"] = i.method.id
		if _, ok := e["payment_method"]; ok {
			o["payment_method"] = i.method.object()
		}
	}
	return o
}

// nextAction sends the holder of a card to his bank, or has Stripe.js do so: then, and where nothing says where he goes after,
// there is no address in it.
func nextAction(url, back string, sdk bool) object {
	if sdk || url == "" {
		return object{"type": "use_stripe_sdk", "use_stripe_sdk": object{"type": "three_d_secure_redirect", "directory_server_encryption": object{}}}
	}
	return object{"type": "redirect_to_url", "redirect_to_url": object{"url": url, "return_url": back}}
}

func captureMethod(automatic bool) string {
	if automatic {
		return "automatic"
	}
	return "manual"
}

func (s *Simulator) intent(q request) (*intent, *fault) {
	i, ok := s.intents.get(q.id)
	if !ok {
		return nil, missing("payment_intent", q.id, "intent")
	}
	return i, nil
}

func (s *Simulator) getIntent(q request) (object, *fault) {
	i, f := s.intent(q)
	if f != nil {
		return nil, f
	}
	return i.object(q.expanded), nil
}

func (s *Simulator) updateIntent(q request) (object, *fault) {
	i, f := s.intent(q)
	if f != nil {
		return nil, f
	}
	all, f := merged(i.metadata, q.below("metadata"))
	if f != nil {
		return nil, f
	}
	i.metadata = all
	if d, given := q.parameters["description"]; given {
		i.description = d
	}
	return i.object(q.expanded), nil
}

func (s *Simulator) listIntents(q request) (object, *fault) {
	return page("/v1/payment_intents", q.parameters, s.intents.all(), func(i *intent) string { return i.id },
		func(i *intent) time.Time { return i.created }, func(i *intent) object { return i.object(q.expanded["data"]) })
}
