package moduletest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// faultVariable names, to this test's own program, what is wrong with the lorry that it tests.
const faultVariable = "MODULETEST_SHIPPING_FAULT"

// lorry is a carrier that asks its dispatcher, who answers with a price for a kilogram. With a fault it does one thing wrong.
type lorry struct{ fault string }

func (lorry) Info() module.Info {
	return module.Info{Name: "lorry", Title: "Lorry", Doc: "Asks the dispatcher.", Settings: resource.Fields{
		resource.Text("dispatcher").Required(), resource.Text("password").Required().WriteOnly()}}
}

func (lorry) ShippingTraits(module.Settings) module.ShippingTraits {
	return module.ShippingTraits{Live: true}
}

func (l lorry) TrackingURL(_ module.Settings, number string) string {
	if number == "" && l.fault != "tracks nothing" {
		return ""
	}
	return "https://example.com/" + number
}

func (l lorry) Rates(ctx context.Context, c *module.Channel, r module.RateRequest) ([]module.Rate, error) {
	body, err := l.ask(ctx, c)
	if err != nil {
		return nil, err
	}
	perKilogram, err := decimal.NewFromString(body)
	if err != nil {
		return nil, &module.Error{Class: module.Intermittent, Code: "malformed", Detail: "the dispatcher speaks in riddles"}
	}
	var weight decimal.Decimal
	for _, p := range r.Parcels {
		weight = weight.Add(p.Weight)
	}
	if !weight.IsPositive() {
		if l.fault == "panics" {
			panic("no weight")
		}
		return nil, nil
	}
	rate := module.Rate{Service: "LORRY", Name: "By lorry", Amount: money.Of(weight.Mul(perKilogram), r.Subtotal.Currency).Round()}
	return l.spoil(rate, r)
}

// spoil makes the fault of the lorry in rates that were good.
func (l lorry) spoil(rate module.Rate, r module.RateRequest) ([]module.Rate, error) {
	switch l.fault {
	case "offers twice":
		return []module.Rate{rate, rate}, nil
	case "changes its mind":
		rate.Amount.Number = rate.Amount.Number.Add(decimal.New(time.Now().UnixNano(), -2))
	case "takes less for more":
		rate.Amount.Number = decimal.NewFromInt(1000).DivRound(rate.Amount.Number, 2)
	case "takes francs":
		rate.Amount.Currency = "CHF"
	case "does not round":
		rate.Amount.Number = rate.Amount.Number.Add(decimal.New(1, -5))
	case "has no name":
		rate.Name = ""
	case "is free":
		rate.Amount.Number = decimal.Zero
	}
	return []module.Rate{rate}, nil
}

func (l lorry) ask(ctx context.Context, c *module.Channel) (string, error) {
	if l.fault == "does not stop" {
		ctx = context.WithoutCancel(ctx)
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Settings["dispatcher"], nil)
	if err != nil {
		return "", &module.Error{Class: module.Invalid, Code: "dispatcher", Detail: "the setting dispatcher is no address"}
	}
	q.SetBasicAuth("shop", c.Settings["password"])
	a, err := c.HTTP.Do(q)
	if err != nil {
		return "", &module.Error{Class: module.Connection, Code: "away", Detail: "the dispatcher is away", Err: err}
	}
	defer func() { _ = a.Body.Close() }()
	body, _ := io.ReadAll(a.Body)
	e := &module.Error{Code: "status", Detail: a.Status}
	switch {
	case a.StatusCode == 200:
		return string(body), nil
	case l.fault == "has plain errors":
		return "", errors.New(a.Status)
	case l.fault == "tells the password":
		e.Detail = c.Settings["password"]
	}
	switch a.StatusCode {
	case 401:
		e.Class = module.Unauthorized
	case 429:
		e.Class, e.RetryAfter = module.RateLimited, time.Second
	default:
		e.Class = module.Intermittent
	}
	if l.fault == "has one class" {
		e.Class = module.Invalid
	}
	return "", e
}

// dispatcher answers lorries.
func dispatcher(t *testing.T) (address string, misbehave func(*testing.T, moduletest.Trouble)) {
	var trouble atomic.Value
	trouble.Store(moduletest.None)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		switch trouble.Load() {
		case moduletest.TooMany:
			w.WriteHeader(http.StatusTooManyRequests)
		case moduletest.Unavailable:
			w.WriteHeader(http.StatusServiceUnavailable)
		case moduletest.Garbled:
			_, _ = io.WriteString(w, "perhaps")
		case moduletest.Hanging:
			select {
			case <-r.Context().Done():
			case <-time.After(2500 * time.Millisecond):
			}
		default:
			if password != "l0rry-pass" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			_, _ = io.WriteString(w, "0.75")
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, func(_ *testing.T, next moduletest.Trouble) { trouble.Store(next) }
}

// TestShippingSuite passes with a good lorry. Run again by the test below, it fails with any other.
func TestShippingSuite(t *testing.T) {
	address, misbehave := dispatcher(t)
	moduletest.Shipping(t, moduletest.ShippingCase{Module: lorry{fault: os.Getenv(faultVariable)}, Misbehave: misbehave,
		Settings: map[string]any{"dispatcher": address, "password": "l0rry-pass"},
		Refused:  map[string]any{"dispatcher": address, "password": "wrong"},
		Request:  module.RateRequest{Parcels: []module.Parcel{{Weight: decimal.NewFromInt(4)}}, Subtotal: money.Of(decimal.NewFromInt(90), "EUR")}})
}

// TestShippingSuiteFindsFaults runs this program again with lorries that do something wrong.
func TestShippingSuiteFindsFaults(t *testing.T) {
	if os.Getenv(faultVariable) != "" {
		t.Skip("this is the program that was run again")
	}
	for fault, found := range map[string]string{
		"offers twice": "offered twice", "changes its mind": "asked twice", "takes less for more": "for less", "takes francs": "in an order of EUR",
		"does not round": "not rounded", "has no name": "lacks the service or its name", "is free": "costs 0.00 EUR", "panics": "panic: no weight",
		"tracks nothing": "nothing to track", "does not stop": "its deadline was", "has plain errors": "is no *module.Error",
		"tells the password": "secret setting password", "has one class": "not unauthorized",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestShippingSuite$", "-test.timeout=60s") // #nosec G204 -- itself
			again.Env = append(os.Environ(), faultVariable+"="+fault)
			out, err := again.CombinedOutput()
			if err == nil || !strings.Contains(string(out), found) {
				t.Errorf("a lorry that %s passes, or nobody says %q: %v\n%s", fault, found, err, out)
			}
		})
	}
}
