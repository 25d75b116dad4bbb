package oauth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/hanse-commerce/hanse/internal/access"
)

// storage keeps the library's clients and tokens in PostgreSQL. See storage_refused.go for the grants that are not offered.
type storage struct{ directory *access.Directory }

var (
	_ op.Storage                  = (*storage)(nil)
	_ op.ClientCredentialsStorage = (*storage)(nil)
)

// freshKey makes the key that encrypts tokens on their way.
func freshKey() ([]byte, error) {
	key := make([]byte, 32)
	_, err := rand.Read(key)
	return key, err
}

// fault tells a failure of ours apart from the client's.
func fault(err error) error {
	if err == nil || errors.Is(err, access.ErrLogin) {
		return err
	}
	return oidc.ErrServerError().WithParent(err).WithDescription("the request failed on our side; the log says why")
}

// ClientCredentials checks a client's id, secret and address.
func (s *storage) ClientCredentials(ctx context.Context, id, secret string) (op.Client, error) {
	c, err := s.directory.ClientBySecret(ctx, id, secret)
	if err != nil {
		return nil, fault(err)
	}
	if from, _ := ctx.Value(addressKey{}).(netip.Addr); !c.Networks.Allow(from) {
		return nil, oidc.ErrInvalidClient().WithDescription("the client may not come from this address")
	}
	return client{c}, nil
}

// AuthorizeClientIDSecret is ClientCredentials for the endpoints that only need to know.
func (s *storage) AuthorizeClientIDSecret(ctx context.Context, id, secret string) error {
	_, err := s.ClientCredentials(ctx, id, secret)
	return err
}

// GetClientByClientID finds a client without a check of its secret.
func (s *storage) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := s.directory.Client(ctx, id)
	if err != nil {
		return nil, fault(err)
	}
	return client{c}, nil
}

// grant is a token about to be made.
type grant struct {
	client access.Client
	scopes []string
}

func (g *grant) GetSubject() string    { return g.client.ID }
func (g *grant) GetAudience() []string { return []string{g.client.ClientID} }
func (g *grant) GetScopes() []string   { return g.scopes }

// ClientCredentialsTokenRequest decides the scopes: those that were asked for, else all that the client may have.
func (s *storage) ClientCredentialsTokenRequest(ctx context.Context, id string, scopes []string) (op.TokenRequest, error) {
	c, err := s.directory.Client(ctx, id)
	if err != nil {
		return nil, fault(err)
	}
	scopes = slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool { return scope == "" })
	for _, scope := range scopes {
		if !allowed(c.Scopes, scope) {
			return nil, oidc.ErrInvalidScope().WithDescription("this client may not have the scope %q; it may have %s", scope, strings.Join(c.Scopes, ", "))
		}
	}
	if len(scopes) == 0 {
		scopes = c.Scopes
	}
	return &grant{c, scopes}, nil
}

func allowed(scopes []string, scope string) bool { return slices.Contains(scopes, scope) }

// CreateAccessToken keeps a new token; what the client gets is its id, encrypted by the library.
func (s *storage) CreateAccessToken(ctx context.Context, request op.TokenRequest) (string, time.Time, error) {
	g, ok := request.(*grant)
	if !ok {
		return "", time.Time{}, errNotOffered
	}
	token, expires, err := s.directory.IssueToken(ctx, g.client, g.scopes, TokenLife)
	return token, expires, fault(err)
}

// RevokeToken ends a token of the client (RFC 7009). A token that is unknown counts as ended.
func (s *storage) RevokeToken(ctx context.Context, token, _, clientID string) *oidc.Error {
	if err := s.directory.RevokeToken(ctx, token, clientID); err != nil {
		return oidc.ErrServerError().WithParent(err)
	}
	return nil
}

// SetIntrospectionFromToken tells a client about a token of its own (RFC 7662).
func (s *storage) SetIntrospectionFromToken(ctx context.Context, answer *oidc.IntrospectionResponse, token, subject, clientID string) error {
	t, err := s.directory.Token(ctx, token)
	if err != nil {
		return fault(err)
	}
	if t.ClientID != clientID || t.Caller.Actor.ID != subject {
		return access.ErrLogin
	}
	answer.ClientID, answer.Subject, answer.TokenType, answer.Scope = t.ClientID, subject, oidc.BearerToken, t.Scopes
	answer.IssuedAt, answer.Expiration = oidc.FromTime(t.Issued), oidc.FromTime(t.Expires)
	return nil
}

// Health asks the database for something small.
func (s *storage) Health(ctx context.Context) error {
	if _, err := s.directory.Client(ctx, ""); err != nil && !errors.Is(err, access.ErrLogin) {
		return fmt.Errorf("token endpoint: %w", err)
	}
	return nil
}
