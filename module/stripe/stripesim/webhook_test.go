package stripesim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// heard is a message that the endpoint got.
type heard struct {
	event stripe.Event
	err   error
}

// endpoint gives the messages that arrive; the first ones it fails.
func endpoint(t *testing.T, failures int) (string, <-chan heard) {
	t.Helper()
	messages := make(chan heard, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if failures > 0 {
			failures--
			http.Error(w, "not now", http.StatusInternalServerError)
			return
		}
		e, err := webhook.ConstructEvent(body, r.Header.Get("Stripe-Signature"), "whsec_test")
		if err != nil {
			_ = json.Unmarshal(body, &e)
		}
		messages <- heard{e, err}
	}))
	t.Cleanup(server.Close)
	return server.URL, messages
}

func next(t *testing.T, messages <-chan heard) heard {
	t.Helper()
	select {
	case m := <-messages:
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("no message came")
		return heard{}
	}
}

func names(t *testing.T, messages <-chan heard, n int) (list []string) {
	t.Helper()
	for range n {
		list = append(list, string(next(t, messages).event.Type))
	}
	return list
}

var authorization = []string{"payment_intent.created", "charge.succeeded", "payment_intent.amount_capturable_updated"}

func TestWebhooksAreSignedAndSentAgain(t *testing.T) {
	url, messages := endpoint(t, 2)
	c, server := open(t, stripesim.Config{WebhookURL: url, WebhookSecret: "whsec_test", RetryPause: time.Millisecond})
	i, err := c.V1PaymentIntents.Create(t.Context(), manual("pm_card_visa", 10000))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for range 3 {
		m := next(t, messages)
		if m.err != nil {
			t.Fatal(m.err)
		}
		if m.event.APIVersion != stripe.APIVersion || m.event.Livemode {
			t.Errorf("%+v", m.event)
		}
		seen[string(m.event.Type)] = m.event.ID
	}
	if len(seen) != 3 {
		t.Errorf("the events are %v", seen)
	}
	send(t, http.MethodPost, server.URL+"/_control", "", `{"resend":"`+seen["charge.succeeded"]+`"}`, nil)
	if m := next(t, messages); m.event.ID != seen["charge.succeeded"] || m.event.Data.Object["payment_intent"] != i.ID {
		t.Errorf("sent again was %+v", m.event)
	}
}

func TestWebhooksMisbehaveOnPurpose(t *testing.T) {
	url, messages := endpoint(t, 0)
	c, server := open(t, stripesim.Config{WebhookURL: url, WebhookSecret: "whsec_test", RetryPause: time.Millisecond})
	pay := func(mode string) {
		t.Helper()
		if status, _, body := send(t, http.MethodPost, server.URL+"/_control", "", mode, nil); status != http.StatusOK {
			t.Fatal(body)
		}
		if _, err := c.V1PaymentIntents.Create(t.Context(), manual("pm_card_visa", 10000)); err != nil {
			t.Fatal(err)
		}
	}
	pay(`{"webhooks":"reversed"}`)
	reversed := slices.Clone(authorization)
	slices.Reverse(reversed)
	if got := names(t, messages, 3); !slices.Equal(got, reversed) {
		t.Errorf("reversed: %v", got)
	}
	pay(`{"webhooks":"doubled"}`)
	if got := names(t, messages, 6); got[0] != got[1] || got[4] != got[5] {
		t.Errorf("doubled: %v", got)
	}
	begun := time.Now()
	pay(`{"webhooks":"delayed","delayMs":200}`)
	if got := names(t, messages, 3); time.Since(begun) < 200*time.Millisecond {
		t.Errorf("delayed: %v after %s", got, time.Since(begun))
	}
	pay(`{"webhooks":"off"}`)
	pay(`{"webhooks":"badSignature"}`)
	if m := next(t, messages); m.err == nil {
		t.Errorf("badSignature: %+v is signed well", m.event)
	}
	names(t, messages, 2)
	send(t, http.MethodPost, server.URL+"/_control", "", `{"webhooks":"on"}`, nil)
	select {
	case m := <-messages:
		t.Errorf("%s came although webhooks were off", m.event.Type)
	default:
	}
	if status, _, body := send(t, http.MethodPost, server.URL+"/_control", "", `{"webhooks":"sometimes"}`, nil); status != http.StatusBadRequest {
		t.Errorf("an unknown mode: %d %s", status, body)
	}
	if _, _, body := send(t, http.MethodGet, server.URL+"/_control", "", "", nil); strings.Count(body, `"status": "requires_capture"`) != 5 || !strings.Contains(body, `"reserved": 50000`) {
		t.Errorf("the state is %s", body)
	}
}

// Every capture tells of the charge and of what is left; the last one, be it of nothing, of the end, too.
func TestWhatCapturesTell(t *testing.T) {
	url, messages := endpoint(t, 0)
	c, _ := open(t, stripesim.Config{WebhookURL: url, WebhookSecret: "whsec_test"})
	i, err := c.V1PaymentIntents.Create(t.Context(), manual("pm_card_visa", 10000))
	if err != nil {
		t.Fatal(err)
	}
	names(t, messages, len(authorization))
	each := []string{"charge.updated", "payment_intent.amount_capturable_updated"}
	for _, capture := range []struct {
		amount int64
		final  bool
		want   []string
	}{{3000, false, each}, {0, true, []string{"charge.captured", each[0], each[1], "payment_intent.succeeded"}}} {
		if _, err := c.V1PaymentIntents.Capture(t.Context(), i.ID, &stripe.PaymentIntentCaptureParams{AmountToCapture: &capture.amount, FinalCapture: &capture.final}); err != nil {
			t.Fatal(err)
		}
		if got := names(t, messages, len(capture.want)); !slices.Equal(got, capture.want) {
			t.Errorf("a capture of %d tells %v, want %v", capture.amount, got, capture.want)
		}
	}
}
