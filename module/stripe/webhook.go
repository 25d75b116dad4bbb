package stripe

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// tolerance is how far the time of a signature may be off (docs.stripe.com/webhooks#replay-attacks).
const tolerance = 5 * time.Minute

// Receive implements module.Webhook. Of the message only its number, type and the payment it is about are used.
func (Module) Receive(c *module.Channel, n module.Notification) (module.Event, error) {
	secrets := webhookSecrets(c.Settings)
	if len(secrets) == 0 {
		return module.Event{}, &module.Error{Class: module.Invalid, Code: "webhook_secret_missing",
			Detail: "The channel has no webhookSecret, so nobody can tell whether a message is Stripe's. Copy the signing secret of the endpoint " + c.WebhookURL() + " from Stripe's dashboard."}
	}
	if why := verify(n, secrets); why != "" {
		return module.Event{}, &module.Error{Class: module.Refused, Code: "invalid_signature", Detail: why}
	}
	return parse(n.Body)
}

// verify checks the header Stripe-Signature, t=<seconds>,v1=<HMAC-SHA256 of t.body>, and says what is wrong with it. There is
// a signature for each secret while Stripe exchanges them.
func verify(n module.Notification, secrets []string) string {
	header := n.Header.Get("Stripe-Signature")
	if header == "" {
		return "The message has no header Stripe-Signature."
	}
	var stamp string
	var signatures [][]byte
	for _, part := range strings.Split(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			stamp = value
		case "v1": // others are of schemes that do not count
			if b, err := hex.DecodeString(value); err == nil {
				signatures = append(signatures, b)
			}
		}
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || len(signatures) == 0 {
		return "The header Stripe-Signature has no time or no signature of the scheme v1."
	}
	if !signed(signatures, stamp, n.Body, secrets) {
		return "The signature is not of any secret in the setting webhookSecret, or the message was altered."
	}
	if off := n.Received.Sub(time.Unix(seconds, 0)); off > tolerance || off < -tolerance {
		return "The signature's time is more than five minutes off: an old message, or a clock that is wrong."
	}
	return ""
}

func signed(signatures [][]byte, stamp string, body []byte, secrets []string) bool {
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(stamp + "."))
		mac.Write(body)
		expected := mac.Sum(nil)
		for _, s := range signatures {
			if hmac.Equal(s, expected) {
				return true
			}
		}
	}
	return false
}

// message is what is read of an event (docs.stripe.com/api/events/object).
type message struct {
	ID     string `json:"id"`
	Object string `json:"object"`
	Type   string `json:"type"`
	Data   struct {
		Object struct {
			ID            string            `json:"id"`
			PaymentIntent json.RawMessage   `json:"payment_intent"`
			Metadata      map[string]string `json:"metadata"`
		} `json:"object"`
	} `json:"data"`
}

func parse(body []byte) (module.Event, error) {
	var m message
	if err := json.Unmarshal(body, &m); err != nil || m.Object != "event" || m.ID == "" || m.Type == "" {
		return module.Event{}, &module.Error{Class: module.Refused, Code: "invalid_event", Detail: "The message is signed, but is no event of Stripe's API v1."}
	}
	e := module.Event{ID: m.ID, Type: m.Type}
	o := m.Data.Object
	own, _, _ := strings.Cut(m.Type, ".")
	switch own {
	case "payment_intent", "setup_intent":
		e.Payment = lookup(o.ID, o.Metadata[attemptKey])
	case "checkout": // checkout.session.*
		e.Payment = lookup(o.ID, o.Metadata[attemptKey])
	case "charge":
		// A charge has its intent's metadata; a refund or a dispute of one (charge.refund.updated) has its own.
		attempt := ""
		if strings.Count(m.Type, ".") == 1 {
			attempt = o.Metadata[attemptKey]
		}
		e.Payment = lookup(reference(o.PaymentIntent), attempt)
	case "refund":
		e.Payment = lookup(reference(o.PaymentIntent), "")
	}
	return e, nil
}

// lookup names a payment, nil if the object is none of ours: a charge without an intent, say.
func lookup(reference, attempt string) *module.PaymentLookup {
	if !isIntent(reference) && !isSetup(reference) && !isSession(reference) {
		return nil
	}
	return &module.PaymentLookup{Reference: reference, Attempt: attempt}
}

// reference is an intent's number, whether the event holds it alone or the whole object.
func reference(raw json.RawMessage) string {
	var id string
	if json.Unmarshal(raw, &id) == nil {
		return id
	}
	var whole struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(raw, &whole)
	return whole.ID
}
