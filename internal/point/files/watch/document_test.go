package watch_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/point/files/filestest"
	"github.com/hanse-commerce/hanse/module/sap"
)

// Documents that are broken anywhere are refused whole: nothing of them is used, nothing they name is read or fetched, and
// the good one behind them is taken.
func TestBadDocuments(t *testing.T) {
	h := filestest.New(t)
	if err := h.Registry.Add(sap.New()); err != nil {
		t.Fatal(err)
	}
	h.Insert("channel", map[string]any{"code": "sap", "name": "SAP", "kind": "sap", "partner_id": h.Partner.ID, "settings": map[string]string{"website": "acme"}})
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	called := make(chan struct{}, 1)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
			called <- struct{}{}
		}
	}()
	good := idocs(t)
	head, body, _ := strings.Cut(good, "<MATMAS05")
	body = "<MATMAS05" + body
	last := strings.LastIndex(body, "<IDOC")
	laughs := `<!ENTITY a "ha">`
	for c := 'b'; c < 'z'; c++ {
		laughs += "<!ENTITY " + string(c) + ` "` + strings.Repeat("&"+string(c-1)+";", 10) + `">`
	}
	cases := []struct{ name, content, code string }{
		{"cut.xml", good[:len(good)-40], "xml_malformed"},
		{"crossed.xml", head + body[:last] + strings.Replace(body[last:], "</IDOC>", "</IDOX>", 1), "xml_malformed"},
		{"nocontrol.xml", head + body[:last] + "<IDOC BEGIN=\"1\"><E1MARAM SEGMENT=\"1\"/></IDOC></MATMAS05>", ""},
		{"file.xml", head + `<!DOCTYPE MATMAS05 [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + strings.Replace(body, "<MAKTX>", "<MAKTX>&x;", 1), "xml_dtd"},
		{"http.xml", head + `<!DOCTYPE MATMAS05 SYSTEM "http://` + listener.Addr().String() + `/x.dtd">` + body, "xml_dtd"},
		{"parameter.xml", head + `<!DOCTYPE MATMAS05 [<!ENTITY % x SYSTEM "http://` + listener.Addr().String() + `/x"> %x;]>` + body, "xml_dtd"},
		{"laughs.xml", head + `<!DOCTYPE MATMAS05 [` + laughs + `]>` + strings.Replace(body, "<MAKTX>", "<MAKTX>&y;", 1), "xml_dtd"},
		{"entity.xml", strings.Replace(good, "<MAKTX>", "<MAKTX>&nbsp;", 1), "xml_malformed"},
		{"deep.xml", "<MATMAS05>" + strings.Repeat("<IDOC>", 10_000) + strings.Repeat("</IDOC>", 10_000) + "</MATMAS05>", "xml_too_deep"},
		{"huge.xml", strings.Replace(good, "<MAKTX>", "<MAKTX>"+strings.Repeat("x", 10<<20), 1), "xml_token_too_large"},
		{"encoding.xml", strings.Replace(good, "UTF-8", "EBCDIC-FR", 1), "xml_encoding"},
		{"bytes.xml", strings.Replace(good, "<MAKTX>", "<MAKTX>\xff\xfe\x81", 1), "xml_malformed"},
		{"empty.xml", "", ""},
		{"news.xml", "<MATMAS05></MATMAS05>", ""},
	}
	for _, c := range cases {
		h.Lay("in/"+c.name, c.content)
	}
	start := time.Now()
	h.Watch(h.Watcher("a", soon))
	h.AwaitEmpty()
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	for _, c := range cases {
		var status, code, reason string
		h.Scan(&status, "SELECT status FROM exchange WHERE name = $1", c.name)
		h.Scan(&code, "SELECT coalesce(reason_code, '') FROM exchange WHERE name = $1", c.name)
		h.Scan(&reason, "SELECT coalesce(reason, '') FROM exchange WHERE name = $1", c.name)
		if done := c.name == "empty.xml" || c.name == "news.xml"; done && status != "done" || !done && (status != "refused" || reason == "" || c.code != "" && code != c.code) {
			t.Errorf("%s is %s with %s %.200q, want %s", c.name, status, code, reason, c.code)
		}
		if strings.Contains(reason, "root:") {
			t.Errorf("%s: a file of this machine was read", c.name)
		}
	}
	if n := h.Count("SELECT count(*) FROM product"); n != 0 {
		t.Errorf("%d products came out of broken documents", n)
	}
	h.Lay("in/matmas_1.xml", good)
	h.AwaitEmpty()
	if n := h.Count("SELECT count(*) FROM product"); n != 2 {
		t.Errorf("%d products of a good document", n)
	}
	select {
	case <-called:
		t.Error("a document made Hanse call somebody")
	default:
	}
}
