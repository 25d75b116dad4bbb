package moduletest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

func (s *shippingSuite) traits(t *testing.T) {
	for _, settings := range []module.Settings{s.settings, {}, nil} {
		traits := s.shipping.ShippingTraits(settings)
		if traits.ParcelWeight.IsNegative() {
			t.Errorf("a parcel of %s kg", traits.ParcelWeight)
		}
		if f := traits.Fallback; f != nil && (f.Service == "" || f.Name == "" || f.Amount.Currency == "") {
			t.Errorf("the fallback %+v lacks service, name or currency", *f)
		}
		if link := s.shipping.TrackingURL(settings, ""); link != "" {
			t.Errorf("without a number there is nothing to track, but the link is %s", link)
		}
		_ = s.shipping.TrackingURL(settings, "<a b>&c=d\"'\x00")
	}
	if traits := s.shipping.ShippingTraits(s.settings); traits.Live != (s.Misbehave != nil) {
		t.Errorf("Live is %v; a carrier is asked exactly where Misbehave is given", traits.Live)
	}
}

// rates asks and wants an answer.
func (s *shippingSuite) rates(t *testing.T, r module.RateRequest) []module.Rate {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), shortly)
	defer cancel()
	rates, err := s.shipping.Rates(ctx, s.channel(t, s.settings), r)
	if err != nil {
		t.Fatalf("rates: %v", err)
	}
	return rates
}

func (s *shippingSuite) whole(t *testing.T) {
	rates := s.rates(t, s.Request)
	if len(rates) == 0 {
		t.Fatal("there are no rates")
	}
	live, seen := s.shipping.ShippingTraits(s.settings).Live, map[string]bool{}
	for _, r := range rates {
		switch {
		case r.Service == "" || r.Name == "":
			t.Errorf("%+v lacks the service or its name", r)
		case seen[r.Service]:
			t.Errorf("the service %s is offered twice", r.Service)
		case r.Amount.Currency != s.Request.Subtotal.Currency:
			t.Errorf("%s costs %s in an order of %s", r.Service, r.Amount, s.Request.Subtotal.Currency)
		case r.Amount.Number.IsNegative(), live && r.Amount.Number.IsZero():
			t.Errorf("%s costs %s", r.Service, r.Amount)
		case !r.Amount.Number.Equal(r.Amount.Round().Number):
			t.Errorf("%s costs %s, which is not rounded", r.Service, r.Amount)
		case r.Days < 0 || r.Days > 100:
			t.Errorf("%s takes %d days", r.Service, r.Days)
		}
		seen[r.Service] = true
	}
}

func (s *shippingSuite) stable(t *testing.T) {
	if diff := cmp.Diff(s.rates(t, s.Request), s.rates(t, s.Request)); diff != "" {
		t.Errorf("asked twice: -first +second\n%s", diff)
	}
}

// heavier asks for one and more kilograms in a parcel, then for more parcels.
func (s *shippingSuite) heavier(t *testing.T) {
	before := map[string]money.Amount{}
	ask := func(what string, parcels ...module.Parcel) {
		r := s.Request
		r.Parcels = parcels
		for _, rate := range s.rates(t, r) {
			if was, ok := before[rate.Service]; ok && rate.Amount.Number.LessThan(was.Number) {
				t.Errorf("%s: %s costs %s, and %s for less", what, rate.Service, rate.Amount, was)
			}
			before[rate.Service] = rate.Amount
		}
	}
	for _, kg := range []string{"0.2", "1", "1.001", "7.5", "20"} {
		ask(kg+" kg", module.Parcel{Weight: decimal.RequireFromString(kg)})
	}
	twenty := module.Parcel{Weight: decimal.NewFromInt(20)}
	ask("two parcels", twenty, twenty)
	ask("three parcels", twenty, twenty, module.Parcel{Weight: decimal.NewFromInt(1)})
}

func (s *shippingSuite) manyCallers(t *testing.T) {
	want := s.rates(t, s.Request)
	ctx, cancel := context.WithTimeout(t.Context(), shortly)
	defer cancel()
	c := s.channel(t, s.settings)
	c.Log = slog.New(slog.DiscardHandler) // a buffer is not for many
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			got, err := s.shipping.Rates(ctx, c, s.Request)
			if err != nil {
				t.Errorf("one of many: %v", err)
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("one of many: -want +got\n%s", diff)
			}
		})
	}
	all.Wait()
}

// odd asks what no shop should ask; all that is wanted is an answer or an error, no panic and no waiting.
func (s *shippingSuite) odd(t *testing.T) {
	some := s.Request
	change := func(how func(*module.RateRequest)) module.RateRequest {
		r := some
		how(&r)
		return r
	}
	for name, r := range map[string]module.RateRequest{
		"nothing at all":    {},
		"no parcels":        change(func(r *module.RateRequest) { r.Parcels = nil }),
		"no destination":    change(func(r *module.RateRequest) { r.To = module.Place{} }),
		"no such country":   change(func(r *module.RateRequest) { r.To.Country = "XX" }),
		"no postal code":    change(func(r *module.RateRequest) { r.To.PostalCode = "" }),
		"odd letters":       change(func(r *module.RateRequest) { r.To.City, r.To.Street = "\x00\xff\"}", "😀\n</a>" }),
		"no currency":       change(func(r *module.RateRequest) { r.Subtotal = money.Amount{} }),
		"no such currency":  change(func(r *module.RateRequest) { r.Subtotal.Currency = "XXX" }),
		"no weight":         change(func(r *module.RateRequest) { r.Parcels = []module.Parcel{{}} }),
		"a negative weight": change(func(r *module.RateRequest) { r.Parcels = []module.Parcel{{Weight: decimal.NewFromInt(-3)}} }),
		"too heavy":         change(func(r *module.RateRequest) { r.Parcels = []module.Parcel{{Weight: decimal.New(1, 9)}} }),
		"many parcels":      change(func(r *module.RateRequest) { r.Parcels = make([]module.Parcel, 5000) }),
		"a day long ago":    change(func(r *module.RateRequest) { r.Ship = time.Unix(0, 0) }),
	} {
		for _, settings := range []module.Settings{s.settings, {}, nil} {
			rates, err := s.tried(t, name, settings, r)
			if err != nil && len(rates) > 0 {
				t.Errorf("%s: there are rates beside the error %v", name, err)
			}
			for _, rate := range rates {
				if rate.Amount.Number.IsNegative() {
					t.Errorf("%s: %s costs %s", name, rate.Service, rate.Amount)
				}
			}
		}
	}
}

// tried asks and gives what comes, which no panic may be.
func (s *shippingSuite) tried(t *testing.T, name string, settings module.Settings, r module.RateRequest) (rates []module.Rate, err error) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: panic: %v", name, p)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), shortly)
	defer cancel()
	if rates, err = s.shipping.Rates(ctx, s.channel(t, settings), r); err != nil {
		s.keepsSecrets(t, "the error about "+name, err.Error())
	}
	if ctx.Err() != nil {
		t.Errorf("%s: no answer within %s", name, shortly)
	}
	return rates, err
}
