package shop

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
)

// SessionPath is where clients of the storefront's API log in and out.
const SessionPath = "/api/storefront/v1/session"

const maxLogin = 4 << 10

// Session logs clients of the storefront's API in and out, at SessionPath: POST {"email": …, "password": …} as
// application/json answers 204 and sets the session's cookie, DELETE ends the session. It is the session of the pages too.
func (s *Shop) Session() http.Handler {
	return s.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		err := s.session(w, r)
		var p *jsonapi.Problem
		if err != nil && !errors.As(err, &p) {
			s.Log.ErrorContext(r.Context(), "log in at the API", "error", err)
			errors.As(jsonapi.Refuse(http.StatusServiceUnavailable, "unavailable", "Logins do not work at the moment; send the request again."), &p)
		}
		if err == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/vnd.api+json")
		w.WriteHeader(p.Status)
		_ = json.NewEncoder(w).Encode(map[string]any{"jsonapi": map[string]string{"version": "1.1"}, "errors": p.Faults})
	}))
}

func (s *Shop) session(w http.ResponseWriter, r *http.Request) error {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return jsonapi.Refuse(http.StatusForbidden, "cross_origin", "The request comes from a page of another site.")
	}
	switch r.Method {
	case http.MethodPost:
		return s.sessionStart(w, r)
	case http.MethodDelete:
		return s.sessions.Destroy(r.Context())
	}
	w.Header().Set("Allow", "POST, DELETE")
	return jsonapi.Refuse(http.StatusMethodNotAllowed, "method_not_allowed", r.Method+" is not offered here; use POST or DELETE.")
}

func (s *Shop) sessionStart(w http.ResponseWriter, r *http.Request) error {
	// A page of another site can send a form, but no JSON, without asking first.
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" && kind != "application/vnd.api+json" {
		return jsonapi.Refuse(http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the body as application/json.")
	}
	var login struct{ Email, Password string }
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLogin))
	if err != nil || json.Unmarshal(body, &login) != nil || login.Email == "" || login.Password == "" {
		return jsonapi.Refuse(http.StatusBadRequest, "invalid_body", `The body is an object such as {"email": "buyer@example.com", "password": "…"}.`)
	}
	site, err := organization.SiteAt(r.Context(), s.Pool, r.Host)
	if err != nil {
		return err
	}
	err = s.enter(r.Context(), s.Address(r), site.Organization, site.Website, login.Email, login.Password)
	switch {
	case errors.Is(err, errBanned):
		return jsonapi.Refuse(http.StatusTooManyRequests, "too_many_logins", "Too many logins have failed; try again in a quarter of an hour.")
	case errors.Is(err, access.ErrLogin):
		return jsonapi.Refuse(http.StatusUnauthorized, "login_failed", "E-mail or password is not right.")
	}
	return err
}
