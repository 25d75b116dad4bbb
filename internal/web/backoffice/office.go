package backoffice

import (
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

//go:embed templates/*.html
var builtInTemplates embed.FS

//go:embed locale/*.json locale/definition/*.json
var builtInTexts embed.FS

// prefix is the path below which the back-office is mounted.
const prefix = "/admin"

// What the pages' sources may answer; compared with errors.Is.
var (
	// ErrNotFound: there is no such record, or the user may not see it.
	ErrNotFound = errors.New("there is no such page")
	// ErrSignIn: only a signed-in user may see this.
	ErrSignIn = errors.New("sign in first")
)

// Sources are where the pages get what they show and send what users do.
type Sources struct {
	Users     Users
	Desk      Desk
	Exchanges Exchanges
	Records   Records
	Traces    Traces
	Channels  Channels
	Papers    Papers
}

// Options make an Office.
type Options struct {
	Name   string // of the installation, in titles and header
	Theme  fs.FS  // the owner's folder: templates, assets/, locale/; may be nil
	Logger *slog.Logger
}

// Office serves the back-office. It is an http.Handler for all below /admin/.
type Office struct {
	Sources
	catalog *page.Catalog
	engine  *page.Engine
	log     *slog.Logger
	handler http.Handler
}

// New parses the templates and binds the pages to their sources.
func New(opt Options, s Sources) (*Office, error) {
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	views, err := fs.Sub(builtInTemplates, "templates")
	if err != nil {
		return nil, err
	}
	catalog, err := texts(opt.Theme)
	if err != nil {
		return nil, err
	}
	assets, err := page.NewAssets(prefix+"/assets/", page.ThemeFolder(opt.Theme, "assets"))
	if err != nil {
		return nil, err
	}
	engine, err := page.NewEngine(page.Options{Site: opt.Name, Prefix: prefix, Views: views, Theme: opt.Theme, Catalog: catalog,
		Assets: assets, Chrome: Chrome{}, Logger: opt.Logger}, declared...)
	if err != nil {
		return nil, err
	}
	office := &Office{Sources: s, catalog: catalog, engine: engine, log: opt.Logger}
	office.handler = page.Secure(page.Prefer(catalog, office.routes(assets, page.Preferences(catalog))))
	return office, nil
}

func texts(theme fs.FS) (*page.Catalog, error) {
	folders := []fs.FS{page.Texts()}
	for _, name := range []string{"locale", "locale/definition"} {
		folder, err := fs.Sub(builtInTexts, name)
		if err != nil {
			return nil, err
		}
		folders = append(folders, folder)
	}
	if own := page.ThemeFolder(theme, "locale"); own != nil {
		folders = append(folders, own)
	}
	return page.NewCatalog(folders...)
}

// ServeHTTP answers a request for any page of the back-office.
func (o *Office) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.handler.ServeHTTP(w, r) }

func (o *Office) routes(assets, preferences http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+prefix+"/assets/", assets)
	mux.Handle("POST "+prefix+"/preferences", preferences)
	open := map[string]page.Func{
		"GET " + prefix + "/login":   o.loginForm,
		"POST " + prefix + "/login":  o.login,
		"POST " + prefix + "/logout": o.logout,
	}
	for pattern, f := range open {
		mux.Handle(pattern, o.handle(f))
	}
	for pattern, f := range map[string]page.Func{
		"GET " + prefix + "/{$}":                                    o.home,
		"GET " + prefix + "/channels":                               o.channelList,
		"POST " + prefix + "/channels":                              o.createChannel,
		"GET " + prefix + "/channels/new":                           o.newChannel,
		"GET " + prefix + "/channels/{id}":                          o.channel,
		"POST " + prefix + "/channels/{id}":                         o.updateChannel,
		"GET " + prefix + "/channels/{id}/edit":                     o.editChannel,
		"POST " + prefix + "/channels/{id}/{command}":               o.runOnChannel,
		"GET " + prefix + "/exchanges":                              o.exchanges,
		"GET " + prefix + "/exchanges/{id}":                         o.exchange,
		"GET " + prefix + "/exchanges/{id}/{part}":                  o.content,
		"POST " + prefix + "/exchanges/{id}/again":                  o.again,
		"GET " + prefix + "/records/{type}":                         o.grid,
		"POST " + prefix + "/records/{type}":                        o.createRecord,
		"GET " + prefix + "/records/{type}/new":                     o.newRecord,
		"GET " + prefix + "/records/{type}/{id}":                    o.record,
		"POST " + prefix + "/records/{type}/{id}":                   o.updateRecord,
		"GET " + prefix + "/records/orders/{id}/trace":              o.trace,
		"GET " + prefix + "/records/invoices/{id}/paper":            o.paper,
		"GET " + prefix + "/records/{type}/{id}/edit":               o.editRecord,
		"POST " + prefix + "/records/{type}/{id}/delete":            o.deleteRecord,
		"GET " + prefix + "/records/{type}/{id}/actions/{command}":  o.actionForm,
		"POST " + prefix + "/records/{type}/{id}/actions/{command}": o.runAction,
		prefix + "/": func(http.ResponseWriter, *http.Request) error { return ErrNotFound },
	} {
		mux.Handle(pattern, o.handle(o.signedIn(f)))
	}
	return mux
}

// handle turns what a page's function returns into an answer.
func (o *Office) handle(show page.Func) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch err := show(w, r); {
		case err == nil:
		case errors.Is(err, ErrSignIn):
			page.SendToLogin(w, r, prefix+"/login", prefix+"/")
		case errors.Is(err, ErrNotFound):
			o.trouble(w, r, http.StatusNotFound)
		case r.Context().Err() != nil: // the visitor went away
		default:
			o.log.ErrorContext(r.Context(), "show a page of the back-office", "method", r.Method, "path", r.URL.Path, "error", err)
			o.trouble(w, r, http.StatusInternalServerError)
		}
	})
}

// signedIn lets only signed-in users through.
func (o *Office) signedIn(show page.Func) page.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, ok := o.Users.User(r.Context()); !ok {
			return ErrSignIn
		}
		return show(w, r)
	}
}

// attachment is a Content-Disposition that makes the browser keep the file (RFC 6266).
func attachment(name string) string {
	if s := mime.FormatMediaType("attachment", map[string]string{"filename": name}); s != "" {
		return s
	}
	return "attachment"
}
