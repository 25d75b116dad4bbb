package idoc_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/format/idoc"
	"github.com/hanse-commerce/hanse/format/xml"
)

var update = flag.Bool("update", false, "write the golden files")

func read(r io.Reader) (root string, idocs []*idoc.IDoc, err error) {
	reader, err := idoc.NewReader(r)
	if err != nil {
		return "", nil, err
	}
	for {
		d, err := reader.Next()
		if err == io.EOF {
			return reader.Root(), idocs, nil
		}
		if err != nil {
			return reader.Root(), idocs, err
		}
		idocs = append(idocs, d)
	}
}

func sample(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".idoc.xml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func readSample(t testing.TB, name string) []*idoc.IDoc {
	t.Helper()
	_, idocs, err := read(strings.NewReader(sample(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	return idocs
}

// The golden files hold each sample as input of a mapping and as it is kept.
func TestSamples(t *testing.T) {
	for name, want := range map[string]idoc.Summary{
		"MATMAS05":        {Root: "MATMAS05", IDocs: 2, Segments: 8, Messages: map[string]int{"MATMAS": 2}},
		"DEBMAS07":        {Root: "DEBMAS07", IDocs: 2, Segments: 4, Messages: map[string]int{"DEBMAS": 2}},
		"COND_A04":        {Root: "COND_A04", IDocs: 1, Segments: 5, Messages: map[string]int{"COND_A": 1}},
		"ORDRSP.ORDERS05": {Root: "ORDERS05", IDocs: 1, Segments: 88, Messages: map[string]int{"ORDRSP": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := idoc.Verify(strings.NewReader(sample(t, name)))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("summary (-want +got):\n%s", d)
			}
			var out bytes.Buffer
			w, err := idoc.NewWriter(&out, got.Root)
			if err != nil {
				t.Fatal(err)
			}
			var maps []any
			for _, d := range readSample(t, name) {
				maps = append(maps, d.Map())
				if err := w.Write(d); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			text, err := json.MarshalIndent(maps, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".map.golden", append(text, '\n'))
			golden(t, name+".xml.golden", out.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

func TestSegments(t *testing.T) {
	idocs := readSample(t, "MATMAS05")
	material := idocs[0].First("E1MARAM")
	if number := material.Text("MATNR"); number != "000000000000004711" {
		t.Errorf("MATNR %q", number)
	}
	if texts := material.All("E1MAKTM"); len(texts) != 2 || texts[1].Text("MAKTX") != "Teil 0 <neu>" {
		t.Errorf("texts %v", texts)
	}
	if material.First("E1MARCM") != nil || len(idocs[0].All("E1MARAM")) != 1 {
		t.Error("a segment was found that is not there, or one too few")
	}
	if c := idocs[1].Control; c.DOCNUM != "0000000000007102" || c.SNDPRN != "PRDCLNT100" || c.CRETIM != "081500" {
		t.Errorf("control record %+v", c)
	}
	order := readSample(t, "ORDRSP.ORDERS05")[0]
	if _, present := order.First("E1EDK01").Get("VSNR"); present {
		t.Error("an absent field is present")
	}
	if order.Line != 3 || order.First("E1EDK01").Line != 29 {
		t.Errorf("begins at line %d, E1EDK01 at %d", order.Line, order.First("E1EDK01").Line)
	}
}

const (
	begin   = `<MATMAS05><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><DOCNUM>1</DOCNUM></EDI_DC40>`
	end     = `</IDOC></MATMAS05>`
	segment = `<E1MARAM SEGMENT="1"><MATNR>1</MATNR><LVORM/></E1MARAM>`
)

func TestAbsentAndEmpty(t *testing.T) {
	_, idocs, err := read(strings.NewReader(begin + segment + end))
	if err != nil {
		t.Fatal(err)
	}
	s := idocs[0].First("E1MARAM")
	if value, present := s.Get("LVORM"); value != "" || !present {
		t.Errorf("empty field: %q, %v", value, present)
	}
	if _, present := s.Get("MATKL"); present {
		t.Error("absent field is present")
	}
}

// Middleware drops attributes, adds a namespace, leaves the fields behind the children, or indents.
func TestVariants(t *testing.T) {
	want := &idoc.Segment{Name: "E1MARAM", Fields: []idoc.Field{{Name: "MATNR", Value: " 1"}}, Line: 1,
		Children: []*idoc.Segment{{Name: "Z1MARAM", Fields: []idoc.Field{{Name: "ZZ", Value: "x"}}, Line: 1}}}
	for _, text := range []string{
		`<E1MARAM SEGMENT="1"><MATNR> 1</MATNR><Z1MARAM SEGMENT="1"><ZZ>x</ZZ></Z1MARAM></E1MARAM>`,
		`<E1MARAM><MATNR> 1</MATNR><Z1MARAM> <ZZ>x</ZZ> </Z1MARAM></E1MARAM>`,
		`<E1MARAM> <Z1MARAM><ZZ><![CDATA[x]]></ZZ></Z1MARAM> <!-- --> <MATNR> 1</MATNR> </E1MARAM>`,
		`<n:E1MARAM xmlns:n="urn:sap-com:document:sap:idoc:messages"><MATNR> 1</MATNR><Z1MARAM><ZZ>x</ZZ></Z1MARAM></n:E1MARAM>`,
	} {
		_, idocs, err := read(strings.NewReader(begin + text + end))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if d := cmp.Diff(want, idocs[0].First("E1MARAM")); d != "" {
			t.Errorf("%s (-want +got):\n%s", text, d)
		}
	}
}

func TestRootAlone(t *testing.T) {
	for _, text := range []string{"<MATMAS05/>", "<?xml version='1.0'?>\n<MATMAS05>\n</MATMAS05>\n"} {
		s, err := idoc.Verify(strings.NewReader(text))
		if err != nil || s.IDocs != 0 || s.Root != "MATMAS05" {
			t.Errorf("%s: %+v, %v", text, s, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct{ name, text, code string }{
		{"cut off", begin + segment + "</IDOC>", xml.CodeMalformed},
		{"cut off in a segment", begin + segment[:20], xml.CodeMalformed},
		{"empty", "", xml.CodeMalformed},
		{"dtd", `<!DOCTYPE MATMAS05 [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + begin + end, xml.CodeDTD},
		{"too deep", begin + strings.Repeat(`<E1 SEGMENT="1">`, 10_000), xml.CodeTooDeep},
		{"too deep without attributes", begin + strings.Repeat(`<E1>`, 10_000), xml.CodeTooDeep},
		{"no control record", `<MATMAS05><IDOC BEGIN="1">` + segment + end, idoc.CodeControlMissing},
		{"control record too late", `<MATMAS05><IDOC>` + segment + `<EDI_DC40/>` + end, idoc.CodeControlMissing},
		{"nothing in it", `<MATMAS05><IDOC BEGIN="1"/></MATMAS05>`, idoc.CodeControlMissing},
		{"no IDOC", `<MATMAS05>` + segment + `</MATMAS05>`, idoc.CodeEnvelope},
		{"text in the root", `<MATMAS05>x</MATMAS05>`, idoc.CodeEnvelope},
		{"text in the IDOC", begin + "x" + end, idoc.CodeEnvelope},
		{"text in a segment", begin + `<E1MARAM SEGMENT="1">x</E1MARAM>` + end, idoc.CodeEnvelope},
		{"text before a segment's field", begin + `<E1MARAM><Z1X>x<A>1</A></Z1X></E1MARAM>` + end, idoc.CodeEnvelope},
		{"odd name", begin + `<Ä SEGMENT="1"/>` + end, idoc.CodeEnvelope},
		{"a later fault", begin + segment + "</IDOC>" + segment + "</MATMAS05>", idoc.CodeEnvelope},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := idoc.Verify(strings.NewReader(test.text))
			if got := code(err); got != test.code || s.Root != "" {
				t.Errorf("%v, %+v; want %s", err, s, test.code)
			}
			if _, _, again := read(strings.NewReader(test.text)); again == nil || again.Error() != err.Error() {
				t.Errorf("Verify says %v, the reader says %v", err, again)
			}
		})
	}
}

func code(err error) string {
	if refusal := new(xml.Error); errors.As(err, &refusal) {
		return refusal.Code
	}
	if refusal := new(idoc.Error); errors.As(err, &refusal) {
		return refusal.Code
	}
	return ""
}

// A fault is final: what stands behind it is not read as if nothing had happened.
func TestFaultIsFinal(t *testing.T) {
	r, err := idoc.NewReader(strings.NewReader(`<M><IDOC><E1/></IDOC><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"/></IDOC></M>`))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if d, err := r.Next(); d != nil || code(err) != idoc.CodeControlMissing {
			t.Errorf("%v, %v", d, err)
		}
	}
}

type repeated struct {
	text  string
	times int
	rest  string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.times == 0 {
			return 0, io.EOF
		}
		r.rest, r.times = r.text, r.times-1
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func TestTooLarge(t *testing.T) {
	for _, text := range []string{`<A/>`, "<A><![CDATA[" + strings.Repeat("x", 1<<19) + "]]></A>"} {
		body := io.MultiReader(strings.NewReader(begin+`<E1MARAM SEGMENT="1">`), &repeated{text, 1 << 30, ""})
		if _, err := idoc.Verify(body); code(err) != idoc.CodeTooLarge {
			t.Errorf("%.20s…: %v", text, err)
		}
	}
	one := io.MultiReader(strings.NewReader(begin+`<E1MARAM SEGMENT="1"><A>`), &repeated{"<![CDATA[" + strings.Repeat("x", 100_000) + "]]>", 1 << 30, ""})
	if _, err := idoc.Verify(one); code(err) != idoc.CodeTooLarge {
		t.Errorf("one field in many pieces: %v", err)
	}
}

// TestMemoryIsFlat reads 8 MB of IDocs, of which it keeps none.
func TestMemoryIsFlat(t *testing.T) {
	one := begin[len("<MATMAS05>"):] + strings.Repeat(segment, 100) + "</IDOC>"
	file := io.MultiReader(strings.NewReader("<MATMAS05>"), &repeated{one, 8 << 20 / len(one), ""}, strings.NewReader("</MATMAS05>"))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r, err := idoc.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	peak := uint64(0)
	for n := 1; ; n++ {
		if _, err := r.Next(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if n%500 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			peak = max(peak, after.HeapAlloc)
		}
	}
	if peak == 0 || peak > before.HeapAlloc+4<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before.HeapAlloc, peak)
	}
}
