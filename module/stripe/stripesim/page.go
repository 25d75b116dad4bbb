package stripesim

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

//go:embed page
var files embed.FS

var templates = template.Must(template.New("").ParseFS(files, "page/*.html"))

// pageRoutes are what browsers see: hosted pages, element script, and /_control for whoever plays tricks.
func (s *Simulator) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /c/pay/{id}", s.showSession)
	mux.HandleFunc("POST /c/pay/{id}", s.paySession)
	mux.HandleFunc("GET /3ds/{id}/{secret}", s.showChallenge)
	mux.HandleFunc("POST /3ds/{id}/{secret}", s.answerChallenge)
	for _, path := range []string{"/v3/", "/v3", "/dahlia/stripe.js"} { // as docs.stripe.com/js/including has them
		mux.HandleFunc("GET "+path, s.script)
	}
	mux.HandleFunc("GET /elements/payment", s.frame)
	for name, kind := range map[string]string{"page.css": "text/css", "frame.js": "text/javascript"} {
		mux.HandleFunc("GET /assets/"+name, func(w http.ResponseWriter, _ *http.Request) { asset(w, name, kind) })
	}
	mux.HandleFunc("GET /_control", s.control)
	mux.HandleFunc("POST /_control", s.control)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/_control", http.StatusSeeOther)
	})
}

func asset(w http.ResponseWriter, name, kind string) {
	content, err := files.ReadFile("page/" + name)
	if err != nil {
		http.Error(w, "This file is missing.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(content)
}

// script is Stripe.js in little: what Hanse's payment script needs of it.
func (s *Simulator) script(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	served := s.mischief.Script
	s.mu.Unlock()
	if !served {
		http.Error(w, "The script is not served at the moment.", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	asset(w, "stripe.js", "text/javascript")
}

// frame holds the card fields, so that card data is on the simulator's page and never on the shop's.
func (s *Simulator) frame(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
	language := r.URL.Query().Get("locale")
	s.show(w, http.StatusOK, "frame.html", map[string]any{"Words": wordsOf(language), "Language": language,
		"Key": s.cfg.PublishableKey == r.URL.Query().Get("key")})
}

// show writes a page. Where its forms lead differs by page, so the policy leaves form-action to the caller.
func (s *Simulator) show(w http.ResponseWriter, status int, name string, data map[string]any) {
	var b strings.Builder
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		s.cfg.Log.Error("stripe simulator: write a page", "page", name, "error", err)
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	if h.Get("Content-Security-Policy") == "" {
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'")
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(b.String()))
}

// back is an address that a link may lead to.
func back(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return address
}
