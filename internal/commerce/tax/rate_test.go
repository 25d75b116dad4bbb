package tax_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/commerce/tax"
	"github.com/hanse-commerce/hanse/money"

	"github.com/shopspring/decimal"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name, amount, currency, percent string
		included                        bool
		net, tax, gross                 string
	}{
		{"on top", "100", "EUR", "19", false, "100", "19", "119"},
		{"within", "119", "EUR", "19", true, "100", "19", "119"},
		{"half a cent goes up", "0.50", "EUR", "19", false, "0.5", "0.1", "0.6"},
		{"half a cent of a return goes down", "-0.50", "EUR", "19", false, "-0.5", "-0.1", "-0.6"},
		{"within what does not divide", "10", "EUR", "19", true, "8.4", "1.6", "10"},
		{"no tax", "10", "EUR", "0", true, "10", "0", "10"},
		{"a rate of four digits", "1000", "USD", "8.8751", false, "1000", "88.75", "1088.75"},
		{"yen", "1050", "JPY", "10", false, "1050", "105", "1155"},
		{"yen within", "105", "JPY", "10", true, "95", "10", "105"},
		{"dinars", "1", "KWD", "5.55", false, "1", "0.056", "1.056"},
		{"an amount too fine is rounded first", "0.125", "EUR", "19", false, "0.13", "0.02", "0.15"},
	} {
		t.Run(c.name, func(t *testing.T) {
			net, tax, gross := tax.Rate{Percent: d(c.percent)}.Split(money.Of(d(c.amount), c.currency), c.included)
			if !net.Number.Equal(d(c.net)) || !tax.Number.Equal(d(c.tax)) || !gross.Number.Equal(d(c.gross)) || tax.Currency != c.currency {
				t.Errorf("%s, %s, %s; want %s, %s, %s", net, tax, gross, c.net, c.tax, c.gross)
			}
		})
	}
}

var (
	currencies = rapid.SampledFrom([]string{"EUR", "JPY", "KWD"})
	percents   = rapid.Map(rapid.OneOf(rapid.SampledFrom([]int64{0, 70_000, 190_000, 1_000_000}), rapid.Int64Range(0, 9_999_999)),
		func(n int64) decimal.Decimal { return decimal.New(n, -4) })
	amounts = rapid.Map(rapid.Int64Range(-1e14, 1e14), func(n int64) decimal.Decimal { return decimal.New(n, -4) })
)

// Net and tax are gross; the tax is the nearest coin to that of the exact net or gross; and a price that is stated with tax
// splits as the same price stated without.
func TestSplitKeepsEveryCoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := tax.Rate{Percent: percents.Draw(t, "percent")}
		amount := money.Of(amounts.Draw(t, "amount"), currencies.Draw(t, "currency"))
		included := rapid.Bool().Draw(t, "included")
		p := rate.Part(amount, included)
		if sum, err := p.Net.Add(p.Tax); err != nil || !sum.Number.Equal(p.Gross.Number) {
			t.Fatalf("%s and %s are not %s", p.Net, p.Tax, p.Gross)
		}
		for _, a := range []money.Amount{p.Net, p.Tax, p.Gross} {
			if !a.Round().Number.Equal(a.Number) || a.Currency != amount.Currency {
				t.Fatalf("%s is not in whole coins", a)
			}
		}
		// |tax - exact| <= half a coin, without a division: (100 + percent) tax against percent gross, or 100 tax against percent net.
		whole, of := d("100"), p.Net.Number
		if included {
			whole, of = whole.Add(rate.Percent), p.Gross.Number
		}
		off := p.Tax.Number.Mul(whole).Sub(of.Mul(rate.Percent)).Abs()
		if off.GreaterThan(decimal.New(5, -1-money.Digits(amount.Currency)).Mul(whole)) {
			t.Fatalf("the tax of %s at %s %% is %s", amount, rate.Percent, p.Tax)
		}
		top := rate.Part(amount, false)
		if within := rate.Part(top.Gross, true); !within.Net.Number.Equal(top.Net.Number) || !within.Tax.Number.Equal(top.Tax.Number) {
			t.Fatalf("%s on top gives %s + %s, and within %s + %s", amount, top.Net, top.Tax, within.Net, within.Tax)
		}
	})
}

// Whatever the lines and rates of an order or an invoice: the sum of the lines is the sum of the rates, in net, tax and gross.
func TestSumsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency, included := currencies.Draw(t, "currency"), rapid.Bool().Draw(t, "included")
		rates := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tax.Rate {
			return tax.Rate{Percent: percents.Draw(t, "percent"), Name: rapid.SampledFrom([]string{"", "VAT"}).Draw(t, "name")}
		}), 1, 4).Draw(t, "rates")
		var parts []tax.Part
		for _, amount := range rapid.SliceOfN(amounts, 0, 60).Draw(t, "amounts") {
			parts = append(parts, rapid.SampledFrom(rates).Draw(t, "rate").Part(money.Of(amount, currency), included))
		}
		byRate, err := tax.Summarize(parts...)
		if err != nil || len(byRate) > len(rates) {
			t.Fatalf("%d rates give %d sums, %v", len(rates), len(byRate), err)
		}
		lines, err1 := tax.Sum(parts...)
		sums, err2 := tax.Sum(byRate...)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		for what, pair := range map[string][2]money.Amount{"net": {lines.Net, sums.Net}, "tax": {lines.Tax, sums.Tax}, "gross": {lines.Gross, sums.Gross}} {
			if !pair[0].Number.Equal(pair[1].Number) {
				t.Fatalf("%s: lines give %s, rates %s", what, pair[0], pair[1])
			}
		}
		if !lines.Net.Number.Add(lines.Tax.Number).Equal(lines.Gross.Number) {
			t.Fatalf("%s + %s is not %s", lines.Net, lines.Tax, lines.Gross)
		}
		for i := 1; i < len(byRate); i++ {
			if byRate[i].Percent.GreaterThan(byRate[i-1].Percent) {
				t.Fatal("a higher rate comes after a lower one")
			}
		}
	})
}

func TestSumsOfTwoCurrencies(t *testing.T) {
	vat := tax.Rate{Percent: d("19"), Name: "VAT"}
	euro, dollar := vat.Part(money.Of(d("1"), "EUR"), false), vat.Part(money.Of(d("1"), "USD"), false)
	if _, err := tax.Summarize(euro, dollar); err == nil {
		t.Error("euros and dollars were summarized")
	}
	if _, err := tax.Sum(euro, dollar); err == nil {
		t.Error("euros and dollars were added")
	}
}
