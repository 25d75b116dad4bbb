package xml_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/hanse-commerce/hanse/format/xml"
)

// FuzzReader: whatever the bytes are, reading ends, with balanced elements or a typed refusal that has a place.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{"", "<a/>", "<?xml version='1.0' encoding='iso-8859-1'?><a b='c'>\xe4&amp;<![CDATA[x]]></a>",
		"\xff\xfe<\x00a\x00/\x00>\x00", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a><b></a>", "<a xmlns:b='c'><b:d/></a>",
		"<!-- --><a/><b/>", "\xef\xbb\xbf<a>\r\n</a>\n", "&\n"} {
		f.Add([]byte(seed), false)
	}
	f.Add([]byte(`<!DOCTYPE a SYSTEM "x"><a/>`), true)
	f.Fuzz(func(t *testing.T, text []byte, skip bool) {
		r := xml.NewReader(bytes.NewReader(text), xml.Options{SkipDoctype: skip})
		depth, roots := 0, 0
		for {
			token, err := r.Next()
			if err == io.EOF {
				if depth != 0 || roots != 1 {
					t.Fatalf("%q: well-formed with %d elements open and %d roots", text, depth, roots)
				}
				return
			}
			if err != nil {
				if refusal := new(xml.Error); !errors.As(err, &refusal) || refusal.Line < 1 || refusal.Column < 1 {
					t.Fatalf("%q: %v", text, err)
				}
				return
			}
			switch token.(type) {
			case xml.StartElement:
				if depth == 0 {
					roots++
				}
				depth++
			case xml.EndElement:
				depth--
			}
			if depth != r.Depth() || depth < 0 || depth > xml.MaxDepth {
				t.Fatalf("%q: depth %d, counted %d", text, r.Depth(), depth)
			}
		}
	})
}

// BenchmarkVerify reads a document of many small elements, as IDocs are.
func BenchmarkVerify(b *testing.B) {
	text := []byte("<r>" + string(bytes.Repeat([]byte("<E1MARAM SEGMENT=\"1\"><MATNR>000000000000004711</MATNR>"+
		"<MEINS>PCE</MEINS><MAKTX>Sechskantschraube M8x40</MAKTX></E1MARAM>\n"), 20_000)) + "</r>")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := xml.Verify(bytes.NewReader(text), xml.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
