package pricing_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
)

func d(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// row is a price as a test states it: day offsets are from today, "" is open.
type row struct{ list, unit, currency, min, from, until, amount, per string }

// market is a product with prices on the lists of one buyer: website, web2 (also the website's, of higher priority), group
// and own.
type market struct {
	*commercetest.House
	buyer commercetest.Buyer
	lists map[string]string
}

func newMarket(t *testing.T) *market {
	m := &market{House: commercetest.New(t)}
	m.buyer = m.Buyer("1000")
	m.lists = map[string]string{
		"website": m.List("website", "website_id", m.Website, 0),
		"web2":    m.List("web2", "website_id", m.Website, 5),
		"group":   m.List("group", "customer_group_id", m.buyer.Group, 0),
		"own":     m.List("own", "customer_id", m.buyer.Customer, 0),
	}
	return m
}

func (m *market) product(sku string, rows []row) string {
	product := m.Product(sku)
	for _, r := range rows {
		columns := map[string]any{"price_list_id": m.lists[r.list], "product_id": product, "amount": r.amount, "currency": "EUR",
			"unit_id": m.Unit("C62"), "min_quantity": "0", "per": "1"}
		for column, value := range map[string]string{"currency": r.currency, "min_quantity": r.min, "per": r.per} {
			if value != "" {
				columns[column] = value
			}
		}
		if r.unit != "" {
			columns["unit_id"] = m.Unit(r.unit)
		}
		for column, offset := range map[string]string{"valid_from": r.from, "valid_until": r.until} {
			if offset != "" {
				var day string
				m.Scan(&day, "SELECT ((now() AT TIME ZONE 'UTC')::date + $1::int)::text", offset)
				columns[column] = day
			}
		}
		m.Insert("price", columns)
	}
	return product
}

func (m *market) resolve(caller access.Caller, lines ...pricing.Line) []pricing.Price {
	m.T.Helper()
	prices, err := pricing.Resolve(context.Background(), m.Pool, caller, lines)
	if err != nil {
		m.T.Fatal(err)
	}
	return prices
}

func TestResolve(t *testing.T) {
	m := newMarket(t)
	for _, c := range []struct {
		name                 string
		rows                 []row
		quantity, unit, want string // want: "amount per list"
	}{
		{"website's list", []row{{list: "website", amount: "10"}}, "1", "", "10 1 website"},
		{"half a metre without a scale", []row{{list: "website", unit: "MTR", amount: "4"}}, "0.5", "MTR", "4 1 website"},
		{"per hundred is kept as sent", []row{{list: "website", amount: "3.2", per: "100"}}, "7", "", "3.2 100 website"},
		{"higher priority goes first", []row{{list: "website", amount: "10"}, {list: "web2", amount: "11"}}, "1", "", "11 1 web2"},
		{"group before website", []row{{list: "website", amount: "10"}, {list: "web2", amount: "9"}, {list: "group", amount: "12"}}, "1", "", "12 1 group"},
		{"customer before group", []row{{list: "group", amount: "8"}, {list: "own", amount: "9"}}, "1", "", "9 1 own"},
		{"below the first tier", []row{{list: "website", min: "10", amount: "9"}}, "9", "", "none"},
		{"at a tier", []row{{list: "website", amount: "10"}, {list: "website", min: "10", amount: "9"}}, "10", "", "9 1 website"},
		{"just below a tier", []row{{list: "website", amount: "10"}, {list: "website", min: "10", amount: "9"}}, "9.999999", "", "10 1 website"},
		{"far above tiers", []row{{list: "website", amount: "10"}, {list: "website", min: "10", amount: "9"}, {list: "website", min: "100", amount: "8"}}, "5000", "", "8 1 website"},
		{"own tiers speak from their first step", []row{{list: "website", amount: "10"}, {list: "website", min: "200", amount: "6"}, {list: "own", min: "100", amount: "8"}}, "500", "", "8 1 own"},
		{"below it the website's do", []row{{list: "website", amount: "10"}, {list: "own", min: "100", amount: "8"}}, "99", "", "10 1 website"},
		{"another unit has its own price", []row{{list: "website", amount: "10"}, {list: "website", unit: "XCT", amount: "200"}}, "1", "XCT", "200 1 website"},
		{"no price in that unit", []row{{list: "website", amount: "10"}}, "1", "XCT", "none"},
		{"a list wins for one unit only", []row{{list: "website", unit: "XCT", amount: "200"}, {list: "own", amount: "9"}}, "1", "XCT", "200 1 website"},
		{"no price in the currency", []row{{list: "website", currency: "USD", amount: "10"}}, "1", "", "none"},
		{"currencies do not mix", []row{{list: "own", currency: "USD", amount: "1"}, {list: "website", amount: "10"}}, "1", "", "10 1 website"},
		{"not valid yet", []row{{list: "website", from: "1", amount: "10"}}, "1", "", "none"},
		{"valid from today", []row{{list: "website", from: "0", amount: "10"}}, "1", "", "10 1 website"},
		{"valid until today", []row{{list: "website", until: "0", amount: "10"}}, "1", "", "10 1 website"},
		{"not valid any more", []row{{list: "website", until: "-1", amount: "10"}}, "1", "", "none"},
		{"an ended contract", []row{{list: "website", amount: "10"}, {list: "own", until: "-1", amount: "8"}}, "1", "", "10 1 website"},
		{"the later start counts", []row{{list: "website", amount: "10"}, {list: "website", from: "-9", amount: "9"}, {list: "website", from: "-3", until: "3", amount: "7"}}, "1", "", "7 1 website"},
		{"free of charge is a price", []row{{list: "website", amount: "0"}}, "1", "", "0 1 website"},
		{"none at all", nil, "1", "", "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			line := pricing.Line{Product: m.product(c.name, c.rows), Quantity: d(c.quantity)}
			if c.unit != "" {
				line.Unit = m.Unit(c.unit)
			}
			p := m.resolve(m.As(m.buyer), line)[0]
			got := "none"
			if p.Found() {
				got = fmt.Sprintf("%s %s %s", p.Number, p.Per, p.List)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// A disabled list, another organization's product and a caller without a website have no price.
func TestResolveNothing(t *testing.T) {
	m := newMarket(t)
	product := m.product("P", []row{{list: "website", amount: "10"}, {list: "own", amount: "8"}})
	line := pricing.Line{Product: product, Quantity: d("1")}
	m.Exec("UPDATE price_list SET status = 'disabled' WHERE code = 'own'")
	stranger := m.As(m.Buyer("2000"))
	nobody := m.Caller
	nobody.Currency = "EUR"
	other := m.As(m.buyer)
	other.Organization = nobody.Actor.ID + "00000000-0000-7000-8000-000000000000"
	for _, c := range []struct {
		name   string
		caller access.Caller
		want   string
	}{{"disabled list", m.As(m.buyer), "website"}, {"another customer", stranger, "website"}, {"no website", nobody, ""}, {"another organization", other, ""}} {
		if got := m.resolve(c.caller, line)[0].List; got != c.want {
			t.Errorf("%s: the price is of list %q, want %q", c.name, got, c.want)
		}
	}
}

// What a product shows is what a line of it costs, and the lines of an order come back in their order.
func TestProductsShowTheirPrices(t *testing.T) {
	m := newMarket(t)
	tiers := m.product("tiers", []row{
		{list: "website", amount: "10"}, {list: "website", min: "50", amount: "9.5"}, {list: "website", min: "200", amount: "7"},
		{list: "website", unit: "XCT", amount: "220"}, {list: "own", min: "100", amount: "8.125"},
	})
	carton := m.product("carton", []row{{list: "website", unit: "XCT", min: "2", amount: "99", per: "1"}})
	free := m.product("free", nil)
	price := func(amount, unit, min, list string) map[string]any {
		return map[string]any{"amount": amount, "currency": "EUR", "per": "1", "unit": unit, "minQuantity": min, "priceList": list}
	}
	for _, c := range []struct {
		product string
		want    map[string]any
	}{
		{tiers, map[string]any{"price": price("10", "C62", "0", "website"), "prices": []any{
			price("10", "C62", "0", "website"), price("9.5", "C62", "50", "website"), price("8.125", "C62", "100", "own"),
			price("220", "XCT", "0", "website")}}},
		{carton, map[string]any{"price": price("99", "XCT", "2", "website"), "prices": []any{price("99", "XCT", "2", "website")}}},
		{free, map[string]any{"price": nil, "prices": []any{}}},
	} {
		if diff := cmp.Diff(c.want, m.Get(m.As(m.buyer), "products", c.product, "price", "prices")); diff != "" {
			t.Error(diff)
		}
	}
	lines := []pricing.Line{{Product: free, Quantity: d("1")}, {Product: tiers, Quantity: d("100")}, {Product: carton, Unit: m.Unit("XCT"), Quantity: d("2")}}
	var lists []string
	for _, p := range m.resolve(m.As(m.buyer), lines...) {
		lists = append(lists, p.List)
	}
	if diff := cmp.Diff([]string{"", "own", "website"}, lists); diff != "" {
		t.Error(diff)
	}
}

// The day is the organization's, not UTC's.
func TestResolveKnowsTheTimeZone(t *testing.T) {
	m := newMarket(t)
	var ahead, behind string
	m.Scan(&ahead, "SELECT (now() AT TIME ZONE 'Pacific/Kiritimati')::date::text")
	m.Scan(&behind, "SELECT (now() AT TIME ZONE 'Pacific/Pago_Pago')::date::text")
	product := m.Product("P")
	m.Insert("price", map[string]any{"price_list_id": m.lists["website"], "product_id": product, "unit_id": m.Unit("C62"),
		"currency": "EUR", "amount": "1", "valid_from": ahead})
	for zone, found := range map[string]bool{"Pacific/Kiritimati": true, "Pacific/Pago_Pago": false} {
		m.Exec("UPDATE organization SET time_zone = $1", zone)
		if got := m.resolve(m.As(m.buyer), pricing.Line{Product: product, Quantity: d("1")})[0]; got.Found() != found {
			t.Errorf("in %s (%s or %s) the price of %s is found: %t", zone, ahead, behind, ahead, got.Found())
		}
	}
}
