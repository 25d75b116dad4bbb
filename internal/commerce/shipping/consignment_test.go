package shipping_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// Whatever an offer depends on makes another fingerprint; how a number is written does not.
func TestFingerprint(t *testing.T) {
	s := func(change func(*shipping.Consignment)) string {
		s := shipping.Consignment{Organization: "o", Website: "w", Currency: "EUR", Language: "en", To: module.Place{City: "Köln", Country: "DE"},
			Items: []shipping.Item{item("2", "1", "2.5"), item("1", "24", "0.1")}, Subtotal: money.Of(d("12.50"), "EUR")}
		change(&s)
		return s.Fingerprint()
	}
	same := s(func(*shipping.Consignment) {})
	for what, change := range map[string]func(*shipping.Consignment){
		"organization": func(s *shipping.Consignment) { s.Organization = "p" },
		"website":      func(s *shipping.Consignment) { s.Website = "" },
		"currency":     func(s *shipping.Consignment) { s.Currency = "USD" },
		"language":     func(s *shipping.Consignment) { s.Language = "de" },
		"origin":       func(s *shipping.Consignment) { s.From.Country = "DE" },
		"other place":  func(s *shipping.Consignment) { s.To.City, s.To.Region = "", "Köln" },
		"subtotal":     func(s *shipping.Consignment) { s.Subtotal = money.Of(d("12.51"), "EUR") },
		"quantity":     func(s *shipping.Consignment) { s.Items[0].Quantity = d("3") },
		"weight":       func(s *shipping.Consignment) { s.Items[0].Weight = d("2.499") },
		"carton":       func(s *shipping.Consignment) { s.Items[1].Factor = d("12") },
		"fewer items":  func(s *shipping.Consignment) { s.Items = s.Items[:1] },
		"other order":  func(s *shipping.Consignment) { s.Items[0], s.Items[1] = s.Items[1], s.Items[0] },
	} {
		if s(change) == same {
			t.Errorf("%s: the fingerprint stays", what)
		}
	}
	if s(func(s *shipping.Consignment) {
		s.Subtotal, s.Items[0].Quantity, s.Items[0].Factor = money.Of(d("12.5"), "EUR"), d("2.000"), d("0")
	}) != same {
		t.Error("the same numbers written otherwise make another fingerprint")
	}
}
