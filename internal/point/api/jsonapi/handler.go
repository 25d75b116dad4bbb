package jsonapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Database is where requests run; a *pgxpool.Pool.
type Database interface {
	record.Batcher
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Commands runs the commands of the business; input is the decoded "meta" or "data.attributes" of the request.
type Commands interface {
	Run(ctx context.Context, caller access.Caller, c *resource.Command, target resource.Ref, input map[string]any, key string) (result string, replayed bool, err error)
}

// Authenticator says who sends a request. An error that is a *Problem is answered as it stands.
type Authenticator func(r *http.Request) (access.Caller, error)

// Handler serves one side below its base path.
type Handler struct {
	Side         access.Side
	Base         string // "/api/admin/v1", no slash at the end
	Store        *record.Store
	Database     Database
	Commands     Commands
	Authenticate Authenticator
	Committed    func() // called after each commit, to wake the sequencer; may be nil
	Log          *slog.Logger
	// Describe serves openapi.json; nil where there is none.
	Describe func(side access.Side) ([]byte, error)
}

const mediaType = "application/vnd.api+json"

// ServeHTTP routes by path segments, so that an unknown path and a wrong method get a JSON:API error like everything else.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segments, err := split(strings.TrimPrefix(r.URL.EscapedPath(), h.Base))
	if err != nil {
		h.fail(w, r, problem(http.StatusBadRequest, "invalid_path", "The path is not percent-encoded properly."))
		return
	}
	if len(segments) == 1 && segments[0] == "openapi.json" && h.Describe != nil {
		h.describe(w, r)
		return
	}
	caller, err := h.Authenticate(r)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	if err := negotiate(r); err != nil {
		h.fail(w, r, err)
		return
	}
	if err := h.route(&request{Handler: h, w: w, r: r, caller: caller}, segments); err != nil {
		h.fail(w, r, err)
	}
}

// request is one request on its way.
type request struct {
	*Handler
	w      http.ResponseWriter
	r      *http.Request
	caller access.Caller
	t      *resource.Type
}

func (h *Handler) route(q *request, segments []string) error {
	if len(segments) == 0 || segments[0] == "" {
		return methods(q, map[string]func() error{http.MethodGet: q.index})
	}
	t, ok := h.Store.Schema().Type(segments[0])
	if !ok || !record.Exposed(h.Side, t).Read && len(t.Commands) == 0 {
		return problem(http.StatusNotFound, "unknown_type", "There is no resource %q; GET %s lists them.", segments[0], h.Base)
	}
	q.t = t
	if len(segments) == 1 {
		return methods(q, map[string]func() error{http.MethodGet: q.list, http.MethodPost: q.create})
	}
	target, err := resource.ParseRef(segments[1])
	if err != nil {
		return problem(http.StatusNotFound, "not_found", "There is no record %q among %s: an id is a UUID, key:… or ext:SYSTEM:….", segments[1], t.Name)
	}
	switch {
	case len(segments) == 2:
		return methods(q, map[string]func() error{
			http.MethodGet:    func() error { return q.get(target) },
			http.MethodPatch:  func() error { return q.update(target) },
			http.MethodDelete: func() error { return q.delete(target) },
		})
	case len(segments) == 3:
		return methods(q, map[string]func() error{http.MethodGet: func() error { return q.related(target, segments[2]) }})
	case len(segments) == 4 && segments[2] == "relationships":
		name := segments[3]
		return methods(q, map[string]func() error{
			http.MethodGet:    func() error { return q.linkage(target, name) },
			http.MethodPatch:  func() error { return q.relink(target, name, http.MethodPatch) },
			http.MethodPost:   func() error { return q.relink(target, name, http.MethodPost) },
			http.MethodDelete: func() error { return q.relink(target, name, http.MethodDelete) },
		})
	case len(segments) == 4 && segments[2] == "actions":
		return methods(q, map[string]func() error{http.MethodPost: func() error { return q.act(target, segments[3]) }})
	}
	return problem(http.StatusNotFound, "unknown_path", "There is nothing at this path.")
}

func methods(q *request, offered map[string]func() error) error {
	method := q.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if f, ok := offered[method]; ok {
		return f()
	}
	var names []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		if offered[m] != nil {
			names = append(names, m)
		}
	}
	allow := strings.Join(names, ", ")
	q.w.Header().Set("Allow", allow)
	return problem(http.StatusMethodNotAllowed, "method_not_allowed", "%s is not offered here; use %s.", q.r.Method, allow)
}

func split(path string) ([]string, error) {
	path = strings.Trim(path, "/")
	if path == "" {
		return nil, nil
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		var err error
		if segments[i], err = url.PathUnescape(s); err != nil {
			return nil, err
		}
	}
	return segments, nil
}

// negotiate follows JSON:API 1.1, section 5: media type parameters other than ext and profile are refused; plain JSON is
// taken too, since many clients send nothing else.
func negotiate(r *http.Request) error {
	if r.Body != nil && r.ContentLength != 0 {
		kind, parameters, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
		kind = strings.ToLower(strings.TrimSpace(kind))
		if kind != mediaType && kind != "application/json" || kind == mediaType && strings.TrimSpace(parameters) != "" {
			return problem(http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the body as %s.", mediaType)
		}
	}
	accept := r.Header.Get("Accept")
	if accept == "" {
		return nil
	}
	for _, part := range strings.Split(accept, ",") {
		kind, parameters, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "*/*", "application/*", "application/json":
			return nil
		case mediaType:
			p := strings.TrimSpace(parameters)
			if p == "" || strings.HasPrefix(p, "q=") {
				return nil
			}
		}
	}
	return problem(http.StatusNotAcceptable, "not_acceptable", "The answer is %s, which the Accept header does not admit.", mediaType)
}

func (h *Handler) describe(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET")
		h.fail(w, r, problem(http.StatusMethodNotAllowed, "method_not_allowed", "%s is not offered here; use GET.", r.Method))
		return
	}
	b, err := h.Describe(h.Side)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b)
}
