package shipping_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/module"
)

func item(quantity, factor, weight string) shipping.Item {
	return shipping.Item{Quantity: d(quantity), Factor: d(factor), Weight: d(weight)}
}

func weights(parcels []module.Parcel) string {
	var all []string
	for _, p := range parcels {
		all = append(all, p.Weight.String())
	}
	return fmt.Sprint(all)
}

func TestPack(t *testing.T) {
	for _, c := range []struct {
		name  string
		items []shipping.Item
		limit string
		want  string
	}{
		{"one parcel", []shipping.Item{item("3", "1", "2.5")}, "30", "[7.5]"},
		{"no limit", []shipping.Item{item("3", "1", "25"), item("1", "1", "0.5")}, "0", "[75.5]"},
		{"full parcels and a rest", []shipping.Item{item("7", "1", "10")}, "30", "[30 30 10]"},
		{"exactly full", []shipping.Item{item("3", "1", "10")}, "30", "[30]"},
		{"small pieces fill what large ones leave", []shipping.Item{item("4", "1", "5"), item("2", "1", "20")}, "30", "[30 30]"},
		{"a carton is not opened", []shipping.Item{item("2", "24", "0.75")}, "30", "[18 18]"},
		{"a piece above the limit goes alone", []shipping.Item{item("2", "1", "45"), item("1", "1", "1")}, "30", "[45 45 1]"},
		{"half a metre", []shipping.Item{item("2.5", "0", "8")}, "10", "[8 8 4]"},
		{"nothing weighs anything", []shipping.Item{item("2", "1", "0")}, "30", "[]"},
		{"what weighs nothing takes no room", []shipping.Item{item("1000000", "1", "0"), item("1", "1", "30")}, "30", "[30]"},
		{"nothing", nil, "30", "[]"},
		{"as many parcels as are asked for", []shipping.Item{item("500", "1", "30")}, "30", ""},
		{"freight", []shipping.Item{item("501", "1", "30")}, "30", "[]"},
		{"a ship's load", []shipping.Item{item("999999999999", "1", "31"), item("999999999999", "1", "0.001")}, "30", "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := shipping.Pack(c.items, d(c.limit))
			if c.want == "" {
				if len(got) != shipping.MaxParcels {
					t.Errorf("%d parcels", len(got))
				}
			} else if weights(got) != c.want {
				t.Errorf("%s, want %s", weights(got), c.want)
			}
		})
	}
}

// Nothing is lost, no parcel is above the limit unless it is one piece, and no two parcels would go into one.
func TestPackKeepsWeight(t *testing.T) {
	grams := func(most int64) *rapid.Generator[decimal.Decimal] {
		return rapid.Map(rapid.Int64Range(0, most), func(n int64) decimal.Decimal { return decimal.New(n, -3) })
	}
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) shipping.Item {
			return shipping.Item{Quantity: rapid.OneOf(grams(20_000), rapid.Map(rapid.Int64Range(0, 60), decimal.NewFromInt)).Draw(t, "quantity"),
				Factor: decimal.NewFromInt(rapid.Int64Range(0, 24).Draw(t, "factor")), Weight: grams(3000).Draw(t, "weight")}
		}), 0, 8).Draw(t, "items")
		limit := rapid.OneOf(rapid.Just(d("0")), grams(40_000)).Draw(t, "limit")
		want, pieces := decimal.Zero, map[string]bool{}
		for _, it := range items {
			factor := it.Factor
			if factor.IsZero() {
				factor = d("1")
			}
			want = want.Add(it.Quantity.Mul(factor).Mul(it.Weight))
			pieces[factor.Mul(it.Weight).String()] = true
			pieces[it.Quantity.Sub(it.Quantity.Floor()).Mul(factor).Mul(it.Weight).String()] = true
		}
		parcels := shipping.Pack(items, limit)
		if parcels == nil {
			if want.IsPositive() && want.LessThan(limit.Mul(d("200"))) {
				t.Fatalf("%s kg are not packed into parcels of %s kg", want, limit)
			}
			return
		}
		got := decimal.Zero
		for i, p := range parcels {
			got = got.Add(p.Weight)
			if !p.Weight.IsPositive() || limit.IsPositive() && p.Weight.GreaterThan(limit) && !pieces[p.Weight.String()] {
				t.Fatalf("a parcel of %s kg, at a limit of %s", p.Weight, limit)
			}
			for _, o := range parcels[:i] {
				if limit.IsPositive() && !p.Weight.Add(o.Weight).GreaterThan(limit) {
					t.Fatalf("%s kg and %s kg would go into one parcel of %s", o.Weight, p.Weight, limit)
				}
			}
		}
		if !got.Equal(want) {
			t.Fatalf("%s kg are packed as %s kg", want, got)
		}
	})
}
