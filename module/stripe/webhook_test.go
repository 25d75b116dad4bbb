package stripe_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

func hooked(t testing.TB, secrets string) *module.Channel {
	return moduletest.Channel(t, stripe.New(), map[string]any{"publishableKey": "pk_test_x", "secretKey": "sk_test_x", "webhookSecret": secrets})
}

func signedBy(secret string) func([]byte, time.Time) http.Header {
	return func(body []byte, at time.Time) http.Header {
		return http.Header{"Stripe-Signature": {stripesim.Sign(body, secret, at)}}
	}
}

const authorizedEvent = `{"id":"evt_1","object":"event","api_version":"2026-03-25.dahlia","type":"payment_intent.amount_capturable_updated",
	"data":{"object":{"id":"pi_1","object":"payment_intent","metadata":{"attempt":"0196f0c0-0000-7000-8000-000000000001"}}}}`

func TestWebhook(t *testing.T) {
	for _, used := range []string{"whsec_old", "whsec_new"} { // while the secret is exchanged
		moduletest.Webhook(t, moduletest.WebhookCase{Module: stripe.New(), Channel: hooked(t, "whsec_old whsec_new"), Body: []byte(authorizedEvent),
			Event: module.Event{ID: "evt_1", Type: "payment_intent.amount_capturable_updated",
				Payment: &module.PaymentLookup{Reference: "pi_1", Attempt: "0196f0c0-0000-7000-8000-000000000001"}},
			Sign: signedBy(used)})
	}
}

// TestWebhookWithoutSecret: it is the channel that is wrong, not the message, whose sender must not read what to mend.
func TestWebhookWithoutSecret(t *testing.T) {
	body := []byte(authorizedEvent)
	_, err := stripe.New().Receive(hooked(t, ""), module.Notification{Body: body, Header: signedBy("")(body, time.Now()), Received: time.Now()})
	var e *module.Error
	if !errors.As(err, &e) || e.Class != module.Invalid || e.Code != "webhook_secret_missing" {
		t.Errorf("got %#v; want the setting found invalid", err)
	}
}

func TestEventsNameTheirPayment(t *testing.T) {
	c := hooked(t, signing)
	for name, want := range map[string]struct {
		body string
		want *module.PaymentLookup
	}{
		"charge": {`{"type":"charge.captured","data":{"object":{"id":"ch_1","payment_intent":"pi_2","metadata":{"attempt":"a"}}}}`,
			&module.PaymentLookup{Reference: "pi_2", Attempt: "a"}},
		"refund": {`{"type":"refund.created","data":{"object":{"id":"re_1","payment_intent":"pi_2","metadata":{"attempt":"of the refund"}}}}`,
			&module.PaymentLookup{Reference: "pi_2"}},
		"refund of a charge": {`{"type":"charge.refund.updated","data":{"object":{"id":"re_1","payment_intent":"pi_2","metadata":{"attempt":"of the refund"}}}}`,
			&module.PaymentLookup{Reference: "pi_2"}},
		"expanded": {`{"type":"charge.refunded","data":{"object":{"id":"ch_1","payment_intent":{"id":"pi_2"}}}}`,
			&module.PaymentLookup{Reference: "pi_2"}},
		"page":               {`{"type":"checkout.session.completed","data":{"object":{"id":"cs_1","metadata":{"attempt":"a"}}}}`, &module.PaymentLookup{Reference: "cs_1", Attempt: "a"}},
		"check":              {`{"type":"setup_intent.succeeded","data":{"object":{"id":"seti_1","metadata":{"attempt":"a"}}}}`, &module.PaymentLookup{Reference: "seti_1", Attempt: "a"}},
		"charge on its own":  {`{"type":"charge.succeeded","data":{"object":{"id":"ch_1","payment_intent":null}}}`, nil},
		"something else":     {`{"type":"payout.paid","data":{"object":{"id":"po_1"}}}`, nil},
		"without any object": {`{"type":"payment_intent.succeeded"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte(`{"id":"evt_1","object":"event",` + want.body[1:])
			e, err := stripe.New().Receive(c, module.Notification{Body: body, Header: signedBy(signing)(body, time.Now()), Received: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want.want, e.Payment); d != "" {
				t.Error(d)
			}
		})
	}
}

// FuzzReceive: whatever comes, it is an event that was signed, or an error of class refused.
func FuzzReceive(f *testing.F) {
	c := hooked(f, signing)
	now := time.Unix(1796083200, 0)
	good := []byte(authorizedEvent)
	f.Add(good, stripesim.Sign(good, signing, now), true)
	f.Add([]byte(`{"id":1,"data":[]}`), "t=1,v1=00", true)
	f.Add([]byte("[]"), "t=,v1=,v0=ff,,=", false)
	f.Add([]byte(`{"id":"evt","object":"event","type":"charge.x","data":{"object":{"payment_intent":{"id":5}}}}`), "", true)
	f.Fuzz(func(t *testing.T, body []byte, header string, sign bool) {
		_, signature, _ := strings.Cut(stripesim.Sign(body, signing, now), "v1=")
		genuine := strings.Contains(strings.ToLower(header), signature) // in whatever case of its digits
		if sign {
			header, genuine = stripesim.Sign(body, signing, now), true
		}
		e, err := stripe.New().Receive(c, module.Notification{Body: body, Header: http.Header{"Stripe-Signature": {header}}, Received: now})
		var refused *module.Error
		switch {
		case err == nil && (!genuine || e.ID == "" || e.Type == ""):
			t.Errorf("%q with %q gave %+v", body, header, e)
		case err != nil && (!errors.As(err, &refused) || refused.Class != module.Refused || e.ID != ""):
			t.Errorf("%q with %q gave %+v and %v", body, header, e, err)
		}
	})
}
