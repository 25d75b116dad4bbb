package storefront

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

//go:embed templates/*.html
var builtInTemplates embed.FS

//go:embed locale/*.json
var builtInTexts embed.FS

// What the pages' sources may answer. Each is compared with errors.Is; a form
// that was not accepted is a *page.Invalid instead.
var (
	// ErrNotFound: there is no such record, or it is not this visitor's.
	ErrNotFound = errors.New("there is no such page")
	// ErrSignIn: only a signed-in buyer may see this.
	ErrSignIn = errors.New("sign in first")
	// ErrChanged: prices or stock are no longer what the page showed.
	ErrChanged = errors.New("the cart has changed since the page was shown")
)

// Sources are where the pages get what they show and send what buyers do.
type Sources struct {
	Buyers   Buyers
	Catalog  Catalog
	Carts    Carts
	Checkout Checkouts
	Orders   Orders
	Account  Accounts
	// Name is that of the website that is visited; nil or an empty name: the one of Options.
	Name func(ctx context.Context) string
}

// Options make a Shop.
type Options struct {
	Name  string // of the shop, in titles and header
	Theme fs.FS  // the owner's folder: templates, assets/, locale/; may be nil
	// PublicURL is where browsers reach the shop, without a trailing slash; empty takes it from the request.
	PublicURL string
	Logger    *slog.Logger
}

// Shop serves the storefront. It is an http.Handler for the whole site.
type Shop struct {
	Sources
	name      string
	publicURL string
	engine    *page.Engine
	log       *slog.Logger
	handler   http.Handler
}

// New parses the templates and binds the pages to their sources.
func New(o Options, s Sources) (*Shop, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	views, err := fs.Sub(builtInTemplates, "templates")
	if err != nil {
		return nil, err
	}
	texts, err := fs.Sub(builtInTexts, "locale")
	if err != nil {
		return nil, err
	}
	folders := []fs.FS{page.Texts(), texts}
	if own := page.ThemeFolder(o.Theme, "locale"); own != nil {
		folders = append(folders, own)
	}
	catalog, err := page.NewCatalog(folders...)
	if err != nil {
		return nil, err
	}
	assets, err := page.NewAssets("/assets/", page.ThemeFolder(o.Theme, "assets"))
	if err != nil {
		return nil, err
	}
	engine, err := page.NewEngine(page.Options{Site: o.Name, Views: views, Theme: o.Theme, Catalog: catalog,
		Assets: assets, Chrome: Chrome{}, Logger: o.Logger}, declared...)
	if err != nil {
		return nil, err
	}
	shop := &Shop{Sources: s, name: o.Name, publicURL: o.PublicURL, engine: engine, log: o.Logger}
	shop.handler = page.Secure(page.Prefer(catalog, shop.routes(assets, page.Preferences(catalog))))
	return shop, nil
}

// ServeHTTP answers a request for any page of the shop.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Shop) routes(assets, preferences http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", assets)
	mux.Handle("POST /preferences", preferences)
	for pattern, show := range map[string]page.Func{
		"GET /{$}":                                s.home,
		"GET /login":                              s.loginForm,
		"POST /login":                             s.login,
		"POST /logout":                            s.logout,
		"GET /categories/{code}":                  s.category,
		"GET /search":                             s.search,
		"GET /products/{sku}":                     s.product,
		"GET /cart":                               s.buyer(s.cart),
		"POST /cart":                              s.buyer(s.changeCart),
		"POST /cart/lines":                        s.buyer(s.addToCart),
		"POST /cart/lines/{id}/remove":            s.buyer(s.removeFromCart),
		"POST /checkout":                          s.buyer(s.startCheckout),
		"GET /checkout/{id}":                      s.buyer(s.checkout),
		"POST /checkout/{id}":                     s.buyer(s.keepCheckout),
		"GET /checkout/{id}/payment":              s.buyer(s.payment),
		"POST /checkout/{id}/payment":             s.buyer(s.placeOrder),
		"GET /checkout/{id}/return":               s.buyer(s.returned),
		"POST /checkout/{id}/reopen":              s.buyer(s.reopen),
		"GET /orders":                             s.buyer(s.orders),
		"GET /orders/{number}":                    s.buyer(s.order),
		"GET /orders/{number}/confirmation":       s.buyer(s.confirmation),
		"GET /orders/{number}/invoices/{invoice}": s.buyer(s.invoice),
		"GET /account":                            s.buyer(s.account),
		"/":                                       func(http.ResponseWriter, *http.Request) error { return ErrNotFound },
	} {
		mux.Handle(pattern, s.handle(show))
	}
	return mux
}

// handle turns what a page's function returns into an answer.
func (s *Shop) handle(show page.Func) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch err := show(w, r); {
		case err == nil:
		case errors.Is(err, ErrSignIn):
			page.SendToLogin(w, r, "/login", "/cart")
		case errors.Is(err, ErrNotFound):
			s.trouble(w, r, http.StatusNotFound)
		case r.Context().Err() != nil: // the visitor went away
		default:
			s.log.ErrorContext(r.Context(), "show a page of the shop", "method", r.Method, "path", r.URL.Path, "error", err)
			s.trouble(w, r, http.StatusInternalServerError)
		}
	})
}

// buyer lets only signed-in buyers through.
func (s *Shop) buyer(show page.Func) page.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, ok := s.Buyers.Buyer(r.Context()); !ok {
			return ErrSignIn
		}
		return show(w, r)
	}
}
