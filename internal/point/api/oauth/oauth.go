// Package oauth lets programs into the back-office API by OAuth 2.0 client credentials (RFC 6749, section 4.4) and knows
// the callers of their access tokens (RFC 6750).
package oauth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Paths of the endpoints.
const (
	TokenPath      = "/oauth/token" // #nosec G101 -- a path
	RevokePath     = "/oauth/revoke"
	IntrospectPath = "/oauth/introspect"
	// MetadataPath is where RFC 8414 puts the server's description.
	MetadataPath = "/.well-known/oauth-authorization-server"
)

const (
	// TokenLife is how long an access token is good.
	TokenLife = time.Hour
	// patience is how long a request waits for the provider, which needs the database once.
	patience = 5 * time.Second
	maxBody  = 64 << 10
)

// Options are the settings of a Server.
type Options struct {
	// PublicURL is the server as clients see it, without a slash at the end; empty: from each request's Host header.
	PublicURL string
	// Address tells where a request comes from; nil takes the connection's own, which is right without a proxy.
	Address func(*http.Request) netip.Addr
	// Log takes failures; nil means slog.Default().
	Log *slog.Logger
}

// Server is the token endpoint and the check of tokens. It can be asked before the database can: what it shares with other
// nodes it fetches at the first request.
type Server struct {
	directory *access.Directory
	options   Options
	built     chan *provider // holds the provider, nil until it is built; whoever has it may build
}

// provider is what takes the database to make.
type provider struct {
	handler http.Handler
	crypto  op.Crypto
}

// New makes a server that touches the database only when it is asked.
func New(directory *access.Directory, o Options) *Server {
	if o.Address == nil {
		o.Address = connectionAddress
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Server{directory: directory, options: o, built: make(chan *provider, 1)}
	s.built <- nil
	return s
}

// Register serves the endpoints.
func (s *Server) Register(mux *http.ServeMux) {
	for _, path := range []string{TokenPath, RevokePath, IntrospectPath} {
		mux.HandleFunc(path, s.serve)
	}
	mux.HandleFunc("GET "+MetadataPath, s.metadata)
}

// Prepare builds the provider ahead of the first request; a failure is found again, and told, by the next one.
func (s *Server) Prepare(ctx context.Context) error {
	_, err := s.provider(ctx)
	return err
}

func (s *Server) provider(ctx context.Context) (*provider, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case p := <-s.built:
		if p != nil {
			s.built <- p
			return p, nil
		}
		p, err := s.build(ctx)
		s.built <- p
		return p, err
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the token endpoint to be ready: %w", ctx.Err())
	}
}

func (s *Server) build(ctx context.Context) (*provider, error) {
	shared, err := s.directory.SharedKey(ctx, "encrypt", freshKey)
	if err != nil {
		return nil, fmt.Errorf("build the token endpoint: %w", err)
	}
	var key [32]byte
	if len(shared.Value) != len(key) {
		return nil, fmt.Errorf("build the token endpoint: the stored key has %d bytes, expected %d", len(shared.Value), len(key))
	}
	copy(key[:], shared.Value)
	crypto := op.NewAES256GCMCrypto(key, shared.ID)
	p, err := op.NewProvider(&op.Config{CryptoKey: key, CryptoKeyId: shared.ID, AuthMethodPost: true,
		SupportedScopes: []string{access.ReadScope, access.WriteScope}},
		&storage{s.directory}, func(bool) (op.IssuerFromRequest, error) { return s.issuer, nil },
		op.WithAllowInsecure(), op.WithCrypto(crypto), op.WithCORSOptions(nil),
		op.WithCustomTokenEndpoint(op.NewEndpoint(TokenPath)), op.WithCustomRevocationEndpoint(op.NewEndpoint(RevokePath)),
		op.WithCustomIntrospectionEndpoint(op.NewEndpoint(IntrospectPath)))
	if err != nil {
		return nil, fmt.Errorf("build the token endpoint: %w", err)
	}
	return &provider{p, crypto}, nil
}

// issuer is the server as the client sees it.
func (s *Server) issuer(r *http.Request) string {
	if s.options.PublicURL != "" {
		return s.options.PublicURL
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

type addressKey struct{}

// connectionAddress is where the connection of a request comes from.
func connectionAddress(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(strings.TrimSpace(host))
	if err != nil {
		return netip.Addr{}
	}
	return addr
}

var errNotOffered = errors.New("this grant is not offered")
