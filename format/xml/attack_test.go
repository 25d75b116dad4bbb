package xml_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/format/xml"
)

// endless repeats a text for ever.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[e.at]
		e.at = (e.at + 1) % len(e.text)
	}
	return len(p), nil
}

// attack expects the refusal of a document in under a second and with little memory, freed memory counted too.
func attack(t *testing.T, document io.Reader, code string) {
	t.Helper()
	attackWithin(t, 8<<20, time.Second, document, code)
}

func attackWithin(t *testing.T, memory uint64, limit time.Duration, document io.Reader, code string) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	err := xml.Verify(document, xml.Options{})
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	if refusal := new(xml.Error); !errors.As(err, &refusal) || refusal.Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
	if took > limit {
		t.Errorf("refused only after %v", took)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > memory {
		t.Errorf("allocated %d bytes", allocated)
	}
}

func TestBillionLaughs(t *testing.T) {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n<!ENTITY lol0 \"lol\">\n")
	for i := '1'; i <= '9'; i++ {
		b.WriteString("<!ENTITY lol" + string(i) + " \"" + strings.Repeat("&lol"+string(i-1)+";", 10) + "\">\n")
	}
	b.WriteString("]>\n<lolz>&lol9;</lolz>")
	attack(t, strings.NewReader(b.String()), xml.CodeDTD)
}

func TestTenThousandDeep(t *testing.T) {
	attack(t, strings.NewReader(strings.Repeat("<a>", 10_000)+strings.Repeat("</a>", 10_000)), xml.CodeTooDeep)
}

func TestEndlessTokens(t *testing.T) {
	for _, begin := range []string{"<a>", "<a x='", "<!--", "<", "<!DOCTYPE ", "<?p ", "<a><![CDATA[", "<a>&"} {
		attackWithin(t, 8<<20, 10*time.Second, io.MultiReader(strings.NewReader(begin), &endless{text: "x"}), xml.CodeTokenTooLarge)
	}
	attack(t, &endless{text: "<a>"}, xml.CodeTooDeep)
	// The attributes are gathered in a slice that is copied as it grows; the cap on the token ends that.
	attackWithin(t, 64<<20, 10*time.Second, io.MultiReader(strings.NewReader("<a"), &endless{text: " x=''"}), xml.CodeTokenTooLarge)
}

func TestExternalEntitiesAreNotFetched(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{server.URL, "file://" + file} {
		for _, document := range []string{
			`<!DOCTYPE a [<!ENTITY x SYSTEM "` + place + `">]><a>&x;</a>`,
			`<!DOCTYPE a SYSTEM "` + place + `"><a/>`,
			`<!DOCTYPE a [<!ENTITY % x SYSTEM "` + place + `"> %x;]><a/>`,
		} {
			attack(t, strings.NewReader(document), xml.CodeDTD)
		}
		cxml := `<!DOCTYPE a SYSTEM "` + place + `"><a/>`
		if err := xml.Verify(strings.NewReader(cxml), xml.Options{SkipDoctype: true}); err != nil {
			t.Error(err)
		}
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests were made", n)
	}
}
