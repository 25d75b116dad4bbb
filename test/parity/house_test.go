package parity_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
	"github.com/hanse-commerce/hanse/internal/point/api/openapi"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/backoffice/staff"
	"github.com/hanse-commerce/hanse/resource"
	"github.com/hanse-commerce/hanse/test/parity"
)

// house is Hanse with gadgets: all surfaces over one database, wired as the program wires them.
type house struct {
	*testing.T
	pool         *pgxpool.Pool
	schema       *resource.Schema
	store        *record.Store
	organization organization.Founded
	handler      *http.ServeMux
	directory    *access.Directory
	log          bytes.Buffer
}

func newHouse(t *testing.T) *house {
	h := &house{T: t}
	sources := append(commercetest.Sources(), intake.Migrations(), parity.Migrations())
	h.pool = postgrestest.Pool(t, sources...)
	var err error
	if h.schema, err = resource.NewSchema(append(commerce.Resources(), access.Resources(), exchange.Resources(), parity.Resources())...); err != nil {
		t.Fatal(err)
	}
	h.store = record.NewStore(func() *resource.Schema { return h.schema })
	h.tx(func(tx pgx.Tx) (err error) {
		h.organization, err = commerce.Found(t.Context(), tx, organization.Founding{Code: "acme", Name: "Acme", AdminEmail: "admin@acme.test"})
		return err
	})
	h.tx(func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `WITH r AS (INSERT INTO role (id, organization_id, code, name, permissions) VALUES (gen_random_uuid(), $1, 'all', 'All', $3) RETURNING id)
			INSERT INTO user_role (id, organization_id, user_id, role_id) SELECT gen_random_uuid(), $1, $2, id FROM r`, h.organization.Organization, h.organization.Admin, access.AllPermissions)
		return err
	})
	h.directory = access.NewDirectory(h.pool)
	h.serve()
	return h
}

// tx runs f as the platform.
func (h *house) tx(f func(tx pgx.Tx) error) {
	h.Helper()
	err := pgx.BeginFunc(context.Background(), h.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(context.Background(), tx); err != nil {
			return err
		}
		return f(tx)
	})
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) serve() {
	log := slog.New(slog.NewTextHandler(&h.log, nil))
	bindings := parity.Bindings()
	for _, c := range h.schema.Commands() {
		if c.On != "gadgets" {
			bindings = append(bindings, command.Binding{On: c.On, Name: c.Name, Run: func(context.Context, pgx.Tx, *command.Call) (string, error) {
				return "", command.Refuse("not_bound", "", "This command is another test's.")
			}})
		}
	}
	commands, err := command.NewRunner(h.pool, h.store, bindings)
	if err != nil {
		h.Fatal(err)
	}
	office, err := staff.New(staff.Options{Pool: h.pool, Store: h.store, Directory: h.directory, Commands: commands, Log: log})
	if err != nil {
		h.Fatal(err)
	}
	h.handler = http.NewServeMux()
	h.handler.Handle("/admin/", office)
	for base, side := range map[string]access.Side{"/api/admin/v1": access.Admin, "/api/storefront/v1": access.Storefront} {
		caller := h.caller()
		caller.Side = side
		if side == access.Storefront {
			caller.Language = "de"
		}
		h.handler.Handle(base+"/", &jsonapi.Handler{Side: side, Base: base, Store: h.store, Database: h.pool, Commands: commands, Log: log,
			Authenticate: func(*http.Request) (access.Caller, error) { return caller, nil },
			Describe:     func(side access.Side) ([]byte, error) { return openapi.Document(h.schema, side, base, "test") }})
	}
}

func (h *house) caller() access.Caller {
	return access.SystemCaller(h.organization.Organization, "test")
}

// ask sends a request with a JSON body, if it is not empty, and gives the decoded answer.
func (h *house) ask(status int, method, path, body string) map[string]any {
	h.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/vnd.api+json")
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if w.Code != status {
		h.Fatalf("%s %s: %d, want %d\n%s\n%s", method, path, w.Code, status, w.Body, h.log.String())
	}
	var out map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			h.Fatal(err)
		}
	}
	return out
}

// events are what the change log says of gadgets, in order.
func (h *house) events() string {
	h.Helper()
	var all string
	h.tx(func(tx pgx.Tx) error {
		return tx.QueryRow(context.Background(), `SELECT coalesce(string_agg(event, ' ' ORDER BY seq), '') FROM change WHERE resource = 'gadgets'`).Scan(&all)
	})
	return all
}

// history is what happened to one record, newest first.
func (h *house) history(id string) (events []change.Event) {
	h.Helper()
	h.tx(func(tx pgx.Tx) error {
		if err := access.Enter(context.Background(), tx, h.caller()); err != nil {
			return err
		}
		var err error
		events, err = change.History(context.Background(), tx, h.caller(), "gadgets", id)
		return err
	})
	return events
}

// file is a partner's file in memory.
type file struct{ name, content string }

func (f file) Name() string                 { return f.name }
func (f file) Open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(f.content)), nil }

// at goes into decoded JSON by a dotted path of names.
func at(v any, path string) any {
	for _, name := range strings.Split(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			if len(in) == 0 || name != "0" {
				return nil
			}
			v = in[0]
		default:
			return nil
		}
	}
	return v
}
