package xml_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/hanse-commerce/hanse/format/xml"
)

// outline writes down the tokens of a document, one letter of kind before each.
func outline(t testing.TB, r io.Reader, o xml.Options) (string, error) {
	t.Helper()
	var out strings.Builder
	for reader := xml.NewReader(r, o); ; {
		token, err := reader.Next()
		if err == io.EOF {
			return out.String(), nil
		}
		if err != nil {
			return out.String(), err
		}
		switch token := token.(type) {
		case xml.StartElement:
			fmt.Fprintf(&out, "<%s>", token.Name.Local)
		case xml.EndElement:
			fmt.Fprintf(&out, "</%s>", token.Name.Local)
		case xml.CharData:
			out.Write(token)
		}
	}
}

func TestTokens(t *testing.T) {
	got, err := outline(t, strings.NewReader("<?xml version='1.0'?>\n<!-- a -->\n<a x='1'>1 &lt; 2 &#228;<b/><![CDATA[<c>]]><?p q?></a>\n<!-- z -->\n"),
		xml.Options{})
	if want := "<a>1 < 2 ä<b></b><c></a>"; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestRefusals(t *testing.T) {
	attributes := strings.Builder{}
	for i := range xml.MaxAttributes + 1 {
		fmt.Fprintf(&attributes, " a%d='1'", i)
	}
	for _, test := range []struct {
		name, text, code string
		line, column     int // 0 means any
	}{
		{"empty", "", xml.CodeMalformed, 1, 1},
		{"no element", "<?xml version='1.0'?>\n<!-- -->", xml.CodeMalformed, 2, 0},
		{"cut off", "<a>\n<b>x</b>\n", xml.CodeMalformed, 3, 1},
		{"cut off in a tag", "<a>\n<b", xml.CodeMalformed, 2, 3},
		{"wrong end", "<a>\n  <b></a>", xml.CodeMalformed, 2, 0},
		{"second root", "<a/>\n<b/>", xml.CodeMalformed, 2, 0},
		{"text behind the root", "<a/>\nx", xml.CodeMalformed, 2, 0},
		{"text before the root", "x<a/>", xml.CodeMalformed, 1, 0},
		{"attribute twice", "<a x='1' x='2'/>", xml.CodeMalformed, 1, 0},
		{"bare ampersand", "<a>Schmidt & Söhne</a>", xml.CodeMalformed, 1, 0},
		{"not utf-8", "<a>\xe4</a>", xml.CodeMalformed, 1, 0},
		{"control character", "<a>\x01</a>", xml.CodeMalformed, 1, 0},
		{"declaration too late", "<!-- --><?xml version='1.0'?><a/>", xml.CodeMalformed, 1, 0},
		{"version", "<?xml version='2.0'?><a/>", xml.CodeMalformed, 1, 0},
		{"unknown entity", "<a>&xxe;</a>", xml.CodeMalformed, 1, 0},
		{"doctype", "<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/a.dtd'>\n<a/>", xml.CodeDTD, 1, 0},
		{"doctype in the root", "<a><!DOCTYPE a></a>", xml.CodeDTD, 1, 0},
		{"entity", "<!ENTITY x 'y'><a/>", xml.CodeDTD, 1, 0},
		{"lower case doctype", "<!doctype a><a/>", xml.CodeDTD, 1, 0},
		{"unknown encoding", "<?xml version='1.0' encoding='EBCDIC-CP-DE'?><a/>", xml.CodeEncoding, 1, 1},
		{"too deep", strings.Repeat("<a>", xml.MaxDepth+1), xml.CodeTooDeep, 1, 0},
		{"text too large", "<a>" + strings.Repeat("x", xml.MaxToken) + "</a>", xml.CodeTokenTooLarge, 1, 0},
		{"comment too large", "<!--" + strings.Repeat("x", xml.MaxToken) + "--><a/>", xml.CodeTokenTooLarge, 1, 0},
		{"attribute too large", "<a x='" + strings.Repeat("x", xml.MaxToken) + "'/>", xml.CodeTokenTooLarge, 1, 0},
		{"name too large", "<" + strings.Repeat("x", xml.MaxToken), xml.CodeTokenTooLarge, 1, 0},
		{"doctype too large", "<!DOCTYPE" + strings.Repeat("x", xml.MaxToken), xml.CodeTokenTooLarge, 1, 0},
		{"too many attributes", "<a" + attributes.String() + "/>", xml.CodeAttributes, 1, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := xml.Verify(strings.NewReader(test.text), xml.Options{})
			refusal := new(xml.Error)
			if !errors.As(err, &refusal) {
				t.Fatalf("error %v, want an *Error", err)
			}
			if refusal.Code != test.code || refusal.Line != test.line || test.column > 0 && refusal.Column != test.column {
				t.Errorf("%v; want %s at line %d, column %d", refusal, test.code, test.line, test.column)
			}
		})
	}
}

func TestCapsAreExact(t *testing.T) {
	deep := strings.Repeat("<a>", xml.MaxDepth) + strings.Repeat("</a>", xml.MaxDepth)
	large := "<a>" + strings.Repeat("x", xml.MaxToken-10) + "</a>"
	for _, text := range []string{deep, large, "<r>" + strings.Repeat(large, 5) + "</r>"} {
		if err := xml.Verify(strings.NewReader(text), xml.Options{}); err != nil {
			t.Errorf("%.20s…: %v", text, err)
		}
	}
}

func TestEncodings(t *testing.T) {
	const body = "<a>Müller – 5 €</a>"
	for _, test := range []struct {
		declared, text string
		encoding       encoding.Encoding
	}{
		{"", body, encoding.Nop},
		{"UTF-8", body, encoding.Nop},
		{"utf-8", body, unicode.UTF8BOM},
		{"windows-1252", body, charmap.Windows1252},
		{"ISO-8859-1", "<a>Müller</a>", charmap.ISO8859_1},
		{"iso-8859-15", "<a>Müller 5 €</a>", charmap.ISO8859_15},
		{"UTF-16", body, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		{"UTF-16", body, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
		{"UTF-16", body, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"UTF-16BE", body, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
		{"", body, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
		{"UTF-16", body, encoding.Nop}, // changed by a transport
	} {
		text := test.text
		if test.declared != "" {
			text = `<?xml version="1.0" encoding="` + test.declared + `" standalone="yes"?>` + "\n" + text
		}
		sent, err := test.encoding.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := outline(t, strings.NewReader(sent), xml.Options{}); err != nil || got != test.text {
			t.Errorf("%s: %q, %v; want %q", test.declared, got, err, test.text)
		}
	}
}

func TestSkipDoctype(t *testing.T) {
	const cxml = `<?xml version="1.0"?><!DOCTYPE cXML SYSTEM "http://127.0.0.1:1/cXML.dtd"><cXML>x</cXML>`
	if got, err := outline(t, strings.NewReader(cxml), xml.Options{SkipDoctype: true}); err != nil || got != "<cXML>x</cXML>" {
		t.Errorf("%q, %v", got, err)
	}
	for _, text := range []string{
		`<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`,
		`<!DOCTYPE a SYSTEM "a.dtd" [ ]><a/>`,
		`<!ENTITY x "y"><a/>`,
		`<a><!DOCTYPE a SYSTEM "a.dtd"></a>`,
	} {
		refusal := new(xml.Error)
		if err := xml.Verify(strings.NewReader(text), xml.Options{SkipDoctype: true}); !errors.As(err, &refusal) || refusal.Code != xml.CodeDTD {
			t.Errorf("%s: %v, want %s", text, err, xml.CodeDTD)
		}
	}
}

func TestRoot(t *testing.T) {
	name, err := xml.Root(strings.NewReader("\n<!-- x --><n:MATMAS05 xmlns:n='urn:x'><cut"), xml.Options{})
	if err != nil || name.Local != "MATMAS05" || name.Space != "urn:x" {
		t.Errorf("%v, %v", name, err)
	}
	if _, err := xml.Root(strings.NewReader("sku,name\n"), xml.Options{}); err == nil {
		t.Error("a CSV file has a root element")
	}
}

func TestTextAndSkip(t *testing.T) {
	r := xml.NewReader(strings.NewReader("<a><b>1<!-- -->2<![CDATA[3]]></b><c><d>x</d></c><e>y<f/></e></a>"), xml.Options{})
	next := func() xml.Token {
		token, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	next()
	next()
	if text, err := r.Text(); err != nil || text != "123" || r.Depth() != 1 {
		t.Errorf("text %q, %v, depth %d", text, err, r.Depth())
	}
	next()
	next()
	if err := r.Skip(); err != nil || r.Depth() != 2 {
		t.Errorf("skip: %v, depth %d", err, r.Depth())
	}
	next()
	next()
	refusal := new(xml.Error)
	if _, err := r.Text(); !errors.As(err, &refusal) || refusal.Code != xml.CodeUnexpected {
		t.Errorf("an element in a text: %v", err)
	}
	if _, err := r.Next(); !errors.As(err, &refusal) {
		t.Errorf("reading went on behind a fault: %v", err)
	}
}

func TestSourceFails(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, text := range []string{"", "<a>", "<a><b"} {
		err := xml.Verify(io.MultiReader(strings.NewReader(text), failing{broken}), xml.Options{})
		if refusal := new(xml.Error); !errors.Is(err, broken) || errors.As(err, &refusal) {
			t.Errorf("%q: error %v, want that of the source", text, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
