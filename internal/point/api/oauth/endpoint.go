package oauth

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"github.com/hanse-commerce/hanse/internal/access"
)

// serve guards the library's endpoints: POST only, a small body, nothing secret from the address line, never cached.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		fail(w, http.StatusMethodNotAllowed, oidc.InvalidRequest, "this endpoint takes POST only")
		return
	}
	p, err := s.provider(r.Context())
	if err != nil {
		s.options.Log.ErrorContext(r.Context(), "token endpoint: "+err.Error())
		w.Header().Set("Retry-After", "2")
		fail(w, http.StatusServiceUnavailable, "temporarily_unavailable", "the database does not answer at the moment; try again")
		return
	}
	r = r.Clone(context.WithValue(r.Context(), addressKey{}, s.options.Address(r)))
	r.URL.RawQuery = ""
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	p.handler.ServeHTTP(&challenger{ResponseWriter: w}, r)
}

// challenger adds what a refused client has to be told (RFC 6749, section 5.2).
type challenger struct{ http.ResponseWriter }

func (c *challenger) WriteHeader(status int) {
	if status == http.StatusUnauthorized {
		c.Header().Set("WWW-Authenticate", `Basic realm="`+realm+`", charset="UTF-8"`)
	}
	c.ResponseWriter.WriteHeader(status)
}

func fail[T ~string](w http.ResponseWriter, status int, code T, description string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": string(code), "error_description": description})
}

// metadata describes the server as RFC 8414 does.
func (s *Server) metadata(w http.ResponseWriter, r *http.Request) {
	issuer := s.issuer(r)
	methods := []string{"client_secret_basic", "client_secret_post"}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"issuer": issuer, "token_endpoint": issuer + TokenPath, "revocation_endpoint": issuer + RevokePath,
		"introspection_endpoint": issuer + IntrospectPath, "response_types_supported": []string{},
		"grant_types_supported": []string{"client_credentials"}, "scopes_supported": []string{access.ReadScope, access.WriteScope},
		"token_endpoint_auth_methods_supported": methods, "revocation_endpoint_auth_methods_supported": methods,
	})
}
