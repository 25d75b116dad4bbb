package pricing_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
)

// ranks is the chain of a market's buyer, the most specific list first.
var ranks = []string{"own", "group", "web2", "website"}

func drawRows(t *rapid.T) []row {
	day := rapid.SampledFrom([]string{"", "-2", "0", "2"})
	rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
		r := row{
			list: rapid.SampledFrom(ranks).Draw(t, "list"), unit: rapid.SampledFrom([]string{"C62", "XCT"}).Draw(t, "unit"),
			min:  rapid.SampledFrom([]string{"0", "1", "2.5", "10", "100"}).Draw(t, "min"),
			from: day.Draw(t, "from"), amount: fmt.Sprint(rapid.IntRange(0, 1_000_000).Draw(t, "amount")),
		}
		if r.from == "" || r.from == "-2" {
			r.until = rapid.SampledFrom([]string{"", "-1", "0"}).Draw(t, "until")
		}
		return r
	}), 0, 12).Draw(t, "rows")
	// One price for each natural key.
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.list, b.list), cmp.Compare(a.unit, b.unit), cmp.Compare(a.min, b.min), cmp.Compare(a.from, b.from))
	})
	return slices.CompactFunc(rows, func(a, b row) bool {
		return a.list == b.list && a.unit == b.unit && a.min == b.min && a.from == b.from
	})
}

// expected tells the rule once more, one list and one price at a time.
func expected(rows []row, unit, quantity string) string {
	starts := map[string]int{"": 0, "-2": 1, "0": 2}
	for _, list := range ranks {
		best := row{min: "-1"}
		for _, r := range rows {
			if r.list != list || r.unit != unit || r.from == "2" || r.until == "-1" || d(r.min).GreaterThan(d(quantity)) {
				continue
			}
			if c := d(r.min).Cmp(d(best.min)); c > 0 || c == 0 && starts[r.from] > starts[best.from] {
				best = r
			}
		}
		if best.list != "" {
			return best.amount + " of " + list
		}
	}
	return "none"
}

// Resolve, the steps that a product shows and the line of a cart agree with the rule, whatever the prices.
func TestPricesAgree(t *testing.T) {
	m := newMarket(t)
	caller := m.As(m.buyer)
	cart := m.Insert("cart", map[string]any{"customer_id": m.buyer.Customer, "customer_user_id": m.buyer.User})
	m.Exec("UPDATE unit SET precision = 6")
	number := 0
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		quantity := rapid.SampledFrom([]string{"0.5", "1", "2.5", "9.999999", "10", "1000"}).Draw(t, "quantity")
		unit := rapid.SampledFrom([]string{"C62", "XCT"}).Draw(t, "unit")
		number++
		product := m.product(fmt.Sprint("P", number), rows)
		want := expected(rows, unit, quantity)

		resolved := m.resolve(caller, pricing.Line{Product: product, Unit: m.Unit(unit), Quantity: d(quantity)})[0]
		if got := say(resolved.Found(), resolved.Number.String(), resolved.List); got != want {
			t.Fatalf("Resolve gives %s, want %s", got, want)
		}
		shown := m.Get(caller, "products", product, "price", "prices")
		if got := fromSteps(shown["prices"].([]any), unit, quantity); got != want {
			t.Fatalf("the steps %v give %s, want %s", shown["prices"], got, want)
		}
		if price, ok := shown["price"].(map[string]any); ok && unit == "C62" && price["unit"] == unit && quantity == "1" && want != "none" {
			if got := say(true, price["amount"].(string), price["priceList"].(string)); got != want {
				t.Fatalf("the product's price is %s, want %s", got, want)
			}
		}
		line := m.Insert("cart_line", map[string]any{"cart_id": cart, "product_id": product, "unit_id": m.Unit(unit), "quantity": quantity})
		inCart := m.Get(caller, "cartLines", line, "price", "rowTotal")
		price, ok := inCart["price"].(map[string]any)
		if !ok {
			price = map[string]any{"amount": "", "priceList": ""}
		}
		if got := say(ok, price["amount"].(string), price["priceList"].(string)); got != want {
			t.Fatalf("the cart's line is %s, want %s", got, want)
		}
		if total, _ := inCart["rowTotal"].(string); ok && !d(total).Equal(resolved.Total(d(quantity)).Number) {
			t.Fatalf("the cart's line costs %s, want %s", total, resolved.Total(d(quantity)))
		}
	})
}

func say(found bool, amount, list string) string {
	if !found {
		return "none"
	}
	return amount + " of " + list
}

// fromSteps takes the last step at or below the quantity, as a buyer reads the table of steps.
func fromSteps(steps []any, unit, quantity string) string {
	found := "none"
	for _, s := range steps {
		step := s.(map[string]any)
		if step["unit"] == unit && !decimal.RequireFromString(step["minQuantity"].(string)).GreaterThan(d(quantity)) {
			found = say(true, step["amount"].(string), step["priceList"].(string))
		}
	}
	return found
}
