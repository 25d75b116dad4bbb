package pickup_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/pickup"
	"github.com/hanse-commerce/hanse/money"
)

var places = map[string]any{"places": []any{
	map[string]any{"code": "HAM", "name": "Main warehouse", "street": "Kai 1", "postalCode": "20457", "city": "Hamburg", "hours": "Mo-Fr 7-17"},
	map[string]any{"code": "M", "name": "Depot South"},
}}

func TestShipping(t *testing.T) {
	moduletest.Shipping(t, moduletest.ShippingCase{Module: pickup.New(), Settings: places, Request: module.RateRequest{
		Subtotal: money.Of(decimal.NewFromInt(10), "EUR"), Parcels: []module.Parcel{{Weight: decimal.NewFromInt(500)}}}})
}

func TestPlaces(t *testing.T) {
	s, err := module.ParseSettings(pickup.Settings(), places)
	if err != nil {
		t.Fatal(err)
	}
	if !pickup.New().ShippingTraits(s).PickUp {
		t.Error("an address would be asked for")
	}
	rates, err := pickup.New().Rates(t.Context(), &module.Channel{Settings: s}, module.RateRequest{Subtotal: money.Of(decimal.NewFromInt(10), "EUR")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rates {
		got = append(got, r.Service+": "+r.Name+": "+r.Amount.String())
	}
	want := []string{"HAM: Main warehouse, Kai 1, 20457 Hamburg (Mo-Fr 7-17): 0.00 EUR", "M: Depot South: 0.00 EUR"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestThereMustBeAPlace(t *testing.T) {
	if _, err := module.ParseSettings(pickup.Settings(), nil); err == nil {
		t.Error("a channel without a place was taken")
	}
}
