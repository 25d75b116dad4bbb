package billing

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/hanse-commerce/hanse/money"
)

// words are what is printed beside the data, in one language.
type words struct {
	tongue                                                            string // ISO 639-1
	invoice, date, due, order, poNumber, customer, taxNumber          string
	item, quantity, net, tax, rate                                    string
	netTotal, taxTotal, taxAt, total, page, carried, broughtDay, mark string
}

var printed = map[string]words{
	"en": {tongue: "en", invoice: "Invoice", date: "Date", due: "Payable until", order: "Order", poNumber: "Your order", customer: "Customer no.",
		taxNumber: "Your VAT no.", item: "Item", quantity: "Quantity", net: "Net", tax: "Tax", rate: "Rate", netTotal: "Net total",
		taxTotal: "Tax", taxAt: "Tax at", total: "Total", page: "Page %d of %d", carried: "continued on the next page", broughtDay: "2 Jan 2006", mark: "."},
	"de": {tongue: "de", invoice: "Rechnung", date: "Datum", due: "Zahlbar bis", order: "Bestellung", poNumber: "Ihre Bestellung", customer: "Kundennr.",
		taxNumber: "Ihre USt-IdNr.", item: "Artikel", quantity: "Menge", net: "Netto", tax: "Steuer", rate: "Satz", netTotal: "Nettosumme",
		taxTotal: "Steuer", taxAt: "Steuer zu", total: "Gesamtbetrag", page: "Seite %d von %d", carried: "weiter auf der nächsten Seite", broughtDay: "02.01.2006", mark: ","},
}

// wordsOf gives the words of a language tag, English where there are none.
func wordsOf(tag string) words {
	tongue, _, _ := strings.Cut(tag, "-")
	if w, ok := printed[tongue]; ok {
		return w
	}
	return printed["en"]
}

func (w words) day(t time.Time) string { return t.Format(w.broughtDay) }

func (w words) number(d decimal.Decimal) string { return strings.Replace(d.String(), ".", w.mark, 1) }

func (w words) percent(d decimal.Decimal) string { return w.number(d) + " %" }

// sum writes an amount without its currency, which stands over the column. Digits beyond the currency's are shown, not dropped.
func (w words) sum(d decimal.Decimal, currency string) string {
	digits := money.Digits(currency)
	for digits < -d.Exponent() && !d.Equal(d.Round(digits)) {
		digits++
	}
	return strings.Replace(d.StringFixed(digits), ".", w.mark, 1)
}

// country names a country by its code (ISO 3166-1 alpha-2).
func (w words) country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.Regions(language.Make(w.tongue)).Name(region); name != "" {
		return name
	}
	return code
}
