package pagetest

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var storyFolder = flag.String("stories", "", "write every story's page and its assets into this folder, to look at them")

// Story is a page with prepared data.
type Story struct {
	Name     string
	Handler  http.Handler
	Path     string
	Form     url.Values // posted, where not nil
	Language string     // "en" where empty
	Theme    string
	Status   int // 200 where zero
}

// request asks for the page as the story's visitor does.
func (s Story) request() *http.Request {
	r := httptest.NewRequest(http.MethodGet, s.Path, nil)
	if s.Form != nil {
		r = httptest.NewRequest(http.MethodPost, s.Path, strings.NewReader(s.Form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	language := s.Language
	if language == "" {
		language = "en"
	}
	r.Header.Set("Accept-Language", language)
	if s.Theme != "" {
		r.AddCookie(&http.Cookie{Name: "hanse_theme", Value: s.Theme}) // #nosec G124 -- a cookie that a browser sends
	}
	return r
}

// Run asks for the page, checks it and, with -stories, writes it down.
func (s Story) Run(t *testing.T) {
	t.Helper()
	if s.Status == 0 {
		s.Status = http.StatusOK
	}
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, s.request())
	if w.Code != s.Status {
		t.Errorf("%s answered %d, want %d (Location %q)", s.Path, w.Code, s.Status, w.Header().Get("Location"))
	}
	Document(t, w.Body.String())
	if *storyFolder != "" {
		s.write(t, w.Body.String())
	}
}

var assetURL = regexp.MustCompile(`"((?:/[a-z]+)?/assets/[^"#]+)`)
var fontURL = regexp.MustCompile(`url\("([^"]+)"\)`)

func (s Story) write(t *testing.T, html string) {
	t.Helper()
	save := func(name, content string) {
		file := filepath.Join(*storyFolder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	get := func(address string) string {
		w := httptest.NewRecorder()
		s.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
		return w.Body.String()
	}
	save(s.Name+".html", html)
	for _, m := range assetURL.FindAllStringSubmatch(html, -1) {
		content := get(m[1])
		save(m[1], content)
		if strings.HasSuffix(m[1], ".css") {
			for _, f := range fontURL.FindAllStringSubmatch(content, -1) {
				font := path.Join(path.Dir(m[1]), f[1])
				save(font, get(font))
			}
		}
	}
}
