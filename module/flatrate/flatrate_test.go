package flatrate_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/flatrate"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/money"
)

// request is two parcels of 12.5 kg together.
func request(subtotal, currency, country string) module.RateRequest {
	return module.RateRequest{To: module.Place{Country: country}, Subtotal: money.Of(decimal.RequireFromString(subtotal), currency),
		Parcels: []module.Parcel{{Weight: decimal.NewFromInt(10)}, {Weight: decimal.RequireFromString("2.5")}}}
}

func TestShipping(t *testing.T) {
	for _, per := range []string{"order", "kilogram", "parcel"} {
		t.Run(per, func(t *testing.T) {
			moduletest.Shipping(t, moduletest.ShippingCase{Module: flatrate.New(), Request: request("100", "EUR", "DE"),
				Settings: map[string]any{"amount": "1.999", "per": per}})
		})
	}
}

func TestAmounts(t *testing.T) {
	for name, c := range map[string]struct {
		settings map[string]any
		request  module.RateRequest
		want     string // "" is none
	}{
		"per order":       {map[string]any{"amount": "9.90"}, request("100", "EUR", "DE"), "9.90 EUR"},
		"per kilogram":    {map[string]any{"amount": "0.333", "per": "kilogram"}, request("100", "EUR", "DE"), "4.16 EUR"},
		"per parcel":      {map[string]any{"amount": "4.95", "per": "parcel"}, request("100", "EUR", "DE"), "9.90 EUR"},
		"free":            {map[string]any{"amount": "9.90", "freeFrom": "100"}, request("100.00", "EUR", "DE"), "0.00 EUR"},
		"not yet free":    {map[string]any{"amount": "9.90", "freeFrom": "100"}, request("99.99", "EUR", "DE"), "9.90 EUR"},
		"other currency":  {map[string]any{"amount": "9.90"}, request("100", "USD", "DE"), ""},
		"served country":  {map[string]any{"amount": "9.90", "countries": "DE AT"}, request("100", "EUR", "AT"), "9.90 EUR"},
		"another country": {map[string]any{"amount": "9.90", "countries": "DE AT"}, request("100", "EUR", "FR"), ""},
		"whole yen":       {map[string]any{"amount": "0.1", "currency": "JPY", "per": "kilogram"}, request("100", "JPY", "JP"), "1 JPY"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := module.ParseSettings(flatrate.Settings(), c.settings)
			if err != nil {
				t.Fatal(err)
			}
			rates, err := flatrate.New().Rates(t.Context(), &module.Channel{Settings: s}, c.request)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(rates) == 1 {
				got = rates[0].Amount.String()
			}
			if len(rates) > 1 || got != c.want {
				t.Errorf("rates are %v, not %q", rates, c.want)
			}
		})
	}
}

func TestUnknownWeightIsNotFree(t *testing.T) {
	for _, per := range []string{"kilogram", "parcel"} {
		s, err := module.ParseSettings(flatrate.Settings(), map[string]any{"amount": "9.90", "per": per})
		if err != nil {
			t.Fatal(err)
		}
		r := request("100", "EUR", "DE")
		r.Parcels = nil
		if rates, err := flatrate.New().Rates(t.Context(), &module.Channel{Settings: s}, r); err == nil {
			t.Errorf("per %s: %v for goods whose weight is not known", per, rates)
		}
	}
}
