package sample_test

import (
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
)

func load(t *testing.T) *sample.Company {
	t.Helper()
	c, err := sample.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompanyIsAllOfNorthwind(t *testing.T) {
	c := load(t)
	for what, n := range map[string][2]int{
		"products": {len(c.Products), 77}, "customers": {len(c.Customers), 91}, "categories": {len(c.Categories), 11},
		"groups": {len(c.Groups), 5}, "contracts": {len(c.Contracts), 726}, "buyers": {len(c.Buyers()), 91},
	} {
		if n[0] != n[1] {
			t.Errorf("%d %s, want %d", n[0], what, n[1])
		}
	}
}

func TestReferencesResolve(t *testing.T) {
	c := load(t)
	categories, groups, terms, warehouses := map[string]bool{"": true}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, k := range c.Categories {
		if !categories[k.Parent] {
			t.Errorf("category %s stands before its parent %s", k.Code, k.Parent)
		}
		categories[k.Code] = true
	}
	for _, g := range c.Groups {
		groups[g.Code] = true
	}
	for _, p := range c.PaymentTerms {
		terms[p.Code] = true
	}
	for _, w := range c.Warehouses {
		warehouses[w.Code] = true
	}
	for _, p := range c.Products {
		if p.Category == "" || !categories[p.Category] {
			t.Errorf("product %s has the category %q", p.SKU, p.Category)
		}
		for _, h := range p.OnHand {
			if !warehouses[h.Warehouse] || h.Quantity.IsNegative() {
				t.Errorf("product %s has %s in warehouse %q", p.SKU, h.Quantity, h.Warehouse)
			}
		}
	}
	for _, k := range c.Customers {
		if !groups[k.Group] || !terms[k.PaymentTerm] || len(k.Country) != 2 {
			t.Errorf("customer %s has group %q, payment term %q, country %q", k.Number, k.Group, k.PaymentTerm, k.Country)
		}
	}
	for _, k := range c.Contracts {
		if c.Product(k.SKU) == nil || c.Customer(k.Customer) == nil {
			t.Errorf("contract of %s for %s resolves to nothing", k.Customer, k.SKU)
		}
	}
}

func TestValuesFitSAPsFields(t *testing.T) {
	for _, k := range load(t).Categories {
		fits(t, k.Code, 9)
	}
	for _, p := range load(t).Products {
		fits(t, p.Name, 40)
		fits(t, p.NameDE, 40)
		fits(t, p.SKU, 18)
		if p.NameDE == "" || !p.Weight.IsPositive() || !p.Carton.IsPositive() {
			t.Errorf("product %s lacks a German name, a weight or a carton", p.SKU)
		}
	}
	for _, k := range load(t).Customers {
		fits(t, k.City, 35)
		fits(t, k.PostalCode, 10)
		fits(t, k.Number, 10)
	}
}

func fits(t *testing.T, s string, length int) {
	t.Helper()
	if utf8.RuneCountInString(s) > length {
		t.Errorf("%q is longer than %d", s, length)
	}
}

// The mod-10 check of the GS1 General Specifications, section 7.9, from the right.
func TestGTINsCheck(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range load(t).Products {
		sum := 0
		for i := range p.GTIN {
			weight := 1
			if i%2 == 1 {
				weight = 3
			}
			sum += weight * int(p.GTIN[len(p.GTIN)-1-i]-'0')
		}
		if len(p.GTIN) != 13 || sum%10 != 0 || seen[p.GTIN] {
			t.Errorf("product %s has the GTIN %s, which is wrong or taken", p.SKU, p.GTIN)
		}
		seen[p.GTIN] = true
	}
}

func TestContractsAreListPricesLessADiscount(t *testing.T) {
	c := load(t)
	for _, k := range c.Contracts {
		list, hit := c.Product(k.SKU).ListPrice, false
		for percent := int64(1); percent <= 25 && !hit; percent++ {
			exact := list.Mul(decimal.New(100-percent, -2))
			off := k.Amount.Sub(exact) // half up: from -0.005, itself not, to +0.005
			hit = off.GreaterThan(decimal.New(-5, -3)) && off.LessThanOrEqual(decimal.New(5, -3))
		}
		if !hit || !k.Amount.Equal(k.Amount.Round(2)) {
			t.Errorf("contract of %s for %s: %s is no whole percentage of %s", k.Customer, k.SKU, k.Amount, list)
		}
	}
}

func TestBuyersHaveAddressesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range load(t).Buyers() {
		a, err := mail.ParseAddress(b.Email)
		if err != nil || a.Address != b.Email || strings.ToLower(b.Email) != b.Email || !strings.HasSuffix(b.Email, ".example") {
			t.Errorf("%q is not a plain address at an example domain: %v", b.Email, err)
		}
		if seen[b.Email] || b.FirstName == "" || b.LastName == "" {
			t.Errorf("buyer %+v: the address is taken or the name incomplete", b)
		}
		seen[b.Email] = true
	}
	for _, want := range []string{"maria.anders@alfki.example", "rita.mueller@wandk.example", "isabel.de.castro@prini.example",
		"frederique.citeaux@blonp.example"} {
		if !seen[want] {
			t.Errorf("no buyer %s", want)
		}
	}
}

func TestStory(t *testing.T) {
	s, err := load(t).Story()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []struct {
		name                         string
		offer                        sample.Offer
		sku, list, price, available  string
		sent                         string
		tiers                        bool
		unit, per, ten, hundred, tag string
	}{
		{"contract by CSV", s.ContractCSV, "NW-0046", "12", "9", "95", "csv", false, "PCE", "1", "11.4", "10.8", "Spegesild"},
		{"contract by IDoc", s.ContractIDoc, "000000000000100039", "18", "13.5", "69", "idoc", false, "PCE", "1", "17.1", "16.2", "Chartreuse verte"},
		{"group", s.Group, "000000000000100075", "7.75", "7.21", "125", "idoc", false, "PCE", "1", "7.36", "6.98", "Rhönbräu Klosterbier"},
		{"list", s.List, "NW-0040", "18.4", "18.4", "123", "csv", true, "PCE", "1", "17.48", "16.56", "Boston Crab Meat"},
		{"kilograms", s.Kilograms, "000000000000100069", "36", "36", "260", "idoc", true, "KGM", "10", "34.2", "32.4", "Gudbrandsdalsost"},
	} {
		t.Run(o.name, func(t *testing.T) {
			sent := "csv"
			if o.offer.IDoc {
				sent = "idoc"
			}
			got := []string{o.offer.SKU, o.offer.ListPrice.String(), o.offer.Price.String(), o.offer.Available.String(), sent,
				o.offer.Unit, o.offer.Per.String(), o.offer.Tiers[0].Amount.String(), o.offer.Tiers[1].Amount.String(), o.offer.Name}
			want := []string{o.sku, o.list, o.price, o.available, o.sent, o.unit, o.per, o.ten, o.hundred, o.tag}
			if strings.Join(got, "|") != strings.Join(want, "|") || o.offer.HasTiers != o.tiers || o.offer.Discontinued {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
	if s.Buyer.Email != "maria.anders@alfki.example" || s.Stranger.Email != "john.steel@lazyk.example" || s.Blocked.Customer == "" {
		t.Errorf("people: %+v", []sample.Buyer{s.Buyer, s.Stranger, s.Blocked})
	}
}
