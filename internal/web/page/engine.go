package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

//go:embed templates/*.html
var builtInTemplates embed.FS

// Options make an Engine.
type Options struct {
	Site    string   // shown in titles where a frame names none
	Prefix  string   // path below which the surface is mounted, such as "/admin"; empty for the root
	Views   fs.FS    // templates of the surface: a view a file, shared parts in files named _….html
	Theme   fs.FS    // the owner's files over Views and the parts of this package; may be nil
	Catalog *Catalog // texts
	Assets  *Assets
	Chrome  any // zero value of the layout's data, to try the views with
	Logger  *slog.Logger
}

// Engine renders the views of one surface. Every template is parsed and tried
// once per language when the engine is made, so a broken one, built in or of
// an owner's theme, stops the start and not a visitor.
type Engine struct {
	site    string
	prefix  string
	catalog *Catalog
	assets  *Assets
	log     *slog.Logger
	views   map[language.Tag]map[string]*template.Template
}

// Declared is a view of any data.
type Declared interface {
	Name() string
	zero() any
}

// View is a page with the data of type T; its template is NAME.html and
// defines "content".
type View[T any] struct{ name string }

// Declare names a view.
func Declare[T any](name string) View[T] { return View[T]{name} }

// Name returns the name of the view.
func (v View[T]) Name() string { return v.name }

func (v View[T]) zero() any {
	var z T
	return z
}

// Show answers a request with the view.
func (v View[T]) Show(e *Engine, w http.ResponseWriter, r *http.Request, status int, f Frame, data T) {
	e.show(w, r, v.name, status, f, data)
}

// NewEngine parses the templates of the declared views. A file without a
// declared view and a view without a file are errors.
func NewEngine(o Options, views ...Declared) (*Engine, error) {
	e := &Engine{site: o.Site, prefix: o.Prefix, catalog: o.Catalog, assets: o.Assets, log: o.Logger,
		views: map[language.Tag]map[string]*template.Template{}}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	parts, err := fs.Sub(builtInTemplates, "templates")
	if err != nil {
		return nil, err
	}
	layers := Over(o.Theme, Layers{o.Views, parts})
	if err := checkDeclared(layers, views); err != nil {
		return nil, err
	}
	for _, tag := range o.Catalog.Languages() {
		if err := e.parse(layers, tag, o.Chrome, views); err != nil {
			return nil, fmt.Errorf("templates in %s: %w", tag, err)
		}
	}
	return e, nil
}

func checkDeclared(layers fs.FS, views []Declared) error {
	files, err := fs.Glob(layers, "*.html")
	if err != nil {
		return err
	}
	declared := map[string]bool{}
	for _, v := range views {
		declared[v.Name()+".html"] = true
		if !slices.Contains(files, v.Name()+".html") {
			return fmt.Errorf("the view %q has no template %s.html", v.Name(), v.Name())
		}
	}
	for _, f := range files {
		if !strings.HasPrefix(f, "_") && !declared[f] {
			return fmt.Errorf("the template %s belongs to no view; shared parts are named _….html", f)
		}
	}
	return nil
}

func (e *Engine) parse(layers fs.FS, tag language.Tag, chrome any, views []Declared) error {
	printer := e.catalog.In(tag)
	shared, err := template.New("shared").Option("missingkey=error").Funcs(e.functions(printer)).ParseFS(layers, "_*.html")
	if err != nil {
		return err
	}
	e.views[tag] = map[string]*template.Template{}
	for _, v := range views {
		t, err := shared.Clone()
		if err == nil {
			t, err = t.ParseFS(layers, v.Name()+".html")
		}
		if err != nil {
			return err
		}
		// Contexts are escaped at the first execution, so this finds those errors too.
		if err := t.ExecuteTemplate(io.Discard, "document", model{Frame{Chrome: chrome}, v.zero()}); err != nil {
			return err
		}
		e.views[tag][v.Name()] = t
	}
	return nil
}

// model is the dot of "document".
type model struct {
	Frame Frame
	Data  any
}

// Printer returns the texts in the language of the request.
func (e *Engine) Printer(r *http.Request) *Printer {
	return e.catalog.In(LanguageOf(r.Context()))
}

// show renders into memory first: a page that fails is a plain error with
// status 500, never half a page.
func (e *Engine) show(w http.ResponseWriter, r *http.Request, view string, status int, f Frame, data any) {
	f = f.complete(e, w, r)
	var b bytes.Buffer
	tag := e.Printer(r).Language()
	t, ok := e.views[tag][view]
	if !ok {
		e.fail(w, r, fmt.Errorf("the view %q was not declared", view))
		return
	}
	if err := t.ExecuteTemplate(&b, "document", model{f, data}); err != nil {
		e.fail(w, r, err)
		return
	}
	h := w.Header()
	open(h, f.Sources)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", tag.String())
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = b.WriteTo(w) // the visitor went away: nothing to do
	}
}

func (e *Engine) fail(w http.ResponseWriter, r *http.Request, err error) {
	e.log.ErrorContext(r.Context(), "render a page", "path", r.URL.Path, "error", err)
	http.Error(w, e.Printer(r).T("page.failed"), http.StatusInternalServerError)
}
