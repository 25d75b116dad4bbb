package oauth

import (
	"errors"
	"net/http"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
)

const realm = "hanse"

// Refusal says why a request's caller is not known, and how to answer: surfaces put it into their own form of error.
type Refusal struct {
	Status    int    // 401, or 403 for a good token from a wrong address
	Code      string // stable
	Detail    string
	Challenge string // of the header WWW-Authenticate, to be sent with a 401
}

func (r *Refusal) Error() string { return r.Detail }

func unauthenticated(code, detail, challenge string) *Refusal {
	return &Refusal{http.StatusUnauthorized, code, detail, `Bearer realm="` + realm + `"` + challenge}
}

// Bearer reports whether a request carries an access token at all, good or not.
func Bearer(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer")
}

// Authenticate finds the caller of a request with an access token in the Authorization header. The error is a *Refusal
// unless the database failed.
func (s *Server) Authenticate(r *http.Request) (access.Caller, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		return access.Caller{}, unauthenticated("unauthenticated",
			"An access token is missing: send it in the header Authorization: Bearer …; a POST to "+TokenPath+" gives one.", "")
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if token = strings.TrimSpace(token); len(headers) > 1 || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return access.Caller{}, unauthenticated("invalid_authorization",
			"The header Authorization must be given once, as Bearer and an access token.", `, error="invalid_request"`)
	}
	t, err := s.lookUp(r, token)
	if errors.Is(err, access.ErrLogin) {
		return access.Caller{}, unauthenticated("invalid_token", "The access token is unknown, has expired or was revoked: get a new one.",
			`, error="invalid_token", error_description="The access token is unknown, has expired or was revoked"`)
	}
	if err != nil {
		return access.Caller{}, err
	}
	if !t.Networks.Allow(s.options.Address(r)) {
		return access.Caller{}, &Refusal{Status: http.StatusForbidden, Code: "address_not_allowed",
			Detail: "This API client may not come from this address: its allowlist says from where it may."}
	}
	return t.Caller, nil
}

func (s *Server) lookUp(r *http.Request, token string) (access.Token, error) {
	p, err := s.provider(r.Context())
	if err != nil {
		return access.Token{}, err
	}
	plain, err := p.crypto.Decrypt(token)
	id, _, found := strings.Cut(plain, ":")
	if err != nil || !found {
		return access.Token{}, access.ErrLogin
	}
	return s.directory.Token(r.Context(), id)
}
