package shop

import (
	"context"
	"errors"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
)

// Buyer is who is signed in.
func (s *Shop) Buyer(ctx context.Context) (storefront.Buyer, bool) {
	v, err := visitOf(ctx)
	if err != nil || !v.signedIn {
		return storefront.Buyer{}, false
	}
	s.surround(ctx, v)
	return v.buyer, true
}

// SignIn starts a session.
func (s *Shop) SignIn(ctx context.Context, email, password string) error {
	v, err := visitOf(ctx)
	if err != nil {
		return err
	}
	err = s.enter(ctx, v.from, v.caller.Organization, v.caller.Website, email, password)
	switch {
	case errors.Is(err, errBanned):
		return refuse("", s.text(ctx, "shop.login.banned"))
	case errors.Is(err, access.ErrLogin):
		return refuse("", s.text(ctx, "shop.login.wrong"))
	}
	return err
}

// SignOut ends the session.
func (s *Shop) SignOut(ctx context.Context) error { return s.sessions.Destroy(ctx) }
