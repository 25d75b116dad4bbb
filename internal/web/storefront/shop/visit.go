package shop

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
)

type contextKey int

const visitKey contextKey = iota

// visit is one request's visitor and what the surroundings of its page are made of.
type visit struct {
	caller   access.Caller
	signedIn bool
	from     netip.Addr

	read       bool // the surroundings were read
	buyer      storefront.Buyer
	site       string // name of the website
	categories []storefront.CategoryLink
	lines      int
	err        error // of reading them
}

// ServeHTTP answers a request for any page of the shop.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

// meet finds out who is asking.
func (s *Shop) meet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{from: s.Address(r)}
		if err := s.recognize(r, v); err != nil {
			if r.Context().Err() == nil {
				s.Log.ErrorContext(r.Context(), "find out who visits the shop", "path", r.URL.Path, "error", err)
			}
			http.Error(w, "The shop is closed for a moment; please try again.", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey, v)))
	})
}

// recognize takes the buyer of the session, if he still may log in, else a stranger at the website of this address.
func (s *Shop) recognize(r *http.Request, v *visit) error {
	caller, err := s.member(r.Context())
	switch {
	case err == nil:
		v.caller, v.signedIn = caller, true
		return nil
	case !errors.Is(err, access.ErrGone):
		return err
	}
	site, err := organization.SiteAt(r.Context(), s.Pool, r.Host)
	v.caller = access.Caller{Side: access.Storefront, Organization: site.Organization, Website: site.Website,
		Currency: site.Currency, Language: site.Language}
	return err
}

// visitOf is the visit of a page's context.
func visitOf(ctx context.Context) (*visit, error) {
	v, ok := ctx.Value(visitKey).(*visit)
	if !ok {
		return nil, errors.New("a page of the shop was asked for outside of a visit")
	}
	return v, nil
}

// visitor is the caller of a page's context, in the language of the page.
func visitor(ctx context.Context) (access.Caller, error) {
	v, err := visitOf(ctx)
	if err != nil {
		return access.Caller{}, err
	}
	c := v.caller
	c.Language = page.LanguageOf(ctx).String()
	return c, nil
}

// buyer is the caller of a page that only buyers see.
func buyer(ctx context.Context) (access.Caller, error) {
	v, err := visitOf(ctx)
	if err == nil && !v.signedIn {
		err = storefront.ErrSignIn
	}
	if err != nil {
		return access.Caller{}, err
	}
	return visitor(ctx)
}

// connectionAddress is where the connection of a request comes from.
func connectionAddress(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr
}
