package stripesim_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

func TestKeysAreReplayed(t *testing.T) {
	c, server := open(t, stripesim.Config{})
	header := http.Header{"Idempotency-Key": {"k1"}}
	const place, key = "/v1/payment_intents", "sk_test_simulator"
	for _, step := range []struct{ key, body string }{{"k1", "amount=100&currency=eur"}, {"k2", "amount=100&currency=eur&confirm=true&payment_method=pm_card_chargeDeclined"}} {
		header.Set("Idempotency-Key", step.key)
		status, first, body := send(t, http.MethodPost, server.URL+place, key, step.body, header)
		again, second, repeated := send(t, http.MethodPost, server.URL+place, key, step.body, header)
		if status != again || body != repeated || first.Get("Idempotent-Replayed") != "" || second.Get("Idempotent-Replayed") != "true" {
			t.Errorf("%s: first %d %s, then %d %s, %v", step.key, status, body, again, repeated, second)
		}
	}
	status, _, body := send(t, http.MethodPost, server.URL+place, key, "amount=200&currency=eur", header)
	if status != http.StatusBadRequest || !strings.Contains(body, `"idempotency_error"`) {
		t.Errorf("another request with the key: %d %s", status, body)
	}
	header.Set("Idempotency-Key", "k3") // what was not begun is not kept
	if status, _, _ = send(t, http.MethodPost, server.URL+place, key, "amount=200&currency=eur&colour=red", header); status != http.StatusBadRequest {
		t.Errorf("an unknown parameter: %d", status)
	}
	if status, _, body = send(t, http.MethodPost, server.URL+place, key, "amount=200&currency=eur", header); status != http.StatusOK {
		t.Errorf("the key of a request that was not begun: %d %s", status, body)
	}
	n := 0
	for range c.V1PaymentIntents.List(t.Context(), nil).All(t.Context()) {
		n++
	}
	if n != 3 {
		t.Errorf("%d intents were made, want 3", n)
	}
}

func TestAKeyInUse(t *testing.T) {
	c, server := open(t, stripesim.Config{})
	i, err := c.V1PaymentIntents.Create(t.Context(), manual("pm_card_visa", 10000))
	if err != nil {
		t.Fatal(err)
	}
	send(t, http.MethodPost, server.URL+"/_control", "", `{"slow":{"times":20,"ms":5}}`, nil)
	const callers = 10
	var group sync.WaitGroup
	faults := make([]error, callers)
	for n := range callers {
		group.Go(func() {
			p := &stripe.PaymentIntentCaptureParams{AmountToCapture: stripe.Int64(1000), FinalCapture: stripe.Bool(false)}
			p.IdempotencyKey = stripe.String("one")
			_, faults[n] = c.V1PaymentIntents.Capture(t.Context(), i.ID, p)
		})
	}
	group.Wait()
	for _, err := range faults {
		var e *stripe.Error
		if err != nil && (!errors.As(err, &e) || e.HTTPStatusCode != http.StatusConflict) {
			t.Errorf("got %v; want the capture or 409", err)
		}
	}
	if i, err = c.V1PaymentIntents.Retrieve(t.Context(), i.ID, nil); err != nil || i.AmountReceived != 1000 {
		t.Errorf("captured %+v, %v; want it once", i, err)
	}
}
