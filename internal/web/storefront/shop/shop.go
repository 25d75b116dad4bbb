// Package shop fills the storefront's pages from the database, on behalf of the buyer who is signed in, and keeps his session.
package shop

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/text/language"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

//go:embed locale/*.json
var builtInTexts embed.FS

// Commands runs the commands of the business; a *command.Runner.
type Commands interface {
	Run(ctx context.Context, caller access.Caller, c *resource.Command, target resource.Ref, input map[string]any, key string) (result string, replayed bool, err error)
}

// Options make a Shop.
type Options struct {
	Name  string // in titles and header where the website has none
	Theme fs.FS  // the owner's folder over the built-in theme; may be nil

	Pool      *pgxpool.Pool
	Store     *record.Store
	Commands  Commands
	Directory *access.Directory
	Payments  payment.Methods
	// PublicURL is where browsers reach the shop, without a trailing slash; empty takes it from each request.
	PublicURL string

	// Secure: the session's cookie goes over HTTPS only.
	Secure bool
	// Address tells where a request comes from; nil takes the connection's own, which is right without a proxy.
	Address func(*http.Request) netip.Addr
	// Committed is called after each commit of the shop's own, to wake the sequencer; may be nil. Commands have theirs.
	Committed func()
	// Log takes failures; nil means slog.Default().
	Log *slog.Logger
}

// Shop is the storefront of all websites of a database: its pages, and the sessions that the storefront's API shares.
type Shop struct {
	Options
	sessions  *scs.SessionManager
	throttle  *access.Throttle
	texts     *page.Catalog
	countries map[language.Tag][]page.Option
	handler   http.Handler
}

// New parses the templates and binds the pages to the database.
func New(o Options) (*Shop, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Address == nil {
		o.Address = connectionAddress
	}
	if o.Committed == nil {
		o.Committed = func() {}
	}
	texts, err := fs.Sub(builtInTexts, "locale")
	if err != nil {
		return nil, err
	}
	s := &Shop{Options: o, throttle: access.NewThrottle(o.Pool), sessions: newSessions(o)}
	if s.texts, err = page.NewCatalog(texts); err != nil {
		return nil, fmt.Errorf("read the shop's texts: %w", err)
	}
	s.countries = countries(s.texts.Languages())
	pages, err := storefront.New(storefront.Options{Name: o.Name, Theme: o.Theme, PublicURL: o.PublicURL, Logger: o.Log},
		storefront.Sources{Buyers: s, Catalog: s, Carts: s, Checkout: s, Orders: s, Account: s, Name: s.websiteName})
	if err != nil {
		return nil, err
	}
	visited := s.sessions.LoadAndSave(s.meet(pages))
	s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assets/") { // pictures, scripts and style sheets ask for nobody
			pages.ServeHTTP(w, r)
			return
		}
		visited.ServeHTTP(w, r)
	})
	return s, nil
}

// text is a text of this package in the language of the page.
func (s *Shop) text(ctx context.Context, key string, args ...any) string {
	return s.printer(ctx).T(key, args...)
}

func (s *Shop) printer(ctx context.Context) *page.Printer { return s.texts.In(page.LanguageOf(ctx)) }

// refuse is a form that was not accepted for one reason.
func refuse(field, text string) error {
	return &page.Invalid{Problems: []page.Problem{{Field: field, Text: text}}}
}
