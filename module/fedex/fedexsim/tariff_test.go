package fedexsim_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/module/fedex/fedexsim"
)

func kg(weights ...string) (all []decimal.Decimal) {
	for _, w := range weights {
		all = append(all, decimal.RequireFromString(w))
	}
	return all
}

func TestTariff(t *testing.T) {
	for name, c := range map[string]struct {
		shipment      fedexsim.Shipment
		service       string
		list, account string // "" is none
		days          int
	}{
		"in town":     {fedexsim.Shipment{FromCountry: "DE", FromPostalCode: "20457", ToCountry: "DE", ToPostalCode: "20095", Weights: kg("1")}, "FEDEX_REGIONAL_ECONOMY", "7.27", "5.09", 1},
		"the country": {fedexsim.Shipment{FromCountry: "DE", FromPostalCode: "20457", ToCountry: "DE", ToPostalCode: "80331", Weights: kg("10", "2.5")}, "FEDEX_PRIORITY", "45.68", "31.98", 1},
		"Europe":      {fedexsim.Shipment{FromCountry: "DE", FromPostalCode: "20457", ToCountry: "FR", ToPostalCode: "75001", Weights: kg("0.5")}, "INTERNATIONAL_ECONOMY", "19.77", "13.84", 3},
		"overseas":    {fedexsim.Shipment{FromCountry: "DE", FromPostalCode: "20457", ToCountry: "US", ToPostalCode: "80202", Weights: kg("30")}, "FEDEX_INTERNATIONAL_PRIORITY", "336.91", "235.84", 2},
		"by truck":    {fedexsim.Shipment{FromCountry: "US", FromPostalCode: "38116", ToCountry: "US", ToPostalCode: "90210", Weights: kg("2.01")}, "FEDEX_GROUND", "11.04", "7.73", 5},
		"no truck":    {fedexsim.Shipment{FromCountry: "DE", FromPostalCode: "20457", ToCountry: "US", ToPostalCode: "80202", Weights: kg("1")}, "FEDEX_GROUND", "", "", 0},
		"nowhere":     {fedexsim.Shipment{FromCountry: "DE", FromPostalCode: "20457", ToCountry: "KP", Weights: kg("1")}, "INTERNATIONAL_ECONOMY", "", "", 0},
	} {
		got, ok := fedexsim.Find(c.shipment, c.service)
		switch {
		case !ok && c.list == "":
		case !ok || got.List.StringFixed(2) != c.list || got.Account.StringFixed(2) != c.account || got.Days != c.days:
			t.Errorf("%s: %s %s, %d days; want %s %s, %d", name, got.List, got.Account, got.Days, c.list, c.account, c.days)
		}
	}
}

// TestTariffGrows: more weight or one more package is never cheaper, and every service takes at least a day.
func TestTariffGrows(t *testing.T) {
	countries := rapid.SampledFrom([]string{"DE", "FR", "US", "CA", "JP", "BR"})
	weight := rapid.Map(rapid.Int64Range(1, 68000), func(grams int64) decimal.Decimal { return decimal.New(grams, -3) })
	rapid.Check(t, func(t *rapid.T) {
		s := fedexsim.Shipment{FromCountry: countries.Draw(t, "from"), ToCountry: countries.Draw(t, "to"), FromPostalCode: "10000",
			ToPostalCode: rapid.StringMatching(`[1-9]\d{4}`).Draw(t, "postal code"), Weights: rapid.SliceOfN(weight, 1, 4).Draw(t, "weights")}
		more := s
		more.Weights = append([]decimal.Decimal{s.Weights[0].Add(weight.Draw(t, "more"))}, s.Weights[1:]...)
		if rapid.Bool().Draw(t, "a package more") {
			more.Weights = append(more.Weights, weight.Draw(t, "package"))
		}
		for _, r := range fedexsim.Rates(s) {
			heavier, ok := fedexsim.Find(more, r.Service)
			if !ok || heavier.List.LessThan(r.List) || heavier.Account.LessThan(r.Account) || !r.Account.IsPositive() || r.Days < 1 || r.Days > 6 {
				t.Fatalf("%+v, and for more %+v", r, heavier)
			}
		}
	})
}
