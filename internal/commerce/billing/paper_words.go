package billing

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/money"
)

// words are what is printed beside the data, in one language.
type words struct {
	invoice, date, due, order, poNumber, customer, taxNumber          string
	item, quantity, net, tax, rate                                    string
	netTotal, taxTotal, taxAt, total, page, carried, broughtDay, mark string
}

var printed = map[string]words{
	"en": {invoice: "Invoice", date: "Date", due: "Payable until", order: "Order", poNumber: "Your order", customer: "Customer no.",
		taxNumber: "Your VAT no.", item: "Item", quantity: "Quantity", net: "Net", tax: "Tax", rate: "Rate", netTotal: "Net total",
		taxTotal: "Tax", taxAt: "Tax at", total: "Total", page: "Page %d of %d", carried: "continued on the next page", broughtDay: "2 Jan 2006", mark: "."},
	"de": {invoice: "Rechnung", date: "Datum", due: "Zahlbar bis", order: "Bestellung", poNumber: "Ihre Bestellung", customer: "Kundennr.",
		taxNumber: "Ihre USt-IdNr.", item: "Artikel", quantity: "Menge", net: "Netto", tax: "Steuer", rate: "Satz", netTotal: "Nettosumme",
		taxTotal: "Steuer", taxAt: "Steuer zu", total: "Gesamtbetrag", page: "Seite %d von %d", carried: "weiter auf der nächsten Seite", broughtDay: "02.01.2006", mark: ","},
}

// wordsOf gives the words of a language, English where there are none.
func wordsOf(language string) words {
	tongue, _, _ := strings.Cut(language, "-")
	if w, ok := printed[tongue]; ok {
		return w
	}
	return printed["en"]
}

func (w words) day(t time.Time) string { return t.Format(w.broughtDay) }

func (w words) number(d decimal.Decimal) string { return strings.Replace(d.String(), ".", w.mark, 1) }

func (w words) percent(d decimal.Decimal) string { return w.number(d) + " %" }

// sum writes an amount without its currency, which stands over the column, with all its digits.
func (w words) sum(d decimal.Decimal, currency string) string {
	digits := max(money.Digits(currency), -d.Exponent())
	return strings.Replace(d.StringFixed(digits), ".", w.mark, 1)
}
