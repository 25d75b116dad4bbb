package csv_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/format/csv"
)

// content is what a reader made of a whole file.
type content struct {
	encoding  string
	delimiter byte
	header    []string
	rows      [][]string
	lines     []int
	faults    []string // code of each row, "" for none
}

func read(t testing.TB, text string, o csv.Options) content {
	t.Helper()
	c, err := readAll(text, o)
	if err != nil {
		t.Fatalf("read %.80q: %v", text, err)
	}
	return c
}

func readAll(text string, o csv.Options) (content, error) {
	r, err := csv.NewReader(strings.NewReader(text), o)
	if err != nil {
		return content{}, err
	}
	c := content{encoding: r.Encoding(), delimiter: r.Delimiter(), header: r.Header()}
	for record, err := range r.All() {
		if err != nil {
			return content{}, err
		}
		code := ""
		if record.Err != nil {
			code = record.Err.Code
		}
		c.rows = append(c.rows, append([]string(nil), record.Cells...))
		c.lines = append(c.lines, record.Line)
		c.faults = append(c.faults, code)
	}
	if len(c.rows) != r.Records() {
		return c, errors.New("the scan counted other records than the reader gave")
	}
	return c, r.Close()
}

func TestRows(t *testing.T) {
	tests := []struct {
		name, text string
		delimiter  byte
		rows       [][]string
		lines      []int
		faults     []string
	}{
		{"plain", "a,b\n1,2\n3,4\n", ',', [][]string{{"1", "2"}, {"3", "4"}}, []int{2, 3}, []string{"", ""}},
		{"no line end at the end", "a,b\n1,2", ',', [][]string{{"1", "2"}}, []int{2}, []string{""}},
		{"crlf", "a;b\r\n1;2\r\n;4\r\n", ';', [][]string{{"1", "2"}, {"", "4"}}, []int{2, 3}, []string{"", ""}},
		{"crcrlf", "a;b\r\r\n1;2\r\r\n", ';', [][]string{{"1", "2"}}, []int{2}, []string{""}},
		{"cr alone", "a;b\r1;2\r3;\"x\ry\"\r5;6", ';', [][]string{{"1", "2"}, {"3", "x\ry"}, {"5", "6"}}, []int{2, 3, 5},
			[]string{"", "", ""}},
		{"quotes", "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"\",5\" pipe\n", ',', [][]string{{"x,y", `say "hi"`}, {"", `5" pipe`}},
			[]int{2, 3}, []string{"", ""}},
		{"line breaks in cells", "a,b\n\"x\ny\",1\nz,2\n", ',', [][]string{{"x\ny", "1"}, {"z", "2"}}, []int{2, 4},
			[]string{"", ""}},
		{"spaces behind a quote", "a,b\n\"x\"  ,1\n", ',', [][]string{{"x", "1"}}, []int{2}, []string{""}},
		{"text behind a quote", "a,b\n\"x\"y,1\nz,2\n", ',', [][]string{{"x", "1"}, {"z", "2"}}, []int{2, 3},
			[]string{csv.CodeQuoteBroken, ""}},
		{"ragged", "a,b\n1\n1,2,3\n1,2\n", ',', [][]string{{"1", ""}, {"1", "2"}, {"1", "2"}}, []int{2, 3, 4},
			[]string{csv.CodeRowRagged, csv.CodeRowRagged, ""}},
		{"empty cells too many", "a,b\n1,2,,\r\n3,4,\r\n", ',', [][]string{{"1", "2"}, {"3", "4"}}, []int{2, 3}, []string{"", ""}},
		{"columns without a name", "a,b,,\n1,2\n1,2,,\n1\n", ',', [][]string{{"1", "2", "", ""}, {"1", "2", "", ""}, {"1", "", "", ""}},
			[]int{2, 3, 4}, []string{"", "", csv.CodeRowRagged}},
		{"blank lines", "\n\na,b\n\n1,2\n,\n \t\n3,4\n\x1a", ',', [][]string{{"1", "2"}, {"3", "4"}}, []int{5, 8},
			[]string{"", ""}},
		{"header again", "sku,b\n1,2\nSKU, B \n3,4\n", ',', [][]string{{"1", "2"}, {"SKU", " B "}, {"3", "4"}},
			[]int{2, 3, 4}, []string{"", csv.CodeRowIsHeader, ""}},
		{"tab", "a\tb\n1,5\t2;3\n", '\t', [][]string{{"1,5", "2;3"}}, []int{2}, []string{""}},
		{"bar", "a|b\n1|2\n", '|', [][]string{{"1", "2"}}, []int{2}, []string{""}},
		{"one column", "sku\nA;1\nB\n", ',', [][]string{{"A;1"}, {"B"}}, []int{2, 3}, []string{"", ""}},
		{"told by excel", "sep=|\r\na|b;c\r\n1|2;3\r\n", '|', [][]string{{"1", "2;3"}}, []int{3}, []string{""}},
		{"cells are not trimmed", "a,b\n 1 ,\t2\n", ',', [][]string{{" 1 ", "\t2"}}, []int{2}, []string{""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := read(t, test.text, csv.Options{})
			if c.delimiter != test.delimiter {
				t.Errorf("delimiter %q, want %q", c.delimiter, test.delimiter)
			}
			if d := cmp.Diff(test.rows, c.rows); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
			if d := cmp.Diff(test.lines, c.lines); d != "" {
				t.Errorf("lines (-want +got):\n%s", d)
			}
			if d := cmp.Diff(test.faults, c.faults); d != "" {
				t.Errorf("faults (-want +got):\n%s", d)
			}
		})
	}
}

func TestDelimiter(t *testing.T) {
	for text, want := range map[string]byte{
		"":                            ',',
		"sku;name;price":              ';',
		"sku;name\nA;Bolt, hex, M8\n": ';',
		"sku;net, EUR;gross, EUR\nA;12,50;15,00\n":         ';', // the comma cuts it as evenly
		"sku,name\nA,a;b;c\nB,a;b;c\n":                     ',',
		"\"a;b;c\",name\n\"1;2;3\",x\n":                    ',',
		"sku|name, long|price\nA|Rod, threaded|9\nB|x|1\n": '|',
		"sku\tname\n" + strings.Repeat("A\ta,b,c\n", 99):   '\t',
	} {
		if c := read(t, text, csv.Options{}); c.delimiter != want {
			t.Errorf("%q: delimiter %q, want %q", text, c.delimiter, want)
		}
	}
	if c := read(t, "a;b,c\n1;2,3\n", csv.Options{Delimiter: ';'}); c.rows[0][1] != "2,3" {
		t.Errorf("the caller's delimiter was not used: %q", c.rows)
	}
	if _, err := csv.NewReader(strings.NewReader("a"), csv.Options{Delimiter: '"'}); err == nil {
		t.Error("a quote was taken as delimiter")
	}
}

func TestHeader(t *testing.T) {
	r, err := csv.NewReader(strings.NewReader("\ufeff SKU ;Name_DE;\"Unit\n\";;\nA;b;c;;\n"), csv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"sku", "name_de", "unit", "", ""}, r.Header()); d != "" {
		t.Errorf("header (-want +got):\n%s", d)
	}
	if i, ok := r.Column("name_de"); i != 1 || !ok {
		t.Errorf("column name_de: %d, %v", i, ok)
	}
	if _, ok := r.Column("price"); ok {
		t.Error("a column was found that is not there")
	}
	if _, ok := r.Column(""); ok {
		t.Error("a column without a name was found")
	}
}

func TestEmptyFiles(t *testing.T) {
	for _, text := range []string{"", "\n\r\n", "\ufeff", "\xff\xfe"} {
		if c := read(t, text, csv.Options{}); c.header != nil || c.rows != nil {
			t.Errorf("%q: header %q, rows %q", text, c.header, c.rows)
		}
	}
	if c := read(t, "sku,name\n", csv.Options{}); len(c.header) != 2 || c.rows != nil {
		t.Errorf("header alone: %q, %q", c.header, c.rows)
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name, text, code string
		line             int
	}{
		{"header twice", "sku,name, SKU\nA,b,c\n", csv.CodeHeaderTwice, 1},
		{"cut off in quotes", "a,b\n1,2\n3,\"x\ny\nz", csv.CodeFileCutOff, 3},
		{"nul", "a,b\n1,\x00\n", csv.CodeEncodingUnknown, 2},
		{"utf-16 without a mark", "a\x00,\x00b\x00", csv.CodeEncodingUnknown, 1},
		{"no encoding", "a,b\n\xff\x81,2\n", csv.CodeEncodingUnknown, 2},
		{"utf-8 by its mark only", "\ufeffa,b\n\xe4,2\n", csv.CodeEncodingUnknown, 2},
		{"half a utf-16 unit", "\xff\xfea\x00,", csv.CodeEncodingUnknown, 1},
		{"half a utf-16 pair", "\xff\xfea\x00\n\x00\x3d\xd8a\x00", csv.CodeEncodingUnknown, 2},
		{"header's quotes", "\"a\"x,b\n1,2\n", csv.CodeHeaderBroken, 1},
		{"header's size", strings.Repeat("a", csv.MaxField+1) + ",b\n1,2\n", csv.CodeHeaderTooLarge, 1},
		{"header's columns", strings.Repeat(",", csv.MaxColumns) + "a\n", csv.CodeHeaderTooLarge, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readAll(test.text, csv.Options{})
			refusal := new(csv.Error)
			if !errors.As(err, &refusal) {
				t.Fatalf("error %v, want an *Error", err)
			}
			if refusal.Code != test.code || refusal.Line != test.line {
				t.Errorf("%s at line %d, want %s at line %d", refusal.Code, refusal.Line, test.code, test.line)
			}
		})
	}
}

func TestSourceFails(t *testing.T) {
	broken := errors.New("disk on fire")
	open := func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("a,b\n1,2\n"), failing{broken})), nil
	}
	if _, err := csv.Open(open, csv.Options{}); !errors.Is(err, broken) {
		t.Errorf("error %v, want that of the source", err)
	}
	if _, err := csv.Open(func() (io.ReadCloser, error) { return nil, broken }, csv.Options{}); !errors.Is(err, broken) {
		t.Errorf("error %v, want that of open", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestSample(t *testing.T) {
	text, err := os.ReadFile("testdata/products.csv")
	if err != nil {
		t.Fatal(err)
	}
	c := read(t, string(text), csv.Options{})
	want := []string{"A-300", "Rod, threaded", "Gewindestange", "Fasteners/Rods", "MTR", "9.99", "EUR", "0"}
	if d := cmp.Diff(want, c.rows[2]); d != "" || len(c.rows) != 3 {
		t.Errorf("%d rows, last (-want +got):\n%s", len(c.rows), d)
	}
}
