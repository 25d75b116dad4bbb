package csv_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/format/csv"
)

func column(t *testing.T, o csv.Options, cells ...string) *csv.Reader {
	t.Helper()
	var text strings.Builder
	w := csv.NewWriter(&text, csv.WriterOptions{})
	for _, cell := range append([]string{"price"}, cells...) {
		if err := w.Write("", cell); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	r, err := csv.NewReader(strings.NewReader(text.String()), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDecimalMark(t *testing.T) {
	for _, test := range []struct {
		cells string // separated by |
		mark  byte   // 0 means that the cells prove nothing
	}{
		{"12.5", '.'}, {"12,5", ','}, {"12.50", '.'}, {"12,3456", ','}, {"5,", ','}, {"-0,5-", ','},
		{"1.234,5", ','}, {"1,234.567", '.'}, {"1.234.567", ','}, {"1,234,567", '.'}, {"1.234.567,8", ','},
		{"1234,567", ','}, {"0,500", ','}, {",500", ','}, {"1 234,567", ','}, {"1'234.567", '.'}, {"1\u00a0234,567", ','},
		{"1.234", 0}, {"1,234", 0}, {"12", 0}, {"", 0}, {"1 234", 0}, {"1.234|7,001", 0},
		{"03.11.2026", 0}, {"1.2.3", 0}, {"1.234,567,890", 0}, {"n/a", 0}, {"A.5", 0}, {"12.5x", 0}, {".", 0}, {"-", 0},
		{"1.234|12,5", ','}, {"n/a|12.5|1,234", '.'},
		{"12.5|12.5|12,5", '.'}, {"12.5|12,5", 0}, // the more frequent proof wins
	} {
		r := column(t, csv.Options{}, strings.Split(test.cells, "|")...)
		mark, proved := r.DecimalMark(1)
		if want := test.mark != 0; proved != want || want && mark != test.mark {
			t.Errorf("%s: mark %q, proved %v, want %q", test.cells, mark, proved, test.mark)
		}
	}
	r := column(t, csv.Options{DecimalMark: ','}, "1.234")
	if mark, proved := r.DecimalMark(1); mark != ',' || proved {
		t.Errorf("the caller's mark was not used: %q", mark)
	}
}

func TestDecimal(t *testing.T) {
	point, comma := column(t, csv.Options{}), column(t, csv.Options{DecimalMark: ','})
	for _, test := range []struct{ cell, point, comma string }{ // "" means refused
		{"12", "12", "12"},
		{"12.50", "12.50", ""},
		{"12,50", "", "12.50"},
		{"1,234.5", "1234.5", ""},
		{"1.234,5", "", "1234.5"},
		{"1.234", "1.234", "1234"},
		{"1,234", "1234", "1.234"},
		{"1.234.567", "", "1234567"},
		{"1 234", "1234", "1234"},
		{"1\u00a0234\u00a0567", "1234567", "1234567"},
		{"1\u202f234", "1234", "1234"},
		{"1'234'567", "1234567", "1234567"},
		{"1’234", "1234", "1234"},
		{" 7\u00a0", "7", "7"},
		{"-5", "-5", "-5"},
		{"- 5", "-5", "-5"},
		{"5-", "-5", "-5"},
		{"+5", "5", "5"},
		{"-0", "0", "0"},
		{"-0.00", "0.00", ""},
		{"007", "7", "7"},
		{"000", "0", "0"},
		{".5", "0.5", ""},
		{",5", "", "0.5"},
		{"5.", "5", ""},
		{"0,500", "", "0.500"},
		{"12345678901234567890.123456789", "12345678901234567890.123456789", ""},
		{"", "", ""}, {" ", "", ""}, {"-", "", ""}, {".", "", ""}, {"--5", "", ""}, {"-5-", "", ""},
		{"1,23,456", "", ""}, {"1 234'567", "", ""}, {"12 34", "", ""}, {"1.5.5", "", ""}, {"1,5,5", "", ""},
		{"1.234.567,5", "", "1234567.5"}, {"1,234.5 6", "", ""}, {"1e5", "", ""}, {"0x10", "", ""}, {"NaN", "", ""},
		{"€ 5", "", ""}, {"5 EUR", "", ""}, {"$5", "", ""}, {"5%", "", ""}, {"(5)", "", ""}, {"٣", "", ""},
		{strings.Repeat("9", 101), "", ""},
	} {
		for _, side := range []struct {
			r    *csv.Reader
			want string
		}{{point, test.point}, {comma, test.comma}} {
			got, err := side.r.Decimal(1, test.cell)
			if got != side.want || (err == nil) != (side.want != "") {
				mark, _ := side.r.DecimalMark(1)
				t.Errorf("%q with mark %q: %q, %v; want %q", test.cell, mark, got, err, side.want)
			}
			if number := new(csv.NumberError); err != nil && (!errors.As(err, &number) || number.Detail == "") {
				t.Errorf("%q: error without a reason: %v", test.cell, err)
			}
		}
	}
}
