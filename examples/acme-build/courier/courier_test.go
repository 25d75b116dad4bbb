package courier_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"example.com/acme/build/courier"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/money"
)

var settings = map[string]any{"table": []any{
	map[string]any{"upTo": "30", "amount": "19.90"},
	map[string]any{"upTo": "5", "amount": "4.90"},
}}

func parcels(weights ...string) (all []module.Parcel) {
	for _, w := range weights {
		all = append(all, module.Parcel{Weight: decimal.RequireFromString(w)})
	}
	return all
}

func request(country string, p []module.Parcel) module.RateRequest {
	return module.RateRequest{To: module.Place{Country: country}, Subtotal: money.Of(decimal.NewFromInt(100), "EUR"), Parcels: p}
}

func TestShipping(t *testing.T) {
	moduletest.Shipping(t, moduletest.ShippingCase{Module: courier.Module{}, Settings: settings, Request: request("DE", parcels("1", "2.5"))})
}

func TestTable(t *testing.T) {
	for name, c := range map[string]struct {
		request module.RateRequest
		want    string // "" is none
	}{
		"light":     {request("DE", parcels("5")), "4.90 EUR"},
		"heavier":   {request("DE", parcels("5.001")), "19.90 EUR"},
		"several":   {request("DE", parcels("1", "1", "30")), "29.70 EUR"},
		"too heavy": {request("DE", parcels("30.5")), ""},
		"abroad":    {request("FR", parcels("1")), ""},
	} {
		rates, err := courier.Module{}.Rates(t.Context(), moduletest.Channel(t, courier.Module{}, settings), c.request)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(rates) == 1 {
			got = rates[0].Amount.String()
		}
		if got != c.want {
			t.Errorf("%s: %v, not %q", name, rates, c.want)
		}
	}
}
