package idoc_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hanse-commerce/hanse/format/idoc"
)

var withoutLines = cmp.Options{cmpopts.IgnoreFields(idoc.Segment{}, "Line"), cmpopts.IgnoreFields(idoc.IDoc{}, "Line"),
	cmpopts.EquateEmpty()}

func write(t testing.TB, root string, idocs ...*idoc.IDoc) string {
	t.Helper()
	var out bytes.Buffer
	w, err := idoc.NewWriter(&out, root)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range idocs {
		if err := w.Write(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// An order as a mapping puts it out: the order of segments and fields is kept, null is left out, "" is not.
const order = `[
	{"segment": "E1EDK01", "fields": [["CURCY", "EUR"], ["BELNR", "4711"], ["ACTION", ""], ["ZTERM", null]]},
	{"segment": "E1EDK14", "fields": {"QUALF": "008", "ORGID": "1000"}},
	{"segment": "E1EDP01", "fields": [["POSEX", 10], ["MENGE", "2.500"]], "children": [
		{"segment": "E1EDP20", "fields": [["WMENG", "2.500"]], "children": null},
		{"segment": "E1EDP19", "fields": [["QUALF", "001"], ["KTEXT", "Rod <M8> & \"nut\"\r\n"]]},
		{"segment": "E1EDP20"}]}]`

func TestFromValue(t *testing.T) {
	want := `<?xml version="1.0" encoding="UTF-8"?>
<ORDERS05><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM><DOCNUM>0000000000000001</DOCNUM>` +
		`<MESTYP>ORDERS</MESTYP><ZZ>1</ZZ></EDI_DC40>` +
		`<E1EDK01 SEGMENT="1"><CURCY>EUR</CURCY><BELNR>4711</BELNR><ACTION></ACTION></E1EDK01>` +
		`<E1EDK14 SEGMENT="1"><ORGID>1000</ORGID><QUALF>008</QUALF></E1EDK14>` +
		`<E1EDP01 SEGMENT="1"><POSEX>10</POSEX><MENGE>2.500</MENGE>` +
		`<E1EDP20 SEGMENT="1"><WMENG>2.500</WMENG></E1EDP20>` +
		`<E1EDP19 SEGMENT="1"><QUALF>001</QUALF><KTEXT>Rod &lt;M8&gt; &amp; "nut"&#xD;
</KTEXT></E1EDP19><E1EDP20 SEGMENT="1"></E1EDP20></E1EDP01></IDOC>
</ORDERS05>
`
	for _, useNumber := range []bool{false, true} {
		decoder := json.NewDecoder(strings.NewReader(order))
		if useNumber {
			decoder.UseNumber()
		}
		var value any
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
		segments, err := idoc.FromValue(value)
		if err != nil {
			t.Fatal(err)
		}
		d := &idoc.IDoc{Control: idoc.Control{DOCNUM: "0000000000000001", MESTYP: "ORDERS",
			Other: []idoc.Field{{Name: "ZZ", Value: "1"}}}, Segments: segments}
		text := write(t, "ORDERS05", d)
		if diff := cmp.Diff(want, text); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		_, again, err := read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		d.Control.TABNAM = "EDI_DC40"
		if diff := cmp.Diff([]*idoc.IDoc{d}, again, withoutLines); diff != "" {
			t.Errorf("read again (-want +got):\n%s", diff)
		}
	}
}

func TestFromValueRefuses(t *testing.T) {
	for text, place := range map[string]string{
		`{}`:                                           "segments:",
		`["E1EDK01"]`:                                  "segments[0]:",
		`[{"fields": []}]`:                             "segments[0]: segment:",
		`[{"segment": "E1 EDK01"}]`:                    "segments[0]: segment:",
		`[{"segment": "E1", "field": []}]`:             `unknown key "field"`,
		`[{"segment": "E1", "fields": "x"}]`:           "segments[0](E1).fields:",
		`[{"segment": "E1", "children": {}}]`:          "segments[0](E1).children:",
		`[{"segment": "E1", "fields": [["A"]]}]`:       "segments[0](E1).fields[0]:",
		`[{"segment": "E1", "fields": [["A", 0.1]]}]`:  "field A: the number 0.1",
		`[{"segment": "E1", "fields": [["A", 1e15]]}]`: "field A: the number 1e+15",
		`[{"segment": "E1", "fields": [["A", true]]}]`: "field A: text or a whole number",
		`[{"segment": "E1", "fields": {"<A>": "1"}}]`:  "is no name of a field",
		`[{"segment": "E1", "children": [{"segment": "E2", "fields": [[1, "1"]]}]}]`: "segments[0](E1).children[0](E2).fields[0]",
	} {
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if _, err := idoc.FromValue(value); err == nil || !strings.Contains(err.Error(), place) {
			t.Errorf("%s: error %v, want one with %q", text, err, place)
		}
	}
}

func TestWriterRefusesNames(t *testing.T) {
	if _, err := idoc.NewWriter(io.Discard, "ORDERS05>"); err == nil {
		t.Error("a root was written that is no name")
	}
	for _, s := range []*idoc.Segment{
		{Name: ""}, {Name: "E1 SEGMENT=\"1\""}, {Name: "E1", Fields: []idoc.Field{{Name: "A>"}}},
		{Name: "E1", Children: []*idoc.Segment{{Name: "1E"}}},
	} {
		if text, err := (&idoc.IDoc{Segments: []*idoc.Segment{s}}).XML(); err == nil {
			t.Errorf("written: %s", text)
		}
	}
}

func TestWriteFails(t *testing.T) {
	broken := errors.New("disk full")
	w, err := idoc.NewWriter(failingWriter{broken}, "ORDERS05")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); !errors.Is(err, broken) {
		t.Errorf("error %v, want that of the writer", err)
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

// What XML cannot carry becomes one visible character; everything else is carried.
func TestEscape(t *testing.T) {
	for value, want := range map[string]string{
		"a\x00b\x1f\xff\ufffe": "a\ufffdb\ufffd\ufffd\ufffd",
		" <]]>&\"'\t\n\r\r\n ": " <]]>&\"'\t\n\r\r\n ",
		"ä€𝄞\u0085\ufffd":      "ä€𝄞\u0085\ufffd",
	} {
		d := &idoc.IDoc{Segments: []*idoc.Segment{{Name: "E1", Fields: []idoc.Field{{Name: "A", Value: value}}}}}
		_, again, err := read(strings.NewReader(write(t, "R", d)))
		if err != nil || again[0].Segments[0].Text("A") != want {
			t.Errorf("%q: %v", value, err)
		}
	}
}
