package sap

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/hanse-commerce/hanse/format/idoc"
	"github.com/hanse-commerce/hanse/format/xml"
	"github.com/hanse-commerce/hanse/module"
)

// A file that is broken anywhere is refused before anything of it is used, by a stable code.
func TestBrokenFilesAreRefused(t *testing.T) {
	_, files := parseCase(t, "mapping/matmas05/sample.txtar")
	whole := string(files["input.xml"])
	for name, c := range map[string]struct{ content, code string }{
		"cut off":       {whole[:len(whole)-40], xml.CodeMalformed},
		"DTD":           {strings.Replace(whole, "<MATMAS05>", "<!DOCTYPE MATMAS05 [<!ENTITY x \"y\">]><MATMAS05>", 1), xml.CodeDTD},
		"no control":    {"<MATMAS05><IDOC BEGIN=\"1\"><E1MARAM SEGMENT=\"1\"/></IDOC></MATMAS05>", idoc.CodeControlMissing},
		"no IDOC":       {"<MATMAS05><E1MARAM/></MATMAS05>", idoc.CodeEnvelope},
		"second broken": {strings.Replace(whole, "</IDOC></MATMAS05>", "</IDOC><IDOC></MATMAS05>", 1), xml.CodeMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New().Incoming()[1].Open(context.Background(), text{"in.xml", c.content}, channel(t, nil))
			x, d := (*xml.Error)(nil), (*idoc.Error)(nil)
			code := ""
			if errors.As(err, &x) {
				code = x.Code
			} else if errors.As(err, &d) {
				code = d.Code
			}
			if code != c.code {
				t.Errorf("%v, want code %s", err, c.code)
			}
		})
	}
}

func TestRootAloneIsAFileWithoutNews(t *testing.T) {
	for _, in := range New().Incoming() {
		docs, err := in.Open(context.Background(), text{"in.xml", "<" + in.Root + "/>"}, channel(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		if d, err := docs.Next(context.Background()); err != io.EOF {
			t.Errorf("%s: %v %v", in.Kind, d, err)
		}
	}
}

func TestDocumentNamesItsMessage(t *testing.T) {
	_, files := parseCase(t, "mapping/matmas05/sample.txtar")
	docs := read(t, New().Incoming()[1], []byte(`{"timeZone": "Europe/Berlin"}`), files["input.xml"])
	m := docs[1].Message
	if m.Sender != "PRDCLNT100" || m.Type != "MATMAS" || m.Number != "0000000000007102" || m.Time.UTC().Format("20060102150405") != "20261103071500" {
		t.Errorf("%+v", m)
	}
	if !strings.Contains(string(docs[1].Raw), "<MATNR>000000000000004712</MATNR>") || docs[1].Line != 2 {
		t.Errorf("line %d, raw %.200s", docs[1].Line, docs[1].Raw)
	}
}

func TestLongTextIsCut(t *testing.T) {
	_, files := parseCase(t, "mapping/matmas05/texts.txtar")
	long := strings.Replace(string(files["input.xml"]), "<TDLINE>three<", "<TDLINE>"+strings.Repeat("ä", 5000)+"<", 1)
	d := read(t, New().Incoming()[1], nil, []byte(long))[0]
	text, _ := d.Records[0].Values["description"].(map[string]any)["en"].(string)
	if len([]rune(text)) != 4000 || len(d.Notices) != 1 || d.Notices[0].Code != "text_cut" || !d.Notices[0].Warning {
		t.Errorf("%d characters, %+v", len([]rune(text)), d.Notices)
	}
}

// No file makes the module panic or loop, and none yields a row without a key.
func FuzzOpen(f *testing.F) {
	for _, in := range inbound {
		for _, path := range cases(f, in) {
			_, files := parseCase(f, path)
			f.Add(string(files["input.xml"]))
		}
	}
	m := New()
	settings := channel(f, nil)
	f.Fuzz(func(t *testing.T, content string) {
		for _, in := range m.Incoming() {
			docs, err := in.Open(context.Background(), text{"in.xml", content}, settings)
			if err != nil {
				continue
			}
			for {
				d, err := docs.Next(context.Background())
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if d.Key == "" && d.Message.Number != "" {
					t.Fatalf("a row without a key: %+v", d)
				}
			}
		}
	})
}

// samples are the cases that are measured, by IDoc type.
var samples = map[string]string{"DEBMAS07": "debmas07/sample", "MATMAS05": "matmas05/sample", "COND_A04": "cond_a04/sample", "LOISTD01": "loistd01/stock",
	"ALEAUD01": "aleaud01/verdicts", "ORDERS05": "ordrsp/sample", "DELVRY03": "delvry03/sample", "INVOIC02": "invoic02/sample"}

// many repeats the IDocs of a case.
func many(b *testing.B, path string, n int) (string, int) {
	b.Helper()
	_, files := parseCase(b, path)
	whole := string(files["input.xml"])
	begin, end := strings.Index(whole, "<IDOC"), strings.LastIndex(whole, "</IDOC>")+len("</IDOC>")
	each := whole[begin:end]
	return whole[:begin] + strings.Repeat(each, n) + whole[end:], n * strings.Count(each, "<IDOC ")
}

// BenchmarkIncoming reads files and tells IDocs a second.
func BenchmarkIncoming(b *testing.B) {
	m := New()
	for i, in := range inbound {
		path := samples[in.name]
		b.Run(path, func(b *testing.B) {
			content, n := many(b, "mapping/"+path+".txtar", 500)
			in, settings := m.Incoming()[i], channel(b, nil)
			b.ReportAllocs()
			for b.Loop() {
				docs, err := in.Open(context.Background(), text{"in.xml", content}, settings)
				if err != nil {
					b.Fatal(err)
				}
				for range n {
					if _, err := docs.Next(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "IDocs/s")
		})
	}
}

func BenchmarkOrder(b *testing.B) {
	_, files := parseCase(b, "mapping/orders05/account.txtar")
	m, settings := New(), channel(b, files["settings.json"])
	for b.Loop() {
		order(b, m, files, settings)
	}
}

// Channels work at once; a mapping changes neither its settings nor itself.
func TestFilesAreReadAtOnce(t *testing.T) {
	m, settings := New(), channel(t, nil)
	_, files := parseCase(t, "mapping/matmas05/sample.txtar")
	want := pretty(t, read(t, m.Incoming()[1], nil, files["input.xml"]))
	set, err := parseSettings(settings)
	if err != nil {
		t.Fatal(err)
	}
	matmas, err := m.mappings.get("matmas05")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				reader, err := idoc.NewReader(strings.NewReader(string(files["input.xml"])))
				if err != nil {
					t.Error(err)
					return
				}
				d := &documents{file: io.NopCloser(nil), reader: reader, mappings: map[string]*mapping{"": matmas}, settings: set}
				var docs []*module.Document
				for doc, err := d.Next(context.Background()); err == nil; doc, err = d.Next(context.Background()) {
					docs = append(docs, doc)
				}
				if got := pretty(t, docs); got != want {
					t.Errorf("got %s", got)
				}
			}
		})
	}
	all.Wait()
}
