package page_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

func assets(t *testing.T, theme fstest.MapFS) *page.Assets {
	t.Helper()
	var a *page.Assets
	var err error
	if theme == nil {
		a, err = page.NewAssets("/assets/", nil)
	} else {
		a, err = page.NewAssets("/assets/", theme)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func fetch(t *testing.T, h http.Handler, address, encoding string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAssets(t *testing.T) {
	a := assets(t, nil)
	for name, kind := range map[string]string{"app.css": "text/css; charset=utf-8", "script/app.js": "text/javascript; charset=utf-8",
		"script/htmx.js": "text/javascript; charset=utf-8", "icon/icons.svg": "image/svg+xml", "font/inter-latin.woff2": "font/woff2",
		"font/LICENSE-inter.txt": "text/plain; charset=utf-8"} {
		address, err := a.URL(name)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^/assets/[\w-]+\.[0-9a-f]{12}\.\w+$`).MatchString(address) {
			t.Errorf("%s is at %s, want a name with a hash", name, address)
		}
		w := fetch(t, a, address, "br, gzip;q=0.5")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind {
			t.Errorf("%s: %d %s, want 200 %s", name, w.Code, w.Header().Get("Content-Type"), kind)
		}
		if got := w.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control is %q", name, got)
		}
		if compressed := w.Header().Get("Content-Encoding") == "gzip"; compressed == strings.HasSuffix(name, ".woff2") {
			t.Errorf("%s: gzip is %v", name, compressed)
		}
	}
	if _, err := a.URL("no.css"); err == nil {
		t.Error("an asset that does not exist has an address")
	}
	if w := fetch(t, a, "/assets/app.css", ""); w.Code != http.StatusNotFound {
		t.Errorf("a name without a hash answers %d, want 404", w.Code)
	}
}

func TestAssetsAreTheSamePlainAndCompressed(t *testing.T) {
	a := assets(t, nil)
	address, _ := a.URL("app.css")
	plain := fetch(t, a, address, "gzip;q=0, identity").Body.String()
	z, err := gzip.NewReader(fetch(t, a, address, "gzip").Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(z)
	if err != nil || string(unpacked) != plain {
		t.Errorf("%d bytes unpacked (%v), %d plain", len(unpacked), err, len(plain))
	}
	for _, m := range regexp.MustCompile(`url\("([^"]+)"\)`).FindAllStringSubmatch(plain, -1) {
		if w := fetch(t, a, path.Dir(address)+"/"+m[1], ""); w.Code != http.StatusOK {
			t.Errorf("the style sheet names %s, which answers %d", m[1], w.Code)
		}
	}
}

func TestTheme(t *testing.T) {
	plain, _ := assets(t, nil).URL("app.css")
	a := assets(t, fstest.MapFS{"css/90-theme.css": {Data: []byte(`:root { --accent: #0a7; } .x { background: url("logo.svg"); }`)},
		"logo.svg": {Data: []byte("<svg/>")}})
	themed, _ := a.URL("app.css")
	if themed == plain {
		t.Error("a theme's style sheet leaves the address as it was")
	}
	css := fetch(t, a, themed, "").Body.String()
	if !strings.Contains(css, "--accent: #0a7") || !strings.Contains(css, "--page:") || !regexp.MustCompile(`url\("logo\.[0-9a-f]{12}\.svg"\)`).MatchString(css) {
		t.Error("the style sheet lacks the theme's part, the built-in one, or the theme's picture")
	}
	if _, err := page.NewAssets("/assets/", fstest.MapFS{"css/x.css": {Data: []byte(`a { background: url("no.svg") }`)}}); err == nil || !strings.Contains(err.Error(), "no.svg") {
		t.Errorf("a style sheet that names a missing file gives %v", err)
	}
}
