package tax_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// law is a rule with its jurisdiction, as a test states it; day offsets are from today, "" is open.
type law struct{ region, from, to, product, start, end, rate string }

func (l law) place() string { return l.region + "/" + l.from + "/" + l.to }

func drawLaws(t *rapid.T) []law {
	one := func(name string, values ...string) func(*rapid.T) string {
		return func(t *rapid.T) string { return rapid.SampledFrom(values).Draw(t, name) }
	}
	region, product, start, end := one("region", "", "CA", "NV"), one("product", "STANDARD", "REDUCED"), one("start", "", "-2", "0", "2"), one("end", "", "-1", "0")
	laws := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) law {
		zones := rapid.SampledFrom([][2]string{{"", ""}, {"9", ""}, {"90", "94"}, {"902", "902"}, {"90210", "90211"}, {"90211", "93000"}}).Draw(t, "range")
		l := law{region: region(t), from: zones[0], to: zones[1], product: product(t), start: start(t)}
		if l.start == "" || l.start == "-2" {
			l.end = end(t)
		}
		l.rate = fmt.Sprint(rapid.IntRange(1, 200_000).Draw(t, "rate"))
		l.rate = l.rate + "e-4"
		return l
	}), 0, 12).Draw(t, "laws")
	// One rate for each natural key.
	key := func(l law) string { return l.place() + "/" + l.product + "/" + l.start }
	slices.SortFunc(laws, func(a, b law) int { return cmp.Compare(key(a), key(b)) })
	return slices.CompactFunc(laws, func(a, b law) bool { return key(a) == key(b) })
}

// expected tells the rule once more, one jurisdiction and one rate at a time.
func expected(laws []law, region, postal, product string) string {
	starts := map[string]int{"": 0, "-2": 1, "0": 2}
	best := law{rate: "0"}
	for _, l := range laws {
		last := cmp.Or(l.to, l.from)
		switch {
		case l.product != product || l.start == "2" || l.end == "-1" || l.region != "" && l.region != region:
			continue
		case l.from != "" && (postal == "" || postal[:len(l.from)] < l.from || postal[:len(last)] > last):
			continue
		}
		better := best.product == "" || cmp.Or(
			cmp.Compare(min(len(l.from), 1), min(len(best.from), 1)), cmp.Compare(len(l.region), len(best.region)),
			strings.Compare(l.from, best.from), -strings.Compare(last, cmp.Or(best.to, best.from)), cmp.Compare(starts[l.start], starts[best.start])) > 0
		if better {
			best = l
		}
	}
	return best.rate
}

// The one statement agrees with the rule, whatever the laws.
func TestLawsAgree(t *testing.T) {
	o := newOffice(t)
	o.website("customer_tax_code_id", "LIABLE")
	products := map[string]string{"STANDARD": o.product("S", "STANDARD"), "REDUCED": o.product("R", "REDUCED")}
	addresses := map[[2]string]string{}
	for _, at := range [][2]string{{"CA", "90210"}, {"CA", "90211"}, {"NV", "90299"}, {"NV", ""}, {"", "89101"}} {
		addresses[at] = o.address("US", at[0], at[1])
	}
	rapid.Check(t, func(t *rapid.T) {
		laws := drawLaws(t)
		o.Exec("DELETE FROM tax_rule")
		o.Exec("DELETE FROM tax_jurisdiction")
		var today string
		o.Scan(&today, "SELECT (now() AT TIME ZONE 'UTC')::date::text")
		places := map[string]bool{}
		for _, l := range laws {
			if !places[l.place()] {
				places[l.place()] = true
				o.place(l.place(), "US", l.region, l.from, l.to)
			}
			o.Exec(`INSERT INTO tax_rule (id, organization_id, customer_tax_code_id, product_tax_code_id, jurisdiction_id, rate, name, valid_from, valid_until)
				VALUES (gen_random_uuid(), $1, $2, $3, $4, $5::text::numeric, 'T', $6::date + nullif($7::text, '')::int, $6::date + nullif($8::text, '')::int)`,
				o.Organization, o.ids["LIABLE"], o.ids[l.product], o.ids[l.place()], l.rate, today, l.start, l.end)
		}
		for at, address := range addresses {
			a := o.ask(address, products["STANDARD"], products["REDUCED"])
			for i, product := range []string{"STANDARD", "REDUCED"} {
				if want := expected(laws, at[0], at[1], product); !a.Lines[i].Percent.Equal(d(want)) {
					t.Fatalf("%s in %v: %s, want %s\n%+v", product, at, a.Lines[i].Percent, want, laws)
				}
			}
		}
	})
}
