package exchange_test

import (
	"slices"
	"testing"

	"github.com/hanse-commerce/hanse/internal/exchange"
)

func sorted(s []string) []string { slices.Sort(s); return s }

func TestPartnerSettings(t *testing.T) {
	got, err := exchange.ParseSettings([]byte(`{"priceList":"BASE","decimalMark":","}`))
	want := exchange.PartnerSettings{PriceList: "BASE", DecimalMark: ",", Unit: "C62", Currency: "EUR", DuplicateHours: 12}
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{`{"pricelist_":1}`, `{"decimalMark":";"}`, `{"duplicateHours":-1}`, `[]`, `{} {}`, `x`} {
		if s, err := exchange.ParseSettings([]byte(bad)); err == nil {
			t.Errorf("%s is taken as %+v", bad, s)
		}
	}
}
