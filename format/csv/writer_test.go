package csv_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/format/csv"
)

func write(t testing.TB, o csv.WriterOptions, rows ...[]string) string {
	t.Helper()
	var text strings.Builder
	w := csv.NewWriter(&text, o)
	for _, row := range rows {
		if err := w.Write(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestWrite(t *testing.T) {
	got := write(t, csv.WriterOptions{}, []string{"sku", "name"}, []string{"A", `Rod, 5" "x"`}, []string{"", "a\nb"},
		[]string{" x ", "=1+1"}, []string{""})
	want := "sku,name\r\nA,\"Rod, 5\"\" \"\"x\"\"\"\r\n,\"a\nb\"\r\n\" x \",=1+1\r\n\"\"\r\n"
	if got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

func TestFormulaSafe(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+A1": "'+A1", "-A1": "'-A1", "@sum": "'@sum", "-2+3": "'-2+3", "--5": "'--5", "-": "'-",
		"-12.50": "-12.50", "+5": "+5", "-0,5": "\"-0,5\"", "": "\"\"", "A=1": "A=1", "-1.2.3": "'-1.2.3",
	} {
		if got := write(t, csv.WriterOptions{FormulaSafe: true}, []string{cell}); got != want+"\r\n" {
			t.Errorf("%q became %q, want %q", cell, got, want)
		}
	}
}

func TestWriteFails(t *testing.T) {
	broken := errors.New("disk full")
	w := csv.NewWriter(failingWriter{broken}, csv.WriterOptions{})
	_ = w.Write(strings.Repeat("a", 1<<20))
	if err := w.Flush(); !errors.Is(err, broken) {
		t.Errorf("error %v, want that of the writer", err)
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

var _ io.Writer = failingWriter{}

// What is written is read back as it was, whatever the cells hold.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 5).Draw(t, "columns")
		piece := rapid.SampledFrom([]string{",", ";", "\t", "|", "\"", "\r", "\n", "\r\n", " ", "a", "ö", "1", "sep="})
		cell := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "cell"), "") })
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, columns, columns), 0, 8).Draw(t, "rows")
		header := make([]string, columns)
		for i := range header {
			header[i] = "c" + string(rune('a'+i))
		}
		var want [][]string
		for _, row := range rows {
			if strings.Trim(strings.Join(row, ""), " \t\r") != "" {
				want = append(want, row)
			}
		}
		var text strings.Builder
		w := csv.NewWriter(&text, csv.WriterOptions{})
		for _, row := range append([][]string{header}, rows...) {
			if err := w.Write(row...); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		got, err := readAll(text.String(), csv.Options{})
		if err != nil {
			t.Fatalf("%q: %v", text.String(), err)
		}
		if d := cmp.Diff(want, got.rows); d != "" {
			t.Fatalf("%q (-want +got):\n%s", text.String(), d)
		}
	})
}
