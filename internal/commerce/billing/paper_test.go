package billing_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/billing"
)

// long is an invoice of many items at two rates.
func long(items int) *billing.Paper {
	due := time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)
	p := &billing.Paper{Seller: "Acme Łódź GmbH", Number: "90000456", Order: "W00000001", PONumber: "PO-17", Customer: "Schmidt & Söhne", CustomerNumber: "10020",
		TaxNumber: "DE123456789", Address: []string{"Schmidt & Söhne", "Jürgen Groß", "Domstr. 1", "50667 Köln", "DE"}, Currency: "EUR",
		InvoicedOn: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), DueOn: &due}
	for i := range items {
		percent := decimal.NewFromInt([]int64{19, 7}[i%2])
		net := decimal.NewFromInt(int64(i + 1))
		tax := net.Mul(percent).Shift(-2).Round(2)
		name := fmt.Sprintf("Item %d", i+1)
		if i%5 == 4 {
			name += " of a name that is long enough to be broken into several lines, of which no more than three are printed at all, so that a page keeps its shape"
		}
		p.Lines = append(p.Lines, billing.PaperLine{SKU: fmt.Sprintf("SKU-%04d", i+1), Name: name, Unit: "C62", Quantity: decimal.NewNullDecimal(decimal.RequireFromString("1.5")),
			Net: net, Tax: tax, TaxPercent: decimal.NewNullDecimal(percent)})
		p.Net, p.Tax = p.Net.Add(net), p.Tax.Add(tax)
	}
	p.Total = p.Net.Add(p.Tax)
	return p
}

func write(t *testing.T, p *billing.Paper, language string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.WritePDF(&b, language); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var stream = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)

// contents are the unpacked streams of a PDF: pages, fonts and all.
func contents(t *testing.T, pdf []byte) string {
	t.Helper()
	var all strings.Builder
	for _, m := range stream.FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // not packed
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// written is a text as pages have it, in UTF-16.
func written(s string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		for _, c := range []byte{byte(unit >> 8), byte(unit)} {
			if strings.IndexByte(`\()`, c) >= 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}

func pages(t *testing.T, pdf []byte) int {
	t.Helper()
	if err := api.Validate(bytes.NewReader(pdf), nil); err != nil {
		t.Fatalf("the PDF is not valid: %v", err)
	}
	n, err := api.PageCount(bytes.NewReader(pdf), nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestInvoiceOnPaper(t *testing.T) {
	pdf := write(t, long(4), "de-AT")
	if n := pages(t, pdf); n != 1 {
		t.Errorf("%d pages, want 1", n)
	}
	text := contents(t, pdf)
	for _, want := range []string{"Rechnung 90000456", "Acme Łódź GmbH", "Jürgen Groß", "24.11.2026", "24.12.2026", "SKU-0004", "1,5 C62", "19 %",
		"Nettosumme", "10,00", "Steuer zu 7 %", "Gesamtbetrag EUR", "11,18", "Seite 1 von 1"} {
		if !strings.Contains(text, written(want)) {
			t.Errorf("%q is not on the paper", want)
		}
	}
	if strings.Contains(text, written("weiter auf")) {
		t.Error("the only page says that there is another")
	}
	plain := &billing.Paper{Seller: "Acme", Number: "1", Order: "W1", Customer: "Cash", Currency: "JPY", InvoicedOn: time.Now(),
		Net: decimal.NewFromInt(10), Tax: decimal.NewFromInt(1), Total: decimal.NewFromInt(11)}
	text = contents(t, write(t, plain, "fr"))
	for _, want := range []string{"Invoice 1", "Net total", "Tax", "Total JPY", "11"} {
		if !strings.Contains(text, written(want)) {
			t.Errorf("%q is not on an invoice without items", want)
		}
	}
}

// A long invoice has heads, numbers and items on every page, and sums on the last one only.
func TestLongInvoiceOnPaper(t *testing.T) {
	const items = 400
	pdf := write(t, long(items), "en")
	n := pages(t, pdf)
	if n < 9 || n > 20 {
		t.Errorf("%d items take %d pages", items, n)
	}
	text := contents(t, pdf)
	for i := range items {
		if want := fmt.Sprintf("SKU-%04d", i+1); !strings.Contains(text, written(want)) {
			t.Errorf("%s is not on the paper", want)
		}
	}
	for i := range n {
		if want := fmt.Sprintf("Page %d of %d", i+1, n); !strings.Contains(text, written(want)) {
			t.Errorf("%q is not on the paper", want)
		}
	}
	for what, want := range map[string]int{"Quantity": n, "Net total": 1, "continued on the next page": n - 1, "Total EUR": 1} {
		if got := strings.Count(text, written(what)); got != want {
			t.Errorf("%q is there %d times, want %d", what, got, want)
		}
	}
	if text, ok := readBack(t, pdf); ok {
		for _, want := range []string{"SKU-0001", "SKU-0400", "Net total", "Page 1 of"} {
			if !strings.Contains(text, want) {
				t.Errorf("pdftotext does not read %q", want)
			}
		}
	}
}

// readBack is what pdftotext reads, where that is installed.
func readBack(t *testing.T, pdf []byte) (string, bool) {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		return "", false
	}
	name := filepath.Join(t.TempDir(), "invoice.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "-layout", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out), true
}

// BenchmarkLongInvoice is one as long as an order can be.
func BenchmarkLongInvoice(b *testing.B) {
	p := long(5000)
	b.ReportAllocs()
	for b.Loop() {
		if err := p.WritePDF(io.Discard, "en"); err != nil {
			b.Fatal(err)
		}
	}
}
