package stripe_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

func TestFaultsHaveTheirClass(t *testing.T) {
	g := start(t, stripesim.Config{})
	for _, c := range []struct {
		name, trick string
		settings    map[string]any
		class       module.Class
		code        string
		after       time.Duration
	}{
		{"a wrong key", `{}`, map[string]any{"secretKey": "sk_test_notOfThisAccount"}, module.Unauthorized, "secret_key_refused", 0},
		{"a publishable key", `{}`, map[string]any{"secretKey": "pk_test_simulator"}, module.Unauthorized, "secret_key_refused", 0},
		{"too many calls", `{"fail":{"times":1,"status":429}}`, nil, module.RateLimited, "rate_limit", time.Second},
		{"Stripe fails", `{"fail":{"times":1,"status":503}}`, nil, module.Intermittent, "api_error", 0},
		{"nobody there", `{}`, map[string]any{"apiBase": "http://127.0.0.1:1"}, module.Connection, "stripe_unreachable", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request(t, "12.00", g.card("pm_card_visa")(t))
			channel := g.channel(t, c.settings)
			g.control(t, c.trick)
			_, err := stripe.New().Pay(t.Context(), channel, r)
			var e *module.Error
			if !errors.As(err, &e) || e.Class != c.class || e.Code != c.code || e.RetryAfter != c.after {
				t.Fatalf("got %#v; want class %s, code %s, after %s", err, c.class, c.code, c.after)
			}
			if strings.Contains(err.Error(), channel.Settings["secretKey"]) || strings.Contains(err.Error(), "****") {
				t.Errorf("the error has a part of the key: %v", err)
			}
		})
	}
}

func TestWhatIsNotStripeIsNamed(t *testing.T) {
	for status, class := range map[int]module.Class{http.StatusBadGateway: module.Intermittent, http.StatusNotFound: module.Invalid} {
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", status) }))
		c := hooked(t, signing)
		c.Settings["apiBase"] = other.URL
		_, err := stripe.New().Look(t.Context(), c, module.PaymentLookup{Reference: "pi_1"})
		other.Close()
		var e *module.Error
		if !errors.As(err, &e) || e.Class != class || !strings.Contains(err.Error(), "apiBase") {
			t.Errorf("status %d gave %v; want class %s and the setting apiBase", status, err, class)
		}
	}
}

// TestKeptFailures: Stripe gives the failure of a step again for a day, to the same key.
func TestKeptFailures(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, nil)
	for _, trick := range []string{`"executing":true`, `"done":true`} {
		r := request(t, "80.00", g.card("pm_card_visa")(t))
		fail := func(path string) { g.control(t, `{"fail":{"times":1,"status":500,`+trick+`,"path":"`+path+`"}}`) }
		fail("/v1/payment_intents")
		var e *module.Error
		if _, err := stripe.New().Pay(t.Context(), c, r); !errors.As(err, &e) || e.Class != module.Intermittent {
			t.Fatalf("got %v; want class intermittent", err)
		}
		s, err := stripe.New().Pay(t.Context(), c, r)
		if err != nil || s.Status != module.PaymentAuthorized {
			t.Fatalf("asked again, got %+v, %v", s, err)
		}
		step := module.PaymentRequest{Action: module.Capture, Attempt: moduletest.Attempt(), Reference: s.Reference, Amount: euros(t, "30.00")}
		fail("/v1/payment_intents/" + s.Reference + "/capture")
		if _, err := stripe.New().Pay(t.Context(), c, step); !errors.As(err, &e) || e.Class != module.Intermittent {
			t.Fatalf("got %v; want class intermittent", err)
		}
		for range 2 {
			if s, err = stripe.New().Pay(t.Context(), c, step); err != nil || s.Captured.String() != "30.00 EUR" {
				t.Errorf("asked again, got %+v, %v; want 30.00 EUR captured", s, err)
			}
		}
		refund := module.PaymentRequest{Action: module.Refund, Attempt: moduletest.Attempt(), Reference: s.Reference, Amount: euros(t, "5.00")}
		fail("/v1/refunds")
		if _, err := stripe.New().Pay(t.Context(), c, refund); !errors.As(err, &e) || e.Class != module.Intermittent {
			t.Fatalf("got %v; want class intermittent", err)
		}
		if s, err = stripe.New().Pay(t.Context(), c, refund); err != nil || s.Refunded.String() != "5.00 EUR" {
			t.Errorf("asked again, got %+v, %v; want 5.00 EUR refunded", s, err)
		}
	}
}

// TestAnOldAttemptIsLookedForFirst: Stripe may have forgotten its key.
func TestAnOldAttemptIsLookedForFirst(t *testing.T) {
	yesterday := time.Now().Add(-30 * time.Hour)
	g := start(t, stripesim.Config{Clock: func() time.Time { return yesterday }})
	c := g.channel(t, nil)
	id := uuid.Must(uuid.NewV7())
	for i := range 6 {
		id[i] = byte(yesterday.UnixMilli() >> (8 * (5 - i)))
	}
	r := request(t, "10.00", g.card("pm_card_visa")(t))
	r.Attempt = id.String()
	first, err := stripe.New().Pay(t.Context(), c, r)
	if err != nil {
		t.Fatal(err)
	}
	r.Token = g.card("pm_card_visa")(t) // under the same key this would be refused
	again, err := stripe.New().Pay(t.Context(), c, r)
	if err != nil || again.Reference != first.Reference {
		t.Errorf("got %+v, %v; want the payment %s", again, err, first.Reference)
	}
}

func TestTheSameAttemptWithOtherWordsIsOurMistake(t *testing.T) {
	g := start(t, stripesim.Config{})
	r := request(t, "10.00", g.card("pm_card_visa")(t))
	if _, err := stripe.New().Pay(t.Context(), g.channel(t, nil), r); err != nil {
		t.Fatal(err)
	}
	r.Amount = euros(t, "11.00")
	_, err := stripe.New().Pay(t.Context(), g.channel(t, nil), r)
	var e *module.Error
	if !errors.As(err, &e) || e.Class != module.Invalid || e.Code != "idempotency_error" {
		t.Errorf("got %v; want it invalid", err)
	}
}

func TestADeadlineIsKept(t *testing.T) {
	g := start(t, stripesim.Config{})
	r := request(t, "10.00", g.card("pm_card_visa")(t))
	g.control(t, `{"slow":{"times":1,"ms":1500}}`)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := stripe.New().Pay(ctx, g.channel(t, nil), r)
	var e *module.Error
	if !errors.As(err, &e) || e.Class != module.Connection {
		t.Errorf("got %v; want class connection", err)
	}
}

func TestWhatHappensAtStripesOwnScreens(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, nil)
	const key = "sk_test_simulator"
	s, err := stripe.New().Pay(t.Context(), c, request(t, "90.00", g.card("pm_card_visa")(t)))
	if err != nil {
		t.Fatal(err)
	}
	ours := module.PaymentRequest{Action: module.Capture, Attempt: moduletest.Attempt(), Reference: s.Reference, Amount: euros(t, "20.00")}
	if _, err := stripe.New().Pay(t.Context(), c, ours); err != nil {
		t.Fatal(err)
	}
	post(t, g.URL+"/v1/payment_intents/"+s.Reference+"/capture", key, url.Values{"amount_to_capture": {"5000"}})
	for range 12 { // more than a list within an object holds
		post(t, g.URL+"/v1/refunds", key, url.Values{"payment_intent": {s.Reference}, "amount": {"100"}})
	}
	s, err = stripe.New().Look(t.Context(), c, module.PaymentLookup{Reference: s.Reference})
	if err != nil || s.Status != module.PaymentCaptured || s.Captured.String() != "70.00 EUR" || s.Refunded.String() != "12.00 EUR" {
		t.Fatalf("got %+v, %v", s, err)
	}
	if len(s.Done) != 14 || s.Done[0].Attempt != ours.Attempt || s.Done[1].Attempt != "" || s.Done[1].Amount.String() != "50.00 EUR" || s.Done[13].Amount.String() != "1.00 EUR" {
		t.Errorf("the steps are %+v", s.Done)
	}
	g.control(t, `{"failRefund":"`+s.Done[5].Step+`"}`)
	s, err = stripe.New().Look(t.Context(), c, module.PaymentLookup{Reference: s.Reference})
	if err != nil || s.Refunded.String() != "11.00 EUR" || !s.Done[5].Failed {
		t.Errorf("after a refund came back: %+v, %v", s, err)
	}
}

func TestARefundThatFails(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, map[string]any{"capture": "order"})
	s, err := stripe.New().Pay(t.Context(), c, request(t, "90.00", g.card("pm_card_refundFail")(t)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = stripe.New().Pay(t.Context(), c, module.PaymentRequest{Action: module.Refund, Attempt: moduletest.Attempt(), Reference: s.Reference, Amount: euros(t, "90.00")})
	var e *module.Error
	if !errors.As(err, &e) || e.Class != module.Refused || e.Code != "refund_failed" {
		t.Errorf("got %v; want it refused", err)
	}
}

func TestTimeRunsOut(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, nil)
	s, err := stripe.New().Pay(t.Context(), c, request(t, "90.00", g.card("pm_card_visa")(t)))
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(s.CaptureBefore); left < 6*24*time.Hour || left > 8*24*time.Hour {
		t.Errorf("the money is reserved for %s", left)
	}
	page, err := stripe.New().Pay(t.Context(), c, request(t, "90.00", ""))
	if err != nil {
		t.Fatal(err)
	}
	for reference, want := range map[string]module.PaymentStatus{s.Reference: module.PaymentExpired, page.Reference: module.PaymentFailed} {
		g.control(t, `{"expire":"`+reference+`"}`)
		got, err := stripe.New().Look(t.Context(), c, module.PaymentLookup{Reference: reference})
		if err != nil || got.Status != want || want == module.PaymentFailed && got.Code != "abandoned" || got.NextURL != "" {
			t.Errorf("got %+v, %v; want %s", got, err, want)
		}
	}
}

// TestNoCardDataIsKept searches all that the simulator shows for a card's number.
func TestNoCardDataIsKept(t *testing.T) {
	g := start(t, stripesim.Config{})
	s, err := stripe.New().Pay(t.Context(), g.channel(t, nil), request(t, "90.00", ""))
	if err != nil {
		t.Fatal(err)
	}
	g.payHosted(t, s.NextURL)
	state := g.control(t, `{}`)
	if !json.Valid([]byte(state)) || strings.Contains(state, "4242424242424242") || strings.Contains(state, "4242 4242") {
		t.Errorf("the state has the card's number, or is no JSON: %s", state)
	}
}

func TestASpentTokenIsAskedForAgain(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, nil)
	r := request(t, "10.00", g.card("pm_card_visa")(t))
	if _, err := stripe.New().Pay(t.Context(), c, r); err != nil {
		t.Fatal(err)
	}
	r.Attempt = moduletest.Attempt()
	_, err := stripe.New().Pay(t.Context(), c, r)
	var e *module.Error
	if !errors.As(err, &e) || e.Class != module.Refused || e.Code != "token_unusable" {
		t.Errorf("got %v; want it refused", err)
	}
}

// TestOnlyWhatIsNeededIsSaid: the library would tell of the machine.
func TestOnlyWhatIsNeededIsSaid(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, nil)
	var headers []http.Header
	c.HTTP.Transport = tap(func(r *http.Request) { headers = append(headers, r.Header) })
	if _, err := stripe.New().Pay(t.Context(), c, request(t, "10.00", g.card("pm_card_visa")(t))); err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		for name := range h {
			switch name {
			case "Authorization", "Content-Type", "Stripe-Version", "User-Agent", "Idempotency-Key":
			default:
				t.Errorf("the header %s was sent: %s", name, h[name])
			}
		}
		if h.Get("Stripe-Version") == "" || h.Get("User-Agent") != "Hanse stripe-go/v85" {
			t.Errorf("the headers are %v", h)
		}
	}
	if len(headers) == 0 {
		t.Error("nothing was sent")
	}
}

// tap sees requests on their way.
type tap func(*http.Request)

func (see tap) RoundTrip(r *http.Request) (*http.Response, error) {
	see(r)
	return http.DefaultTransport.RoundTrip(r)
}
