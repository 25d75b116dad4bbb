package page_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/text/language"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

func printers(t testing.TB) (en, de *page.Printer) {
	t.Helper()
	c, err := page.NewCatalog(page.Texts())
	if err != nil {
		t.Fatal(err)
	}
	return c.In(language.English), c.In(language.German)
}

func TestMoney(t *testing.T) {
	en, de := printers(t)
	for _, c := range []struct{ amount, currency, en, de, unitEN, unitDE string }{
		{"1234.5", "EUR", "€1,234.50", "1.234,50 €", "€1,234.50", "1.234,50 €"},
		{"-1234567.891", "EUR", "−€1,234,567.89", "−1.234.567,89 €", "−€1,234,567.891", "−1.234.567,891 €"},
		{"0.123456", "USD", "$0.12", "0,12 $", "$0.123456", "0,123456 $"},
		{"1500", "JPY", "¥1,500", "1.500 ¥", "¥1,500", "1.500 ¥"},
		{"9.9", "CHF", "CHF 9.90", "9,90 CHF", "CHF 9.90", "9,90 CHF"},
		{"7", "", "7.00", "7,00", "7.00", "7,00"},
	} {
		m := page.Money{Amount: decimal.RequireFromString(c.amount), Currency: c.currency}
		for _, g := range [][2]string{{en.Amount(m), c.en}, {de.Amount(m), c.de}, {en.UnitPrice(m), c.unitEN}, {de.UnitPrice(m), c.unitDE}} {
			if got := strings.ReplaceAll(g[0], "\u00a0", " "); got != g[1] {
				t.Errorf("%s %s is %q, want %q", c.amount, c.currency, got, g[1])
			}
		}
	}
}

func TestQuantity(t *testing.T) {
	en, de := printers(t)
	for s, want := range map[string][2]string{"12.000": {"12", "12"}, "0.500": {"0.5", "0,5"}, "1000": {"1,000", "1.000"}, "-3.10": {"−3.1", "−3,1"}, "100": {"100", "100"}} {
		d := decimal.RequireFromString(s)
		if got := [2]string{en.Quantity(d), de.Quantity(d)}; got != want {
			t.Errorf("%s is %v, want %v", s, got, want)
		}
	}
}

// TestNumbersKeepTheirDigits: whatever separators a language sets, they are the only difference.
func TestNumbersKeepTheirDigits(t *testing.T) {
	en, de := printers(t)
	rapid.Check(t, func(t *rapid.T) {
		d := decimal.New(rapid.Int64().Draw(t, "digits"), -rapid.Int32Range(0, 9).Draw(t, "scale"))
		for s, group := range map[string]string{en.Quantity(d): ",", strings.NewReplacer(".", "", ",", ".").Replace(de.Quantity(d)): ""} {
			back, err := decimal.NewFromString(strings.NewReplacer(group, "", "−", "-").Replace(s))
			if err != nil || !back.Equal(d) {
				t.Fatalf("%s is written %q", d, s)
			}
		}
	})
}

func TestDatesAndSizes(t *testing.T) {
	en, de := printers(t)
	at := time.Date(2026, 3, 7, 22, 5, 9, 0, time.UTC).In(time.FixedZone("CET", 3600))
	for got, want := range map[string]string{en.Date(at): "7 Mar 2026", de.Date(at): "07.03.2026", en.DateTime(at): "7 Mar 2026, 23:05",
		de.DateTime(at): "07.03.2026, 23:05", en.Clock(at): "23:05:09", en.Duration(850 * time.Millisecond): "850 ms",
		de.Duration(12345 * time.Millisecond): "12,3 s", en.Duration(125 * time.Second): "2 min 5 s", en.Duration(3 * time.Hour): "3 h 0 min",
		en.Bytes(999): "999 B", de.Bytes(1550): "1,6 kB", en.Bytes(2_000_000): "2 MB"} {
		if got = strings.ReplaceAll(got, "\u00a0", " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
