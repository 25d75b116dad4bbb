package hanse

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
	"github.com/hanse-commerce/hanse/internal/point/api/openapi"
	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/postgres"
)

const (
	adminBase      = "/api/admin/v1"
	storefrontBase = "/api/storefront/v1"
)

// handler routes requests to the surfaces.
func (s *server) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", s.metrics())
	mux.Handle(channel.HooksPath, s.channels.Hooks())
	if err := s.surfaces(mux); err != nil {
		return nil, err
	}
	return mux, nil
}

func (s *server) api(side access.Side, base string, authenticate jsonapi.Authenticator) http.Handler {
	return &jsonapi.Handler{Side: side, Base: base, Store: s.store, Database: s.pool, Commands: s.commands, Authenticate: authenticate,
		Committed: s.sequencer.Wake, Log: s.log,
		Describe: func(side access.Side) ([]byte, error) {
			return openapi.Document(s.schema.Load(), side, base, Version)
		}}
}

// ready says whether the node can serve: the database answers and its tables are those of this build.
func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	pending, err := postgres.Pending(ctx, s.pool, sources()...)
	switch {
	case err != nil:
		answer(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "detail": "the database does not answer"})
	case len(pending) > 0:
		answer(w, http.StatusServiceUnavailable, map[string]any{"status": "unavailable", "detail": "migrations are pending", "pending": len(pending)})
	default:
		answer(w, http.StatusOK, map[string]string{"status": "ready", "node": s.node})
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
