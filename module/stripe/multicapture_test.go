package stripe_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// Stripe refuses the whole payment to an account that may not ask for captures in parts: such an account gets payments that
// are captured once, and everything else holds.
func TestPaymentOfAnAccountWithoutCardFeatures(t *testing.T) {
	g := start(t, stripesim.Config{})
	g.control(t, `{"cardFeatures":false}`)
	channel := g.channel(t, nil)
	line := &losing{does: true}
	channel.HTTP.Transport = line
	c := g.payments(channel)
	c.Several, c.Lose = false, func(testing.TB) { line.n.Store(1) }
	moduletest.Payment(t, c)
}

// losing breaks the nth answer to a POST on its way; what was done stays done.
type losing struct {
	n    atomic.Int64
	does bool // answers that say that nothing was done are not counted
}

func (l *losing) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && r.Method == http.MethodPost && !(l.does && response.StatusCode == http.StatusBadRequest) {
		if l.n.Add(-1) == 0 {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			return nil, errors.New("the connection broke")
		}
	}
	return response, err
}

// The answer to the refused request, or to the one without captures in parts, is lost: the attempt makes one payment, also
// when the account gets the features in between.
func TestAnAttemptWithoutCardFeaturesIsRepeated(t *testing.T) {
	for _, way := range []string{"payment_intents", "checkout/sessions"} {
		for n := int64(1); n <= 2; n++ {
			for _, granted := range []string{`{}`, `{"cardFeatures":true}`} {
				g := start(t, stripesim.Config{})
				g.control(t, `{"cardFeatures":false}`)
				c := g.channel(t, nil)
				line := &losing{}
				line.n.Store(n)
				c.HTTP.Transport = line
				r := request(t, "50.00", "")
				want := module.PaymentRequiresAction
				if way == "payment_intents" {
					r.Token, want = g.card("pm_card_visa")(t), module.PaymentAuthorized
				}
				var e *module.Error
				if _, err := stripe.New().Pay(t.Context(), c, r); !errors.As(err, &e) || e.Class != module.Connection {
					t.Fatalf("%s, answer %d lost: %v", way, n, err)
				}
				g.control(t, granted)
				first, err := stripe.New().Pay(t.Context(), c, r)
				if err != nil || first.Status != want {
					t.Fatalf("%s, answer %d lost, then %s: %+v, %v", way, n, granted, first, err)
				}
				again, err := stripe.New().Pay(t.Context(), c, r)
				if err != nil || again.Reference != first.Reference || again.CapturesOnce != first.CapturesOnce {
					t.Errorf("%s: asked again, got %+v, %v; want %s", way, again, err, first.Reference)
				}
				found, err := stripe.New().Look(t.Context(), c, module.PaymentLookup{Attempt: r.Attempt})
				if err != nil || found.Reference != first.Reference {
					t.Errorf("%s: looked for, got %+v, %v; want %s", way, found, err, first.Reference)
				}
				if way == "payment_intents" && !first.CapturesOnce {
					t.Errorf("%+v can be captured in parts, though the account may not", first)
				}
				if made := strings.Count(g.control(t, `{}`), `"attempt": "`+r.Attempt); made != 1 {
					t.Errorf("%s, answer %d lost, then %s: %d payments were made, want 1", way, n, granted, made)
				}
			}
		}
	}
}

// Only that refusal is answered by a second request.
func TestAnotherRefusalIsNotAskedAgain(t *testing.T) {
	g := start(t, stripesim.Config{})
	c := g.channel(t, nil)
	sent := 0
	c.HTTP.Transport = tap(func(r *http.Request) {
		if r.Method == http.MethodPost {
			sent++
		}
	})
	var e *module.Error
	if _, err := stripe.New().Pay(t.Context(), c, request(t, "0.10", g.card("pm_card_visa")(t))); !errors.As(err, &e) || e.Code != "amount_too_small" || sent != 1 {
		t.Errorf("%d requests, %v", sent, err)
	}
}
