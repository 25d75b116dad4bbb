package fedex

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/fedex/fedexsim"
	"github.com/hanse-commerce/hanse/money"
)

var update = flag.Bool("update", false, "write golden files anew")

// abroad sends three parcels from Hamburg to Denver.
func abroad(currency string) module.RateRequest {
	return module.RateRequest{
		From: module.Place{Company: "Acme", Street: "Kai 1", Street2: "Tor 3", PostalCode: "20457", City: "Hamburg", Country: "DE"},
		To:   module.Place{Company: "Tools Inc.", Street: "1 Main St", PostalCode: "80202", City: "Denver", Region: "US-CO", Country: "US"},
		Parcels: []module.Parcel{{Weight: decimal.RequireFromString("12.3456")}, {Weight: decimal.NewFromInt(30)},
			{Weight: decimal.RequireFromString("12.35")}},
		Subtotal: money.Of(decimal.RequireFromString("1234.5"), currency), Ship: time.Now().AddDate(0, 0, 1),
	}
}

func TestQuestion(t *testing.T) {
	_, _, c := account(t)
	for name, change := range map[string]func(*module.RateRequest){
		"abroad": func(*module.RateRequest) {},
		"domestic": func(r *module.RateRequest) {
			r.From, r.To = module.Place{Country: "DE"}, module.Place{PostalCode: "80331", City: "München", Region: "BY", Country: "DE"}
		},
		"home": func(r *module.RateRequest) {
			c.Settings["residential"], r.Ship = "true", time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC) // today: not told
		},
	} {
		r := abroad("GBP")
		c.Settings["residential"] = "false"
		r.Ship = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
		change(&r)
		q, err := newQuestion(c.Settings, r, time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.MarshalIndent(q, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		file := "testdata/question_" + name + ".json"
		if *update {
			if err := os.WriteFile(file, append(got, '\n'), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file) // #nosec G304 -- of this repository
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// TestRatesToTheCent: what the module tells is what the tariff says, in the order's currency, with the surcharge and without
// the tax that FedEx would bill.
func TestRatesToTheCent(t *testing.T) {
	for _, currency := range []string{"EUR", "GBP", "USD"} {
		for _, rateType := range []string{"ACCOUNT", "LIST"} {
			for _, to := range []module.Place{{PostalCode: "80202", City: "Denver", Region: "US-CO", Country: "US"}, {PostalCode: "SW1A 1AA", City: "London", Country: "GB"}} {
				_, m, c := account(t)
				c.Settings["rateType"], c.Settings["handlingPercent"] = rateType, "5"
				r := abroad(currency)
				r.To = to
				rates, err := m.Rates(t.Context(), c, r)
				if err != nil {
					t.Fatal(err)
				}
				shipment := fedexsim.Shipment{FromCountry: "DE", FromPostalCode: "20457", ToCountry: to.Country, ToPostalCode: to.PostalCode}
				for _, p := range r.Parcels {
					shipment.Weights = append(shipment.Weights, p.Weight)
				}
				if want := len(fedexsim.Rates(shipment)); len(rates) != want || want < 2 {
					t.Errorf("there are %d rates, not %d", len(rates), want)
				}
				for _, got := range rates {
					asInTheTariff(t, rateType, r, shipment, got)
				}
			}
		}
	}
}

func asInTheTariff(t *testing.T, rateType string, r module.RateRequest, shipment fedexsim.Shipment, got module.Rate) {
	t.Helper()
	currency := r.Subtotal.Currency
	tariff, ok := fedexsim.Find(shipment, got.Service)
	euros := tariff.Account
	if rateType == "LIST" {
		euros = tariff.List
	}
	amount, traded := fedexsim.In(currency, euros)
	want := money.Of(amount.Mul(decimal.RequireFromString("1.05")), currency).Round()
	if !ok || !traded || !got.Amount.Number.Equal(want.Number) || got.Amount.Currency != currency {
		t.Errorf("%s %s: %s, not %s", rateType, got.Service, got.Amount, want)
	}
	if got.Days != tariff.Days || got.Name != tariff.Name || got.Arrives.Before(r.Ship) {
		t.Errorf("%+v is not %+v", got, tariff)
	}
}

func TestTokenIsRenewedOnceOn401(t *testing.T) {
	sim, m, c := account(t)
	ask := func() error { _, err := m.Rates(t.Context(), c, abroad("EUR")); return err }
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	sim.Control(fedexsim.Settings{ExpireTokens: true})
	if err := ask(); err != nil {
		t.Errorf("with a token that ended: %v", err)
	}
	if s := sim.State(); s.Tokens != 2 || s.Quotes != 2 || s.Refused != 1 {
		t.Errorf("the simulator saw %+v", s)
	}
	never := answering(t, 401, `{"errors":[{"code":"NOT.AUTHORIZED.ERROR","message":"no"}]}`)
	var e *module.Error
	if _, err := m.Rates(t.Context(), never, abroad("EUR")); !errors.As(err, &e) || e.Class != module.Unauthorized {
		t.Errorf("where no token is any good: %v", err)
	}
}

func TestNoService(t *testing.T) {
	_, m, c := account(t)
	r := abroad("EUR")
	r.To = module.Place{City: "Havana", PostalCode: "10100", Country: "CU"}
	if rates, err := m.Rates(t.Context(), c, r); err != nil || len(rates) > 0 {
		t.Errorf("rates to where FedEx does not go: %v, %v", rates, err)
	}
}

func TestOrderInACurrencyWithoutRates(t *testing.T) {
	_, m, c := account(t)
	var log bytes.Buffer
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	_, err := m.Rates(t.Context(), c, abroad("AUD"))
	var e *module.Error
	if !errors.As(err, &e) || e.Code != "no_rate_in_currency" || !strings.Contains(err.Error(), "EUR") || !strings.Contains(err.Error(), "AUD") {
		t.Errorf("the error is %v", err)
	}
	if !strings.Contains(log.String(), "PREFERREDCURRENCY.UNAVAILABLE") {
		t.Errorf("FedEx's alert is not in the log: %s", &log)
	}
}

func TestTrackingURL(t *testing.T) {
	m := New()
	for _, c := range [][3]string{
		{"", "7946 4471&x", "https://www.fedex.com/fedextrack/?trknbr=7946+4471%26x"},
		{"http://127.0.0.1:8093/fedextrack/?trknbr={number}", "794644", "http://127.0.0.1:8093/fedextrack/?trknbr=794644"},
		{"javascript:alert({number})", "1", ""},
		{"", " ", ""},
	} {
		if got := m.TrackingURL(module.Settings{"trackingUrl": c[0]}, c[1]); got != c[2] {
			t.Errorf("%q of %q: %q, not %q", c[1], c[0], got, c[2])
		}
	}
}

// TestManyParcels: as many parcels as FedEx takes are asked for, and of more or of more weights FedEx is not asked at all.
func TestManyParcels(t *testing.T) {
	for name, c := range map[string]struct {
		parcels, weights int
		refused          bool
	}{
		"of one weight": {100, 1, false}, "of 99 weights": {100, 99, false}, "of 100 weights": {100, 100, true}, "one more": {101, 1, true},
	} {
		sim, m, channel := account(t)
		r := abroad("EUR")
		r.Parcels = nil
		for i := range c.parcels {
			r.Parcels = append(r.Parcels, module.Parcel{Weight: decimal.New(int64(1000+i%c.weights), -2)})
		}
		rates, err := m.Rates(t.Context(), channel, r)
		var e *module.Error
		switch {
		case c.refused && (!errors.As(err, &e) || e.Class != module.Invalid || e.Code != "too_many_parcels" || sim.State().Calls != 0):
			t.Errorf("%s: %v", name, err)
		case !c.refused && (err != nil || len(rates) == 0):
			t.Errorf("%s: %v", name, err)
		}
	}
}
