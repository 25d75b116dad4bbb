package fedex

import (
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// TestShipDates: whatever day parcels are to leave, and at whatever hour of the day it is asked, FedEx does not refuse the day.
func TestShipDates(t *testing.T) {
	sim, m, c := account(t)
	for ahead := -3; ahead <= 20; ahead++ {
		r := abroad("EUR")
		r.Ship = time.Now().AddDate(0, 0, ahead)
		if _, err := m.Rates(t.Context(), c, r); err != nil {
			t.Errorf("%d days ahead: %v", ahead, err)
		}
	}
	if n := sim.State().Refused; n != 0 {
		t.Errorf("FedEx refused %d", n)
	}
	night := time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC) // in Hamburg it is the 25th
	for text, want := range map[string]string{"2026-11-23": "", "2026-11-24": "", "2026-11-25": "2026-11-25", "2026-12-03": "2026-12-03", "2026-12-04": ""} {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := shipDate(day, night); got != want {
			t.Errorf("%s: %q is told, not %q", text, got, want)
		}
	}
	if got := shipDate(time.Time{}, night); got != "" {
		t.Errorf("no day is told as %q", got)
	}
}

func TestRegions(t *testing.T) {
	for _, c := range []struct{ country, region, want string }{
		{"US", "US-CO", "CO"}, {"US", "CO", "CO"}, {"US", "Colorado", ""}, {"CA", "CA-BC", "BC"}, {"PR", "PR", "PR"}, {"DE", "DE-BY", ""}, {"IT", "RM", ""},
	} {
		if got := addressOf(module.Place{Country: c.country, Region: c.region}).Region; got != c.want {
			t.Errorf("%s %q: %q, not %q", c.country, c.region, got, c.want)
		}
	}
}

// TestCurrencies: FedEx's codes are read as well as written.
func TestCurrencies(t *testing.T) {
	for iso, own := range map[string]string{"GBP": "UKL", "UYU": "UYP", "EUR": "EUR", "CHF": "SFR"} {
		if toFedEx(iso) != own || toISO(own) != iso || toISO(iso) != iso {
			t.Errorf("%s is %s, and back %s", iso, toFedEx(iso), toISO(own))
		}
	}
}
