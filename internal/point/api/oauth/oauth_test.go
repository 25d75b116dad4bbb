package oauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/point/api/oauth"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

const organizationID = "0190a000-0000-7000-8000-00000000000a"

// node is a server as one process of several runs it.
type node struct {
	*httptest.Server
	oauth *oauth.Server
}

func newNode(t *testing.T, pool *pgxpool.Pool, o oauth.Options) node {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	s := oauth.New(access.NewDirectory(pool), o)
	mux := http.NewServeMux()
	s.Register(mux)
	mux.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		caller, err := s.Authenticate(r)
		var refusal *oauth.Refusal
		switch {
		case errors.As(err, &refusal):
			w.Header().Set("WWW-Authenticate", refusal.Challenge)
			http.Error(w, refusal.Code, refusal.Status)
		case err != nil:
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		default:
			_, _ = fmt.Fprintf(w, "%s %s orders=%s", caller.Actor.Name, caller.Organization, caller.Grants.Level("orders", access.Update))
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return node{server, s}
}

// newClient makes an API client that may do everything and gives its secret.
func newClient(t *testing.T, pool *pgxpool.Pool, id, scopes, allowlist string) string {
	t.Helper()
	ctx := context.Background()
	role, client := uuid.NewString(), uuid.NewString()
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{"insert into role (id, organization_id, code, name, permissions) values ($1, $2, $3, 'All', $4)", []any{role, organizationID, id, access.AllPermissions}},
		{"insert into api_client (id, organization_id, client_id, name, role_id, scopes, allowlist) values ($1, $2, $3, 'ERP', $4, nullif($5, '')::jsonb, nullif($6, '')::jsonb)",
			[]any{client, organizationID, id, role, scopes, allowlist}},
	} {
		if _, err := pool.Exec(ctx, s.sql, s.args...); err != nil {
			t.Fatal(err)
		}
	}
	secret, err := access.NewDirectory(pool).NewSecret(ctx, access.Subject{Kind: access.APIClient, ID: client, Organization: organizationID})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func newPool(t *testing.T) *pgxpool.Pool {
	t.Helper()
	return postgrestest.Pool(t, access.Migrations(), organization.Migrations())
}

func (n node) who(t *testing.T, token string) (int, string, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, n.URL+"/who", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	return send(t, r)
}

func send(t *testing.T, r *http.Request) (status int, body, challenge string) {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(b)), res.Header.Get("WWW-Authenticate")
}

// post sends a form to an endpoint, with Basic authentication if user is given.
func (n node) post(t *testing.T, path, user, password string, form url.Values) (int, map[string]any, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, n.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if user != "" {
		r.SetBasicAuth(url.QueryEscape(user), url.QueryEscape(password))
	}
	status, body, challenge := send(t, r)
	var answer map[string]any
	_ = json.Unmarshal([]byte(body), &answer)
	return status, answer, challenge
}

// A foreign library gets a token in both ways and uses it, on this node and on another that starts afterwards.
func TestForeignClientWorksOnEveryNode(t *testing.T) {
	pool := newPool(t)
	secret := newClient(t, pool, "erp +1", "", "")
	first := newNode(t, pool, oauth.Options{})
	for name, style := range map[string]oauth2.AuthStyle{"basic": oauth2.AuthStyleInHeader, "body": oauth2.AuthStyleInParams} {
		t.Run(name, func(t *testing.T) {
			config := clientcredentials.Config{ClientID: "erp +1", ClientSecret: secret, TokenURL: first.URL + oauth.TokenPath, AuthStyle: style}
			token, err := config.Token(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if token.TokenType != "Bearer" || time.Until(token.Expiry) < 50*time.Minute || strings.Contains(token.AccessToken, secret) {
				t.Errorf("token %+v", token)
			}
			second := newNode(t, pool, oauth.Options{})
			for _, n := range []node{first, second} {
				status, who, _ := n.who(t, "Bearer "+token.AccessToken)
				if want := "erp +1 " + organizationID + " orders=global"; status != http.StatusOK || who != want {
					t.Errorf("%d %q, want %q", status, who, want)
				}
			}
			var kept int
			if err := pool.QueryRow(context.Background(), "select count(*) from oauth_token where encode(token, 'escape') like '%' || $1 || '%'",
				token.AccessToken).Scan(&kept); err != nil || kept != 0 {
				t.Errorf("the token itself is kept: %d, %v", kept, err)
			}
		})
	}
}

func TestTokenEndpointRefuses(t *testing.T) {
	pool := newPool(t)
	secret := newClient(t, pool, "erp", `["read"]`, "")
	away := newClient(t, pool, "away", "", `["192.0.2.0/24"]`)
	n := newNode(t, pool, oauth.Options{})
	grant := func(extra ...string) url.Values {
		form := url.Values{"grant_type": {"client_credentials"}}
		for i := 0; i+1 < len(extra); i += 2 {
			form.Set(extra[i], extra[i+1])
		}
		return form
	}
	for _, c := range []struct {
		name, user, password string
		form                 url.Values
		status               int
		code                 string
	}{
		{"wrong secret", "erp", "wrong", grant(), 401, "invalid_client"},
		{"wrong secret in body", "", "", grant("client_id", "erp", "client_secret", "wrong"), 401, "invalid_client"},
		{"no client", "", "", grant(), 401, "invalid_client"},
		{"unknown client", "nobody", secret, grant(), 401, "invalid_client"},
		{"wrong address", "away", away, grant(), 401, "invalid_client"},
		{"scope not allowed", "erp", secret, grant("scope", "write"), 400, "invalid_scope"},
		{"other grant", "erp", secret, grant("grant_type", "password"), 400, "unsupported_grant_type"},
		{"authorization code", "erp", secret, grant("grant_type", "authorization_code", "code", "x", "redirect_uri", "http://x"), 400, ""},
		{"no grant", "erp", secret, url.Values{}, 400, "invalid_request"},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			status, answer, challenge := n.post(t, oauth.TokenPath, c.user, c.password, c.form)
			if status != c.status || c.code != "" && answer["error"] != c.code || answer["access_token"] != nil {
				t.Errorf("%d %v, want %d %s", status, answer, c.status, c.code)
			}
			if (status == 401) != strings.HasPrefix(challenge, "Basic ") {
				t.Errorf("%d with the challenge %q", status, challenge)
			}
		})
	}
	res, err := http.Get(n.URL + oauth.TokenPath + "?grant_type=client_credentials&client_id=erp&client_secret=" + secret)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "POST" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("GET: %d %v", res.StatusCode, res.Header)
	}
	if status, answer, _ := n.post(t, oauth.TokenPath+"?client_id=erp&client_secret="+secret, "", "", grant()); status != 401 {
		t.Errorf("a secret in the address line: %d %v", status, answer)
	}
}

func TestTokensEnd(t *testing.T) {
	pool := newPool(t)
	secret, other := newClient(t, pool, "erp", "", ""), newClient(t, pool, "other", "", "")
	n := newNode(t, pool, oauth.Options{})
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"read"}}
	_, answer, _ := n.post(t, oauth.TokenPath, "erp", secret, form)
	token, _ := answer["access_token"].(string)
	if token == "" || answer["scope"] != "read" || answer["token_type"] != "Bearer" {
		t.Fatalf("token answer %v", answer)
	}
	if status, who, _ := n.who(t, "Bearer "+token); status != 200 || !strings.HasSuffix(who, "orders=none") {
		t.Errorf("with scope read: %d %s", status, who)
	}
	for user, want := range map[string]bool{"erp": true, "other": false} {
		_, about, _ := n.post(t, oauth.IntrospectPath, user, map[string]string{"erp": secret, "other": other}[user], url.Values{"token": {token}})
		if about["active"] != want {
			t.Errorf("%s is told %v", user, about)
		}
	}
	if status, _, _ := n.post(t, oauth.RevokePath, "other", other, url.Values{"token": {token}}); status != 200 {
		t.Errorf("another client revokes: %d", status)
	}
	if status, _, _ := n.who(t, "bearer "+token); status != 200 {
		t.Errorf("another client ended the token: %d", status)
	}
	if status, _, _ := n.post(t, oauth.RevokePath, "erp", secret, url.Values{"token": {token}}); status != 200 {
		t.Errorf("revoke: %d", status)
	}
	for header, code := range map[string]string{"": "unauthenticated", "Bearer " + token: "invalid_token", "Bearer x": "invalid_token",
		"Bearer": "invalid_authorization", "Basic eDp5": "invalid_authorization"} {
		status, body, challenge := n.who(t, header)
		if status != 401 || body != code || !strings.HasPrefix(challenge, `Bearer realm="hanse"`) {
			t.Errorf("%.20q: %d %s %s, want %s", header, status, body, challenge, code)
		}
	}
}

func TestAllowlistHoldsForEachRequest(t *testing.T) {
	pool := newPool(t)
	secret := newClient(t, pool, "erp", "", `["127.0.0.0/8"]`)
	from := netip.MustParseAddr("127.0.0.1")
	n := newNode(t, pool, oauth.Options{Address: func(*http.Request) netip.Addr { return from }})
	_, answer, _ := n.post(t, oauth.TokenPath, "erp", secret, url.Values{"grant_type": {"client_credentials"}})
	token, _ := answer["access_token"].(string)
	if status, _, _ := n.who(t, "Bearer "+token); status != 200 {
		t.Fatalf("from the right address: %d", status)
	}
	from = netip.MustParseAddr("192.0.2.1")
	if status, body, _ := n.who(t, "Bearer "+token); status != 403 || body != "address_not_allowed" {
		t.Errorf("from elsewhere: %d %s", status, body)
	}
}

func TestMetadataNamesTheServerAsItIsSeen(t *testing.T) {
	pool := newPool(t)
	for public, want := range map[string]string{"": "", "https://shop.example.com": "https://shop.example.com"} {
		n := newNode(t, pool, oauth.Options{PublicURL: public})
		if want == "" {
			want = n.URL
		}
		r, err := http.NewRequest(http.MethodGet, n.URL+oauth.MetadataPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := send(t, r)
		var got struct {
			Issuer string   `json:"issuer"`
			Token  string   `json:"token_endpoint"`
			Grants []string `json:"grant_types_supported"`
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		if got.Issuer != want || got.Token != want+oauth.TokenPath || cmp.Diff([]string{"client_credentials"}, got.Grants) != "" {
			t.Errorf("%+v", got)
		}
	}
}

// The listener is open before the database answers: requests are told to come again, and later ones succeed.
func TestServerOpensBeforeTheDatabase(t *testing.T) {
	address := postgrestest.Empty(t)
	pool, err := postgres.Open(context.Background(), address, postgres.PoolOptions{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	n := newNode(t, pool, oauth.Options{})
	form := url.Values{"grant_type": {"client_credentials"}}
	if status, answer, _ := n.post(t, oauth.TokenPath, "erp", "x", form); status != 503 || answer["error"] != "temporarily_unavailable" {
		t.Errorf("before the migrations: %d %v", status, answer)
	}
	if status, _, _ := n.who(t, "Bearer x"); status != 503 {
		t.Errorf("before the migrations: %d", status)
	}
	if err := postgres.Migrate(context.Background(), pool, slog.New(slog.DiscardHandler), access.Migrations(), organization.Migrations()); err != nil {
		t.Fatal(err)
	}
	secret := newClient(t, pool, "erp", "", "")
	if err := n.oauth.Prepare(context.Background()); err != nil {
		t.Fatal(err)
	}
	if status, answer, _ := n.post(t, oauth.TokenPath, "erp", secret, form); status != 200 || answer["access_token"] == nil {
		t.Errorf("afterwards: %d %v", status, answer)
	}
}
