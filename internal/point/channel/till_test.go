package channel_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

const deadline = 20 * time.Second

// What must be found nowhere.
const (
	secretKey   = "sk_test_51Hansa/+Kontor=&Lübeck\"x"
	hookSecret  = "whsec_Stecknitz-1398"
	cardNumber  = "4242424242424242"
	cardInParts = "4000 0566 5566 5556"
)

// till is an outside system on loopback that takes payments. It echoes what it should not.
type till struct {
	*httptest.Server
	mu       sync.Mutex
	attempts map[string]int // by idempotency key
	answers  []answer       // what comes next; then it works as it should
	down     atomic.Bool    // every answer is 500
	hold     chan struct{}  // if set, answers wait for it
}

// answer is a scripted answer: a status with headers, or a cut connection (0).
type answer struct {
	status int
	header map[string]string
}

func newTill(t testing.TB) *till {
	s := &till{attempts: map[string]int{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *till) script(answers ...answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, answers...)
}

func (s *till) asked() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.attempts {
		n += k
	}
	return n
}

func (s *till) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.attempts[r.Header.Get("Idempotency-Key")]++
	hold := s.hold
	var next *answer
	if len(s.answers) > 0 {
		next, s.answers = &s.answers[0], s.answers[1:]
	}
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	if s.down.Load() {
		next = &answer{status: http.StatusInternalServerError}
	}
	if next != nil && next.status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Request-Id", "req_1")
	w.Header().Set("Set-Cookie", "session="+hookSecret)
	if next != nil {
		for k, v := range next.header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(next.status)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"id": "pay_1", "client_secret": "pay_1_secret_Zoll", "you_sent": string(body),
		"authorization": r.Header.Get("Authorization"), "card": map[string]any{"number": cardNumber, "cvc": "123"}})
}

// tillModule speaks to a till. It is careless with secrets, as a module should not be.
type tillModule struct{}

func (tillModule) Info() module.Info {
	return module.Info{Name: "till", Title: "Till", Doc: "A till for tests.", Settings: resource.Fields{
		resource.Text("base").Required().Doc("Address of the till."),
		resource.Text("secretKey").Required().WriteOnly().Doc("Key of the till."),
		resource.Text("webhookSecret").WriteOnly().Doc("Key that its messages are signed with."),
		resource.Integer("floor").Default("1").Doc("Floor that the till stands on."),
	}}
}

func (tillModule) PaymentTraits(module.Settings) module.PaymentTraits {
	return module.PaymentTraits{Online: true}
}

func (tillModule) PaymentForm(module.Settings, module.PaymentQuestion) module.PaymentForm {
	return module.PaymentForm{}
}

func (tillModule) Pay(ctx context.Context, c *module.Channel, r module.PaymentRequest) (*module.PaymentState, error) {
	if r.Token == "panic" {
		panic("the till fell over " + c.Settings["secretKey"])
	}
	form := url.Values{"amount": {r.Amount.Number.String()}, "card[number]": {r.Token}, "card[cvc]": {"987"}, "note": {c.Settings["secretKey"]}}
	err := post(ctx, c, r.Attempt, "/v1/payments?api_key="+url.QueryEscape(c.Settings["secretKey"]), form)
	if err != nil {
		return nil, err
	}
	return &module.PaymentState{Status: module.PaymentAuthorized, Reference: "pay_1", Authorized: r.Amount,
		Message: "took " + r.Token + " by " + c.Settings["secretKey"]}, nil
}

func (tillModule) Look(ctx context.Context, c *module.Channel, l module.PaymentLookup) (*module.PaymentState, error) {
	if err := post(ctx, c, l.Attempt, "/v1/look", nil); err != nil {
		return nil, err
	}
	return &module.PaymentState{Status: module.PaymentAuthorized, Reference: l.Reference}, nil
}

func (tillModule) ShippingTraits(module.Settings) module.ShippingTraits {
	return module.ShippingTraits{Live: true}
}

func (tillModule) Rates(ctx context.Context, c *module.Channel, _ module.RateRequest) ([]module.Rate, error) {
	if err := post(context.WithoutCancel(ctx), c, "rates", "/v1/rates", nil); err != nil {
		return nil, err
	}
	amount, _ := money.Parse("5.00", "EUR")
	return []module.Rate{{Service: "CART", Name: "By cart", Amount: amount}}, nil
}

func (tillModule) TrackingURL(s module.Settings, number string) string {
	return s["base"] + "/track/" + number
}

func (tillModule) Receive(c *module.Channel, n module.Notification) (module.Event, error) {
	if n.Header.Get("Signature") != c.Settings["webhookSecret"] || c.Settings["webhookSecret"] == "" {
		return module.Event{}, &module.Error{Class: module.Refused, Code: "invalid_signature", Detail: "The signature is not the till's."}
	}
	if c.Settings["floor"] == "0" {
		return module.Event{}, &module.Error{Class: module.Invalid, Code: "no_floor", Detail: "Set floor to 1; webhookSecret is " + c.Settings["webhookSecret"]}
	}
	var e struct{ ID, Type string }
	if err := json.Unmarshal(n.Body, &e); err != nil {
		return module.Event{}, &module.Error{Class: module.Refused, Code: "invalid_message", Detail: "The message is no JSON."}
	}
	return module.Event{ID: e.ID, Type: e.Type, Payment: &module.PaymentLookup{Reference: "pay_1"}}, nil
}

func (tillModule) Checks() []module.Check {
	return []module.Check{
		{Name: "The till answers", Run: func(ctx context.Context, c *module.Channel) error { return post(ctx, c, "check", "/v1/me", nil) }},
		{Name: "The floor is right", Run: func(_ context.Context, c *module.Channel) error {
			if c.Settings["floor"] != "1" {
				return errors.New("there is no floor " + c.Settings["floor"] + "; set floor to 1, not " + c.Settings["secretKey"])
			}
			return nil
		}},
		{Name: "The drawer is shut", Run: func(context.Context, *module.Channel) error { return nil }},
	}
}

// post sends a form, with every mistake that a module can make with its secrets.
func post(ctx context.Context, c *module.Channel, key, path string, form url.Values) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Settings["base"]+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Idempotency-Key", key)
	r.SetBasicAuth("kontor", c.Settings["secretKey"])
	c.Log.Info("asking the till with "+c.Settings["secretKey"], "address", c.Settings["base"], "key", c.Settings["secretKey"], slog.Group("card", "number", cardNumber))
	answer, err := c.HTTP.Do(r)
	if err != nil {
		return fmt.Errorf("asking the till: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	switch {
	case answer.StatusCode == http.StatusTooManyRequests:
		return &module.Error{Class: module.RateLimited, Code: "slow_down", Detail: "The till wants us to wait", RetryAfter: 10 * time.Millisecond}
	case answer.StatusCode == http.StatusUnauthorized:
		return &module.Error{Class: module.Unauthorized, Code: "bad_key", Detail: "The till does not know the key " + c.Settings["secretKey"]}
	case answer.StatusCode >= 500:
		return &module.Error{Class: module.Intermittent, Code: "down", Detail: "The till is down", Err: errors.New(string(body))}
	case answer.StatusCode >= 300:
		return &module.Error{Class: module.Refused, Code: "declined", Detail: fmt.Sprintf("The till said %d", answer.StatusCode)}
	}
	return nil
}
