package sapsim

import (
	"bytes"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/crypto/ssh"
	"pgregory.net/rapid"
)

// unplugged is SAP without a server.
func unplugged(t interface{ Fatal(...any) }) *Simulator {
	s, err := New(Config{Addr: "127.0.0.1:1", User: "sap", Password: "x", HostKeys: make([]ssh.PublicKey, 1),
		Clock: func() time.Time { return time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func anyOrder(t *rapid.T) Order {
	amount := func(name string, most int) decimal.Decimal {
		return decimal.New(int64(rapid.IntRange(1, most).Draw(t, name)), -2)
	}
	included := rapid.Bool().Draw(t, "included")
	o := Order{Number: "W1", SalesOrder: "0000004711", Customer: "0000020001", Currency: "EUR", Status: Posted}
	rates := []decimal.Decimal{decimal.Zero, decimal.NewFromInt(7), decimal.NewFromInt(19), decimal.New(88750, -4)}
	byRate := map[int]decimal.Decimal{}
	for i := range rapid.IntRange(1, 4).Draw(t, "lines") {
		rate := rapid.IntRange(0, 3).Draw(t, "rate")
		l := Line{Position: []string{"000010", "000020", "000030", "000040"}[i], Unit: "PCE", Price: amount("price", 20_000), Per: decimal.NewFromInt(int64(rapid.SampledFrom([]int{1, 10, 100}).Draw(t, "per"))),
			Quantity: decimal.New(int64(rapid.IntRange(1, 20_000).Draw(t, "quantity")), -3), Percent: rates[rate], Included: included}
		l.Net, l.Tax = l.taxed(cents(l.Quantity.Mul(l.Price).Div(l.Per)))
		o.Lines, o.Total, byRate[rate] = append(o.Lines, l), o.Total.Add(l.Net), byRate[rate].Add(l.Tax)
	}
	if rapid.Bool().Draw(t, "freight") {
		o.Freight = amount("freight", 2_000)
		o.Total = o.Total.Add(o.Freight)
		byRate[2] = byRate[2].Add(cents(o.Freight.Mul(rates[2]).Div(hundred)))
	}
	for rate, tax := range byRate {
		if !tax.IsZero() {
			o.Rates, o.Tax = append(o.Rates, Rate{rates[rate], tax}), o.Tax.Add(tax)
		}
	}
	o.Gross = o.Total.Add(o.Tax)
	return o
}

// However an order is split into deliveries: their invoices come to what was ordered, to the cent, and none is negative.
func TestInvoicesComeToTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := unplugged(t)
		o := anyOrder(t)
		b := newBook(o)
		s.books = append(s.books, b)
		for range 3 {
			var portions []Portion
			for _, p := range b.rest() {
				p.Quantity = p.Quantity.Mul(decimal.New(int64(rapid.IntRange(0, 100).Draw(t, "part")), -2)).Round(3)
				if p.Quantity.IsPositive() {
					portions = append(portions, p)
				}
			}
			if portions != nil {
				shipAndInvoice(t, s, o, portions)
			}
		}
		if len(b.rest()) > 0 {
			shipAndInvoice(t, s, o, nil)
		}
		if got := b.Billed(); !got.Equal(o.Gross) {
			t.Errorf("invoices of %s, an order of %s: %+v", got, o.Gross, b.Invoices)
		}
	})
}

func shipAndInvoice(t *rapid.T, s *Simulator, o Order, portions []Portion) {
	d, _, err := s.ship(o.Number, nil, portions)
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := s.invoice(d.Number)
	if err != nil {
		t.Fatal(err)
	}
	if v.Total.IsNegative() || v.Tax.IsNegative() {
		t.Errorf("%+v", v)
	}
	byRate := decimal.Zero
	for _, r := range v.rates(s.books[0]) {
		byRate = byRate.Add(r.Tax)
	}
	if !byRate.Equal(v.Tax) || !v.Net.Add(v.Tax).Equal(v.Total) {
		t.Errorf("rates come to %s: %+v", byRate, v)
	}
}

// What SAP writes itself has the form that it asks of others.
func TestOwnOrdersHaveTheirForm(t *testing.T) {
	grammar, err := parseGrammar(orders05)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := unplugged(t)
		b := newBook(anyOrder(t))
		s.books = append(s.books, b)
		d, err := s.confirmed(b.SalesOrder, []Schedule{{Position: 10, Reason: "Out of stock"}})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := s.unsent[0].Write(&out); err != nil {
			t.Fatal(err)
		}
		err = readIDocs(&out, func(_ string, i *segment) error {
			i.below = i.below[1:] // the control record
			grammar.check(i, "", func(at, format string, args ...any) { t.Errorf(at+": "+format, args...) })
			return nil
		})
		if err != nil || d.Message != "ORDRSP" {
			t.Fatal(err)
		}
	})
}
