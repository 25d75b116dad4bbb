package shop

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"

	"github.com/alexedwards/scs/v2"
	"golang.org/x/text/language"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
)

// Keys of a session's values.
const (
	buyerKey   = access.SessionBuyer   // UUID of the customer's user
	websiteKey = access.SessionWebsite // UUID of the shop that he logged in at
)

func newSessions(o Options) *scs.SessionManager {
	m := access.NewSessions(o.Pool, access.Storefront, o.Secure)
	m.Cookie.Persist = false // the server ends it; a client that only uses the API gets no later cookie
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		o.Log.ErrorContext(r.Context(), "keep a buyer's session", "path", r.URL.Path, "error", err)
		http.Error(w, "The shop does not answer at the moment; please try again.", http.StatusServiceUnavailable)
	}
	return m
}

// member is the buyer of the context's session as he is now; access.ErrGone if there is none.
func (s *Shop) member(ctx context.Context) (access.Caller, error) {
	id := s.sessions.GetString(ctx, buyerKey)
	if id == "" {
		return access.Caller{}, access.ErrGone
	}
	return s.Directory.Buyer(ctx, id, s.sessions.GetString(ctx, websiteKey))
}

// errBanned says that too many logins failed.
var errBanned = errors.New("too many logins have failed")

// enter checks a password and starts a session under a new token, so that nobody who planted the old one shares it.
func (s *Shop) enter(ctx context.Context, from netip.Addr, organization, website, email, password string) error {
	until, err := s.throttle.Banned(ctx, from, email)
	switch {
	case err != nil:
		return err
	case !until.IsZero():
		return errBanned
	}
	id, err := s.Directory.LoginBuyer(ctx, organization, email, password)
	if errors.Is(err, access.ErrLogin) {
		return errors.Join(err, s.throttle.Failed(ctx, from, email))
	}
	if err != nil {
		return err
	}
	if err := s.throttle.Succeeded(ctx, from, email); err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("start a session: %w", err)
	}
	s.sessions.Put(ctx, buyerKey, id)
	s.sessions.Put(ctx, websiteKey, website)
	return nil
}

// Authenticate finds the buyer of a request to the storefront's API by the session's cookie; it is a jsonapi.Authenticator.
// What changes something must come from the shop's own pages or from a program, not from another site's page.
func (s *Shop) Authenticate(r *http.Request) (access.Caller, error) {
	cookie, err := r.Cookie(s.sessions.Cookie.Name)
	if err != nil {
		return access.Caller{}, unauthenticated()
	}
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return access.Caller{}, jsonapi.Refuse(http.StatusForbidden, "cross_origin", "The request comes from a page of another site.")
	}
	caller, err := s.Directory.BuyerOfSession(r.Context(), cookie.Value)
	if errors.Is(err, access.ErrGone) {
		return access.Caller{}, unauthenticated()
	}
	if err != nil {
		return access.Caller{}, err
	}
	if tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")); err == nil && len(tags) > 0 && tags[0] != language.Und {
		base, _ := tags[0].Base()
		caller.Language = base.String()
	}
	return caller, nil
}

func unauthenticated() error {
	return jsonapi.Refuse(http.StatusUnauthorized, "unauthenticated",
		"Log in first: POST {\"email\", \"password\"} to "+SessionPath+" and send the cookie that it sets.")
}
