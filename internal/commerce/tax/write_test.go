package tax_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Codes, jurisdictions and rules come in by their natural keys, as an ERP or a file sends them.
func TestByKey(t *testing.T) {
	h := commercetest.New(t)
	h.Product("P")
	h.Buyer("1000")
	for _, want := range []record.Outcome{record.Created, record.Unchanged} {
		for _, m := range []struct {
			typeName string
			values   []string
		}{
			{"customerTaxCodes", []string{"code", "1", "name", "Liable"}},
			{"productTaxCodes", []string{"code", "1", "name", "Full"}},
			{"taxJurisdictions", []string{"code", "DE", "name", "Germany", "country", "DE"}},
			{"taxRules", []string{"customerTaxCode", "key:1", "productTaxCode", "key:1", "jurisdiction", "key:DE", "rate", "19", "name", "VAT 19 %"}},
			{"taxRules", []string{"customerTaxCode", "key:1", "productTaxCode", "key:1", "jurisdiction", "key:DE", "validFrom", "2027-01-01",
				"rate", "20.5", "name", "VAT 20.5 %"}},
		} {
			if c := h.Write(h.Caller, record.Upsert, m.typeName, resource.Ref{}, m.values...); c.Outcome != want {
				t.Errorf("%s %v is %s, want %s: %v", m.typeName, m.values, c.Outcome, want, c.Faults)
			}
		}
	}
	for typeName, values := range map[string][]string{
		"products": {"sku", "P", "taxCode", "key:1"}, "customers": {"number", "1000", "taxCode", "key:1"}, "customerGroups": {"code", "group-1000", "taxCode", "key:1"},
		"websites": {"code", "acme", "taxIncluded", "true", "customerTaxCode", "key:1", "productTaxCode", "key:1", "shippingTaxCode", "key:1"},
	} {
		if c := h.Write(h.Caller, record.Upsert, typeName, resource.Ref{}, values...); c.Outcome != record.Updated {
			t.Errorf("%s %v is %s: %v", typeName, values, c.Outcome, c.Faults)
		}
	}
}

func TestRefused(t *testing.T) {
	h := commercetest.New(t)
	for _, code := range []string{"customer_tax_code", "product_tax_code"} {
		h.Insert(code, map[string]any{"code": "1", "name": "1"})
	}
	h.Insert("tax_jurisdiction", map[string]any{"code": "DE", "name": "DE", "country": "DE"})
	rule := []string{"customerTaxCode", "key:1", "productTaxCode", "key:1", "jurisdiction", "key:DE", "name", "VAT"}
	place := []string{"code", "X", "name", "X", "country", "US"}
	for _, c := range []struct {
		typeName      string
		common, given []string
		field, code   string // "" if it is taken
	}{
		{"taxRules", rule, []string{"rate", "-1"}, "", "refused"},
		{"taxRules", rule, []string{"rate", "1", "validFrom", "2026-02-01", "validUntil", "2026-01-31"}, "validUntil", "out_of_range"},
		{"taxJurisdictions", place, []string{"postalCodeTo", "90210"}, "postalCodeFrom", "required"},
		{"taxJurisdictions", place, []string{"postalCodeFrom", "90210", "postalCodeTo", "90209"}, "postalCodeTo", "out_of_range"},
		{"taxJurisdictions", place, []string{"postalCodeFrom", "sw1a 1", "postalCodeTo", "SW"}, "", ""},
	} {
		got := h.Write(h.Caller, record.Upsert, c.typeName, resource.Ref{}, append(append([]string{}, c.common...), c.given...)...)
		switch {
		case c.code == "" && got.Outcome == record.Failed:
			t.Errorf("%s %v is refused: %v", c.typeName, c.given, got.Faults)
		case c.code != "" && (got.Outcome != record.Failed || got.Faults[0].Field != c.field || got.Faults[0].Code != c.code):
			t.Errorf("%s %v is %s: %v", c.typeName, c.given, got.Outcome, got.Faults)
		}
	}
}
