package csv_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/hanse-commerce/hanse/format/csv"
)

func TestEncodings(t *testing.T) {
	const text = "sku;name\nA;Söhne – 5 € 𝄞\n"
	const narrow = "sku;name\nA;Söhne – 5 €\n" // without what Windows-1252 lacks
	for _, test := range []struct {
		name, want, text string
		encoding         encoding.Encoding
	}{
		{"plain", csv.UTF8, text, encoding.Nop},
		{"mark", csv.UTF8, text, unicode.UTF8BOM},
		{"le", csv.UTF16LE, text, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		{"be", csv.UTF16BE, text, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
		{"1252", csv.Windows1252, narrow, charmap.Windows1252},
	} {
		sent, err := test.encoding.NewEncoder().String(test.text)
		if err != nil {
			t.Fatal(err)
		}
		c := read(t, sent, csv.Options{})
		if want := strings.Split(strings.TrimSpace(test.text), ";")[2]; c.encoding != test.want || c.rows[0][1] != want {
			t.Errorf("%s: read %q as %s, want %q as %s", test.name, c.rows[0][1], c.encoding, want, test.want)
		}
	}
}

// The one byte that is not UTF-8 may be the last of a long file: the verdict holds for the first row too.
func TestEncodingIsOneForTheWholeFile(t *testing.T) {
	filler := strings.Repeat("A;plain\n", 100_000)
	c := read(t, "sku;name\nB;Gr\xf6\xdfe\n"+filler+"Z;\xe4\n", csv.Options{})
	if c.encoding != csv.Windows1252 || c.rows[0][1] != "Größe" || c.rows[len(c.rows)-1][1] != "ä" {
		t.Errorf("read as %s: %q … %q", c.encoding, c.rows[0], c.rows[len(c.rows)-1])
	}
	c = read(t, "sku;name\nB;Größe\n"+filler+"Z;ä\n", csv.Options{})
	if c.encoding != csv.UTF8 || c.rows[0][1] != "Größe" || c.rows[len(c.rows)-1][1] != "ä" {
		t.Errorf("read as %s: %q … %q", c.encoding, c.rows[0], c.rows[len(c.rows)-1])
	}
}

// Characters, line ends and quotes are cut by the ends of blocks at every place.
func TestBlockEnds(t *testing.T) {
	for shift := range 12 {
		text := "sku;name\r\n" + strings.Repeat("x", shift) + ";\"𝄞 €\"\"\r\n\"\r\n" +
			strings.Repeat("abc€𝄞;\"ö\"\"ü\r\n\"\r\n", 20_000)
		whole := read(t, text, csv.Options{})
		if whole.encoding != csv.UTF8 || len(whole.rows) != 20_001 {
			t.Fatalf("shift %d: %s, %d rows", shift, whole.encoding, len(whole.rows))
		}
		for i, row := range whole.rows[1:] {
			if row[0] != "abc€𝄞" || row[1] != "ö\"ü\r\n" || whole.lines[i+1] != 4+2*i {
				t.Fatalf("shift %d: row %d at line %d: %q", shift, i, whole.lines[i+1], row)
			}
		}
		sent, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		if wide := read(t, sent, csv.Options{}); len(wide.rows) != 20_001 || wide.rows[20_000][1] != "ö\"ü\r\n" {
			t.Fatalf("shift %d: UTF-16: %d rows", shift, len(wide.rows))
		}
	}
}

func TestSlowSource(t *testing.T) {
	const text = "sku;näme\nA;\"Söhne\r\n\"\"5 €\"\r\nB;ß\n"
	for _, slow := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader} {
		r, err := csv.Open(func() (io.ReadCloser, error) { return io.NopCloser(slow(strings.NewReader(text))), nil },
			csv.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"Söhne\r\n\"5 €", "ß"} {
			record, err := r.Read()
			if err != nil || record.Err != nil || record.Cells[1] != want {
				t.Errorf("row %d: %q, %v, %v", i, record.Cells, record.Err, err)
			}
		}
		if _, err := r.Read(); err != io.EOF {
			t.Errorf("behind the last row: %v", err)
		}
	}
}
