package hanse

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
	"github.com/hanse-commerce/hanse/internal/point/api/oauth"
	"github.com/hanse-commerce/hanse/internal/web/backoffice/staff"
	"github.com/hanse-commerce/hanse/internal/web/storefront/shop"
)

// surfaces puts both APIs, the token endpoint and the pages onto their paths.
func (s *server) surfaces(mux *http.ServeMux) error {
	secure := strings.HasPrefix(s.cfg.PublicURL, "https://")
	tokens := oauth.New(s.access, oauth.Options{PublicURL: s.cfg.PublicURL, Log: s.log})
	tokens.Register(mux)
	office, err := staff.New(staff.Options{Pool: s.pool, Store: s.store, Directory: s.access, Commands: s.commands, Hosts: s.channels, Log: s.log,
		Secure: secure, Content: func(ctx context.Context, hash string) (io.ReadCloser, error) { return s.blobs.Open(ctx, hash) }})
	if err != nil {
		return err
	}
	store, err := shop.New(shop.Options{Name: "Hanse", Pool: s.pool, Store: s.store, Commands: s.commands, Directory: s.access,
		Payments: s.methods(), PublicURL: s.cfg.PublicURL, Secure: secure, Committed: s.sequencer.Wake, Log: s.log})
	if err != nil {
		return err
	}
	mux.Handle("/", store)
	mux.Handle(shop.SessionPath, store.Session())
	shopAPI := s.api(access.Storefront, storefrontBase, store.Authenticate)
	mux.Handle(storefrontBase, shopAPI)
	mux.Handle(storefrontBase+"/", shopAPI)
	mux.Handle("/api/", nowhere{})
	mux.Handle("/admin/", office)
	mux.Handle("/admin", http.RedirectHandler("/admin/", http.StatusSeeOther))
	officeAPI := s.api(access.Admin, adminBase, byToken(tokens, office))
	mux.Handle(adminBase, officeAPI)
	mux.Handle(adminBase+"/", officeAPI)
	return nil
}

// byToken lets programs in by their access tokens, and staff by the session of the back-office.
func byToken(tokens *oauth.Server, office *staff.Staff) jsonapi.Authenticator {
	return func(r *http.Request) (access.Caller, error) {
		if !oauth.Bearer(r) {
			if caller, ok, err := office.Authenticate(r); ok {
				return caller, err
			}
		}
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

// nowhere answers below /api/ where no API is, as the APIs do.
type nowhere struct{}

func (nowhere) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/vnd.api+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, `{"jsonapi":{"version":"1.1"},"errors":[{"status":"404","code":"unknown_path","title":"Not Found","detail":"There is no API at this path; they are at `+adminBase+` and `+storefrontBase+`."}]}`)
}
