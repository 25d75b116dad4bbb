package oauth

import (
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/hanse-commerce/hanse/internal/access"
)

// client shows an API client to the library: confidential, with the client credentials grant alone.
type client struct{ access.Client }

var _ op.Client = client{}

func (c client) GetID() string                                              { return c.ClientID }
func (client) RedirectURIs() []string                                       { return nil }
func (client) PostLogoutRedirectURIs() []string                             { return nil }
func (client) ApplicationType() op.ApplicationType                          { return op.ApplicationTypeWeb }
func (client) AuthMethod() oidc.AuthMethod                                  { return oidc.AuthMethodBasic }
func (client) ResponseTypes() []oidc.ResponseType                           { return nil }
func (client) GrantTypes() []oidc.GrantType                                 { return []oidc.GrantType{oidc.GrantTypeClientCredentials} }
func (client) LoginURL(string) string                                       { return "" }
func (client) AccessTokenType() op.AccessTokenType                          { return op.AccessTokenTypeBearer }
func (client) IDTokenLifetime() time.Duration                               { return 0 }
func (client) DevMode() bool                                                { return false }
func (client) IDTokenUserinfoClaimsAssertion() bool                         { return false }
func (client) ClockSkew() time.Duration                                     { return 0 }
func (c client) IsScopeAllowed(scope string) bool                           { return allowed(c.Scopes, scope) }
func (client) RestrictAdditionalIdTokenScopes() func([]string) []string     { return same }
func (client) RestrictAdditionalAccessTokenScopes() func([]string) []string { return same }

func same(scopes []string) []string { return scopes }
