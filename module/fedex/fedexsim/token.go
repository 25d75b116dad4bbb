package fedexsim

import (
	"crypto/rand"
	"crypto/subtle"
	"mime"
	"net/http"
	"strings"
	"time"
)

// token answers POST /oauth/token (FedEx's "Authorization API", RFC 6749 section 4.4).
func (s *Simulator) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	admitted := s.throttle.admits(s.cfg.Clock())
	s.mu.Unlock()
	if !admitted {
		s.forbid(w)
		return
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/x-www-form-urlencoded" {
		s.refuse(w, http.StatusUnsupportedMediaType, "UNSUPPORTED.MEDIA.TYPE", "The token is asked for with application/x-www-form-urlencoded.")
		return
	}
	if err := r.ParseForm(); err != nil || len(r.URL.RawQuery) > 0 {
		s.refuse(w, http.StatusBadRequest, "BAD.REQUEST.ERROR", "The form cannot be read; credentials do not belong into the address.")
		return
	}
	if r.PostForm.Get("grant_type") != "client_credentials" {
		s.refuse(w, http.StatusBadRequest, "BAD.REQUEST.ERROR", "Missing or invalid grant_type. Please modify your request and try again.")
		return
	}
	if !same(r.PostForm.Get("client_id"), s.cfg.ClientID) || !same(r.PostForm.Get("client_secret"), s.cfg.ClientSecret) {
		s.refuse(w, http.StatusUnauthorized, "NOT.AUTHORIZED.ERROR",
			"The given client credentials were not valid. Please modify your request and try again.")
		return
	}
	token := rand.Text() + rand.Text()
	s.mu.Lock()
	seconds := s.cfg.TokenSeconds
	for t, end := range s.tokens {
		if !s.cfg.Clock().Before(end) {
			delete(s.tokens, t)
		}
	}
	s.tokens[token] = s.cfg.Clock().Add(time.Duration(seconds) * time.Second)
	s.state.Tokens++
	s.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "bearer", "expires_in": seconds, "scope": "CXS"})
}

// forbid is the answer to who asks for tokens too often, and for rates without permission.
func (s *Simulator) forbid(w http.ResponseWriter) {
	s.refuse(w, http.StatusForbidden, "FORBIDDEN.ERROR", "We could not authorize your credentials. Please check your permissions and try again.")
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// admitted checks the token of a request and answers if it is none.
func (s *Simulator) admitted(w http.ResponseWriter, r *http.Request) bool {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	end, known := s.tokens[token]
	ok := bearer && known && s.cfg.Clock().Before(end)
	s.mu.Unlock()
	if !ok {
		s.refuse(w, http.StatusUnauthorized, "NOT.AUTHORIZED.ERROR", "Access token expired. Please modify your request and try again.")
	}
	return ok
}
