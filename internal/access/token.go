package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Scopes that a token can have. Without one it has both.
const (
	ReadScope  = "read"
	WriteScope = "write"
)

// ParseScopes reads an API client's scopes; none means both.
func ParseScopes(text []byte) ([]string, error) {
	var scopes []string
	if len(text) > 0 {
		if err := json.Unmarshal(text, &scopes); err != nil {
			return nil, fmt.Errorf(`scopes are an array such as ["read"]: %w`, err)
		}
	}
	for _, s := range scopes {
		if s != ReadScope && s != WriteScope {
			return nil, fmt.Errorf("%.40q is not a scope; scopes are read and write", s)
		}
	}
	if len(scopes) == 0 {
		scopes = []string{ReadScope, WriteScope}
	}
	return scopes, nil
}

// Client is an API client as the token endpoint sees it.
type Client struct {
	ID, Organization string // UUIDs
	ClientID         string
	Scopes           []string
	Networks         Networks
}

const clientSQL = `select a.id, a.organization_id, a.client_id, a.scopes, a.allowlist, array(select value from credential c
  where c.subject_id = a.id and c.kind = 'secret') from api_client a where a.client_id = $1 and a.status = 'enabled'`

// Client finds an API client by its client id. ErrLogin: there is none, or it is disabled.
func (d *Directory) Client(ctx context.Context, clientID string) (Client, error) {
	c, _, err := d.client(ctx, clientID)
	return c, err
}

// ClientBySecret checks the id and secret of an API client.
func (d *Directory) ClientBySecret(ctx context.Context, clientID, secret string) (Client, error) {
	c, secrets, err := d.client(ctx, clientID)
	if err != nil {
		return Client{}, err
	}
	hash := []byte(hashSecret(secret))
	if !slices.ContainsFunc(secrets, func(s string) bool { return subtle.ConstantTimeCompare([]byte(s), hash) == 1 }) {
		return Client{}, ErrLogin
	}
	return c, nil
}

func (d *Directory) client(ctx context.Context, clientID string) (c Client, secrets []string, err error) {
	var scopes, allowlist json.RawMessage
	found, err := query(ctx, d, clientSQL, func(row pgx.CollectableRow) (bool, error) {
		return true, row.Scan(&c.ID, &c.Organization, &c.ClientID, &scopes, &allowlist, &secrets)
	}, clientID)
	if err != nil {
		return Client{}, nil, fmt.Errorf("look up the API client %.64q: %w", clientID, err)
	}
	if len(found) == 0 {
		return Client{}, nil, ErrLogin
	}
	var scopesErr, networksErr error
	c.Scopes, scopesErr = ParseScopes(scopes)
	c.Networks, networksErr = ParseNetworks(allowlist)
	if err := errors.Join(scopesErr, networksErr); err != nil {
		return Client{}, nil, fmt.Errorf("API client %.64q: %w", clientID, err)
	}
	return c, secrets, nil
}

// IssueToken makes an access token of an API client. Only its hash is kept.
func (d *Directory) IssueToken(ctx context.Context, c Client, scopes []string, life time.Duration) (token string, expires time.Time, err error) {
	token = rand.Text() + rand.Text()
	sum := sha256.Sum256([]byte(token))
	err = d.in(ctx, "keep an access token", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "delete from oauth_token where api_client_id = $1 and expires_at < now()", c.ID); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `insert into oauth_token (token, organization_id, api_client_id, scopes, expires_at)
			values ($1, $2, $3, $4, now() + $5::interval) returning expires_at`, sum[:], c.Organization, c.ID, scopes, life).Scan(&expires)
	})
	return token, expires, err
}

// RevokeToken ends an access token of a client; it is no error if there is none.
func (d *Directory) RevokeToken(ctx context.Context, token, clientID string) error {
	sum := sha256.Sum256([]byte(token))
	return d.in(ctx, "revoke an access token", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `delete from oauth_token t using api_client a
			where t.token = $1 and a.id = t.api_client_id and a.client_id = $2`, sum[:], clientID)
		return err
	})
}

// Token is an access token that is good now.
type Token struct {
	Caller   Caller
	Networks Networks // where it may be used from
	ClientID string
	Scopes   []string
	Issued   time.Time
	Expires  time.Time
}

const tokenSQL = `select a.organization_id, a.id, a.client_id, coalesce(o.language, 'en'), a.allowlist, r.permissions,
  t.scopes, t.issued_at, t.expires_at
from oauth_token t join api_client a on a.id = t.api_client_id and a.status = 'enabled'
left join role r on r.id = a.role_id left join organization o on o.id = a.organization_id
where t.token = $1 and t.expires_at > now()`

// Token finds who uses an access token. ErrLogin: it is unknown, has expired or was revoked, or its client was disabled.
func (d *Directory) Token(ctx context.Context, token string) (t Token, err error) {
	c := &t.Caller
	*c = Caller{Side: Admin, Actor: Actor{Kind: APIClient}, Grants: NewGrants()}
	var allowlist, permissions []byte
	sum := sha256.Sum256([]byte(token))
	found, err := query(ctx, d, tokenSQL, func(row pgx.CollectableRow) (bool, error) {
		return true, row.Scan(&c.Organization, &c.Actor.ID, &t.ClientID, &c.Language, &allowlist, &permissions, &t.Scopes, &t.Issued, &t.Expires)
	}, sum[:])
	if err != nil {
		return Token{}, fmt.Errorf("look up an access token: %w", err)
	}
	if len(found) == 0 {
		return Token{}, ErrLogin
	}
	c.Actor.Name, c.Origin = t.ClientID, t.ClientID
	if t.Networks, err = ParseNetworks(allowlist); err != nil {
		return Token{}, fmt.Errorf("API client %q: %w", t.ClientID, err)
	}
	if err := c.Grants.Merge(permissions); err != nil {
		return Token{}, fmt.Errorf("API client %q: its role's %w", t.ClientID, err)
	}
	if !slices.Contains(t.Scopes, WriteScope) {
		c.Grants = c.Grants.ReadOnly()
	}
	return t, nil
}
