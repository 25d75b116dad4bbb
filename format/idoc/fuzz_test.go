package idoc_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// FuzzReader: whatever the bytes are, they are read or refused with a code, Verify agrees, and what was read, written
// and read again is the same.
func FuzzReader(f *testing.F) {
	for _, name := range []string{"MATMAS05", "DEBMAS07", "COND_A04", "ORDRSP.ORDERS05"} {
		f.Add([]byte(sample(f, name)))
	}
	for _, seed := range []string{"", "<M/>", begin + segment + end, begin + "<E1><A/><Z1>\n<B> x</B></Z1></E1>" + end,
		begin + "<E1 SEGMENT=''><A>1</A><A>2</A></E1>" + end, "<M><IDOC/></M>", begin + "<EDI_DC40><MESTYP/></EDI_DC40>" + end} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root, idocs, err := read(bytes.NewReader(text))
		s, verified := idoc.Verify(bytes.NewReader(text))
		if (err == nil) != (verified == nil) || err == nil && (s.IDocs != len(idocs) || s.Root != root) {
			t.Fatalf("%q: read %v, verified %+v, %v", text, err, s, verified)
		}
		if err != nil {
			if code(err) == "" {
				t.Fatalf("%q: error without a code: %v", text, err)
			}
			return
		}
		written := write(t, root, idocs...)
		_, again, err := read(strings.NewReader(written))
		if err != nil {
			t.Fatalf("%q became %q: %v", text, written, err)
		}
		for _, d := range idocs {
			if d.Control.TABNAM == "" {
				d.Control.TABNAM = "EDI_DC40"
			}
		}
		if d := cmp.Diff(idocs, again, withoutLines); d != "" {
			t.Fatalf("%q became %q (-want +got):\n%s", text, written, d)
		}
		if twice := write(t, root, again...); twice != written {
			t.Fatalf("%q was written again as %q", written, twice)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	benchmark(b, func(text []byte) error { _, _, err := read(bytes.NewReader(text)); return err })
}

func BenchmarkVerify(b *testing.B) {
	benchmark(b, func(text []byte) error { _, err := idoc.Verify(bytes.NewReader(text)); return err })
}

func benchmark(b *testing.B, work func([]byte) error) {
	text := sample(b, "MATMAS05")
	one := text[strings.Index(text, "<IDOC"):strings.LastIndex(text, "</MATMAS05>")]
	file := []byte("<MATMAS05>" + strings.Repeat(one, 2000) + "</MATMAS05>")
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if err := work(file); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	order := readSample(b, "ORDRSP.ORDERS05")[0]
	text, err := order.XML()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := order.XML(); err != nil {
			b.Fatal(err)
		}
	}
}
