package csv_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/format/csv"
)

var canonical = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// FuzzReader: whatever the bytes are, the reader ends with records or a typed refusal; its cells are text, its numbers
// canonical, and what it read and writes again is read as the same.
func FuzzReader(f *testing.F) {
	sample, err := os.ReadFile("testdata/products.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	for _, seed := range []string{"", "a;b\r\n1,5;\"x\"\"\ny\"\r\n", "\xff\xfea\x00;\x00b\x00\n\x00", "sep=|\na|b\n1|2\n",
		"a,a\n", "a,\"b", "a\tb\n\xe4\t1.234,5\n", "a|b\n1\n1|2|3\na|b\n", "a\rb\r\"\r\"", "a,b\n\x00", "a\n\x81\n", ",;\"0", ",\"|,\"", "\v\n0"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<13 {
			return
		}
		c, err := readAll(string(text), csv.Options{})
		if err != nil {
			if refusal := new(csv.Error); !errors.As(err, &refusal) || refusal.Line < 1 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		last := 0
		for i, row := range c.rows {
			if len(row) != len(c.header) || c.lines[i] <= last {
				t.Fatalf("%q: row %q of %d columns at line %d behind %d", text, row, len(c.header), c.lines[i], last)
			}
			last = c.lines[i]
			if !utf8.ValidString(strings.Join(row, "")) {
				t.Fatalf("%q: cells %q are no text", text, row)
			}
		}
		checkDecimals(t, string(text))
		checkRewritten(t, c)
	})
}

func checkDecimals(t *testing.T, text string) {
	r, err := csv.NewReader(strings.NewReader(text), csv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for record, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		for i, cell := range record.Cells {
			number, err := r.Decimal(i, cell)
			if err == nil && !canonical.MatchString(number) {
				t.Fatalf("%q became the number %q", cell, number)
			}
		}
	}
}

func checkRewritten(t *testing.T, c content) {
	if strings.Join(c.header, "") == "" {
		return // written alone, such a header is a blank line
	}
	rows, want := [][]string{c.header}, [][]string(nil)
	for i, row := range c.rows {
		if c.faults[i] == "" {
			rows, want = append(rows, row), append(want, row)
		}
	}
	again, err := readAll(write(t, csv.WriterOptions{}, rows...), csv.Options{})
	if err != nil {
		t.Fatalf("rewritten %q: %v", rows, err)
	}
	if d := cmp.Diff(want, again.rows); d != "" {
		t.Fatalf("rewritten %q (-want +got):\n%s", rows, d)
	}
}
