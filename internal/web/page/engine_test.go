package page_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
)

type greeting struct{ Name string }

var greetingView = page.Declare[greeting]("greeting")

func views(content string) fstest.MapFS {
	return fstest.MapFS{
		"_layout.html":  {Data: []byte(`{{define "layout"}}<main id="main">{{template "flash" .Frame.Flash}}{{template "content" .Data}}</main>{{template "preferences" .Frame}}{{end}}`)},
		"greeting.html": {Data: []byte(`{{define "content"}}` + content + `{{end}}`)},
	}
}

func engine(t *testing.T, content string, theme fstest.MapFS) (*page.Engine, *page.Catalog, error) {
	t.Helper()
	c, err := page.NewCatalog(page.Texts(), fstest.MapFS{"en.json": {Data: []byte(`{"hello":"Hello {0}"}`)}, "de.json": {Data: []byte(`{"hello":"Guten Tag, {0}"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	o := page.Options{Site: "Acme", Views: views(content), Catalog: c, Assets: assets(t, nil)}
	if theme != nil {
		o.Theme = theme
	}
	e, err := page.NewEngine(o, greetingView)
	return e, c, err
}

func TestEngineRefusesBrokenTemplates(t *testing.T) {
	for name, content := range map[string]string{
		"syntax":           `<h1>{{.Name</h1>`,
		"unknown field":    `<h1>{{.Nmae}}</h1>`,
		"missing text":     `<h1>{{t "no.such.key"}}</h1>`,
		"missing icon":     `<h1>{{icon "no-such-icon"}}</h1>`,
		"missing asset":    `<img src="{{asset "no.png"}}">`,
		"unknown part":     `{{template "nothing" .}}`,
		"ambiguous escape": `<a href="{{if .Name}}/x?{{end}}{{.Name}}">`,
	} {
		if _, _, err := engine(t, content, nil); err == nil {
			t.Errorf("%s: the engine starts", name)
		}
		if _, _, err := engine(t, `<h1>ok</h1>`, fstest.MapFS{"greeting.html": {Data: []byte(`{{define "content"}}` + content + `{{end}}`)}}); err == nil {
			t.Errorf("%s in a theme: the engine starts", name)
		}
	}
	if _, _, err := engine(t, `<h1>ok</h1>`, fstest.MapFS{"stray.html": {Data: []byte("x")}}); err == nil || !strings.Contains(err.Error(), "stray.html") {
		t.Errorf("a template that belongs to no view gives %v", err)
	}
}

func serve(e *page.Engine, c *page.Catalog, name string) http.Handler {
	return page.Prefer(c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		greetingView.Show(e, w, r, http.StatusOK, page.Frame{Title: "Greeting"}, greeting{name})
	}))
}

// TestLanguagesAtOnce: no visitor gets another's language, however the requests mix.
func TestLanguagesAtOnce(t *testing.T) {
	e, c, err := engine(t, `<h1>{{t "hello" .Name}}</h1>`, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := serve(e, c, "<b>")
	want := map[string]string{"en": "<h1>Hello &lt;b&gt;</h1>", "de-AT, en;q=0.5": "<h1>Guten Tag, &lt;b&gt;</h1>", "fr": "<h1>Hello &lt;b&gt;</h1>"}
	var wait sync.WaitGroup
	for range 20 {
		for accept, text := range want {
			wait.Go(func() {
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				r.Header.Set("Accept-Language", accept)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if !strings.Contains(w.Body.String(), text) {
					t.Errorf("%s: %s", accept, w.Body)
				}
			})
		}
	}
	wait.Wait()
}

func TestPreferences(t *testing.T) {
	e, c, err := engine(t, `<h1>{{t "hello" .Name}}</h1>`, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/preferences", strings.NewReader("language=de&theme=dark&back=/cart"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	page.Preferences(c).ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/cart" {
		t.Fatalf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	again := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, cookie := range w.Result().Cookies() {
		again.AddCookie(cookie)
	}
	shown := httptest.NewRecorder()
	serve(e, c, "Maria").ServeHTTP(shown, again)
	for _, want := range []string{`<html lang="de" data-theme="dark">`, "Guten Tag, Maria", `value="dark" aria-pressed="true"`} {
		if !strings.Contains(shown.Body.String(), want) {
			t.Errorf("the page lacks %s: %s", want, shown.Body)
		}
	}
}

func TestFlashIsShownOnce(t *testing.T) {
	e, c, err := engine(t, `<h1>{{t "hello" .Name}}</h1>`, nil)
	if err != nil {
		t.Fatal(err)
	}
	told := httptest.NewRecorder()
	page.Tell(told, httptest.NewRequest(http.MethodPost, "/", nil), "good", "hello", "<i>Ann</i>")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, cookie := range told.Result().Cookies() {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	serve(e, c, "x").ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "Hello &lt;i&gt;Ann&lt;/i&gt;") {
		t.Errorf("the message is not shown: %s", w.Body)
	}
	if cookies := w.Result().Cookies(); len(cookies) != 1 || cookies[0].MaxAge >= 0 {
		t.Errorf("the message is not cleared: %v", cookies)
	}
	forged := httptest.NewRequest(http.MethodGet, "/", nil)
	forged.AddCookie(&http.Cookie{Name: "hanse_flash", Value: "eyJrZXkiOiJubyBzdWNoIGtleSJ9"})
	w = httptest.NewRecorder()
	serve(e, c, "x").ServeHTTP(w, forged)
	if strings.Contains(w.Body.String(), "note-") {
		t.Errorf("a forged message is shown: %s", w.Body)
	}
}

func TestTexts(t *testing.T) {
	pagetest.Texts(t, pagetest.Surface{Texts: os.DirFS("locale"), Templates: dirs("templates"), Code: os.DirFS("."), Computed: []string{"page.theme"}})
}
