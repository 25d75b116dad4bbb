package hanse

import (
	"errors"
	"net/http"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
	"github.com/hanse-commerce/hanse/internal/point/api/oauth"
)

// surfaces puts both APIs, the token endpoint and the pages onto their paths.
func (s *server) surfaces(mux *http.ServeMux) error {
	tokens := oauth.New(s.access, oauth.Options{PublicURL: s.cfg.PublicURL, Log: s.log})
	tokens.Register(mux)
	mux.Handle(adminBase+"/", s.api(access.Admin, adminBase, byToken(tokens)))
	return nil
}

// byToken lets programs in by their access tokens.
func byToken(tokens *oauth.Server) jsonapi.Authenticator {
	return func(r *http.Request) (access.Caller, error) {
		caller, err := tokens.Authenticate(r)
		var refusal *oauth.Refusal
		if errors.As(err, &refusal) {
			p := jsonapi.Refuse(refusal.Status, refusal.Code, refusal.Detail)
			if refusal.Challenge != "" {
				p.Header = http.Header{"Www-Authenticate": {refusal.Challenge}}
			}
			return caller, p
		}
		return caller, err
	}
}
