package jsonapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"

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

	buffers     sync.Pool // of answers that were sent, for the next ones
	description description
}

const mediaType = "application/vnd.api+json"

// ServeHTTP routes by path segments, so that an unknown path and a wrong method get a JSON:API error like everything else.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segments, err := split(strings.TrimPrefix(sentPath(r), h.Base))
	if err != nil {
		h.fail(w, r, problem(http.StatusBadRequest, "invalid_path", "The path is not percent-encoded properly."))
		return
	}
	q := &request{Handler: h, w: w, r: r}
	if len(segments) == 1 && segments[0] == "openapi.json" && h.Describe != nil {
		err = methods(q, map[string]func() error{http.MethodGet: q.describe})
	} else if q.caller, err = h.Authenticate(r); err == nil {
		if err = negotiate(r); err == nil {
			err = h.route(q, segments)
		}
	}
	if err != nil {
		h.fail(w, r, err)
	}
}

// sentPath is the path as the client sent it. EscapedPath would encode it anew where it has a bar, as keys do and URLs
// should not, and an encoded slash would be lost.
func sentPath(r *http.Request) string {
	if r.URL.RawPath != "" {
		return r.URL.RawPath
	}
	return r.URL.EscapedPath()
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
