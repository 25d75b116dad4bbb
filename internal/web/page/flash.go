package page

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
)

const flashCookie = "hanse_flash"

// Flash is a message shown once, on the page after a redirect.
type Flash struct {
	Kind string // "good", "bad" or "note"
	Text string
}

// note is what the cookie carries: a key, not a text, so that nobody who can
// set a cookie can put words of his own on a page.
type note struct {
	Kind string   `json:"kind"`
	Key  string   `json:"key"`
	Args []string `json:"args,omitempty"`
}

// Tell leaves a message of the catalog for the next page. Call it before the
// redirect; kind is "good", "bad" or "note".
func Tell(w http.ResponseWriter, r *http.Request, kind, key string, args ...string) {
	content, err := json.Marshal(note{Kind: kind, Key: key, Args: args})
	if err != nil || len(content) > 2000 { // a browser drops cookies above 4096 bytes
		return
	}
	// #nosec G124 -- secure wherever the visitor came by HTTPS
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString(content),
		Path: "/", MaxAge: 60, HttpOnly: true, Secure: IsHTTPS(r), SameSite: http.SameSiteLaxMode})
}

// takeFlash reads and clears the message; anything it cannot read is dropped.
func takeFlash(w http.ResponseWriter, r *http.Request, p *Printer) []Flash {
	cookie, err := r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	// #nosec G124 -- secure wherever the visitor came by HTTPS
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true,
		Secure: IsHTTPS(r), SameSite: http.SameSiteLaxMode})
	var n note
	content, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || json.Unmarshal(content, &n) != nil {
		return nil
	}
	args := make([]any, len(n.Args))
	for i, a := range n.Args {
		args[i] = a
	}
	text, err := p.lookup(n.Key, args...)
	if err != nil {
		return nil
	}
	if n.Kind != "good" && n.Kind != "bad" {
		n.Kind = "note"
	}
	return []Flash{{Kind: n.Kind, Text: text}}
}
