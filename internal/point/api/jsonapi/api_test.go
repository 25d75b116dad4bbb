package jsonapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/cart"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
	"github.com/hanse-commerce/hanse/internal/point/api/openapi"
	"github.com/hanse-commerce/hanse/resource"
)

// api is both sides of the API in front of a house. Who calls is said by a header of the tests' own.
type api struct {
	*commercetest.House
	server *httptest.Server

	mu      sync.Mutex
	callers map[string]access.Caller
	log     bytes.Buffer
}

const (
	adminBase      = "/api/admin/v1"
	storefrontBase = "/api/storefront/v1"
)

func newAPI(t testing.TB, further ...[]resource.Definition) *api {
	a := &api{House: commercetest.New(t, further...)}
	a.callers = map[string]access.Caller{"admin": a.Caller}
	log := slog.New(slog.NewTextHandler(&a.log, nil))
	mux := http.NewServeMux()
	for base, side := range map[string]access.Side{adminBase: access.Admin, storefrontBase: access.Storefront} {
		mux.Handle(base+"/", &jsonapi.Handler{Side: side, Base: base, Store: a.Store, Database: a.Pool, Commands: a.commands(),
			Authenticate: a.authenticate, Log: log,
			Describe: func(side access.Side) ([]byte, error) { return openapi.Document(a.Schema, side, base, "test") }})
	}
	a.server = httptest.NewServer(mux)
	t.Cleanup(a.server.Close)
	return a
}

// commands are those whose areas the tests use; a runner wants all of them bound.
func (a *api) commands() *command.Runner {
	a.T.Helper()
	bindings := append(cart.Bindings(), order.Bindings(order.Services{DB: a.Pool, Outbox: outbox{}, Methods: payment.Methods{Registry: commercetest.Registry()}})...)
	for _, c := range a.Schema.Commands() {
		if !slices.ContainsFunc(bindings, func(b command.Binding) bool { return b.On == c.On && b.Name == c.Name }) {
			bindings = append(bindings, command.Binding{On: c.On, Name: c.Name, Run: notBound})
		}
	}
	r, err := command.NewRunner(a.Pool, a.Store, bindings)
	if err != nil {
		a.T.Fatal(err)
	}
	return r
}

func notBound(context.Context, pgx.Tx, *command.Call) (string, error) {
	return "", command.Refuse("not_bound", "", "This command is tested elsewhere.")
}

// outbox takes no file: partners are tested elsewhere.
type outbox struct{}

func (outbox) OrderPlaced(context.Context, pgx.Tx, string, string) error { return nil }

func (a *api) authenticate(r *http.Request) (access.Caller, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c, ok := a.callers[r.Header.Get("Test-Caller")]; ok {
		return c, nil
	}
	return access.Caller{}, jsonapi.Refuse(http.StatusUnauthorized, "unauthenticated", "Log in first.")
}

// as names a caller for requests.
func (a *api) as(name string, c access.Caller) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.callers[name] = c
	return name
}

// answer is what came back.
type answer struct {
	*http.Response
	raw  []byte
	body map[string]any
}

// ask sends a request. Further arguments are headers as "Name: value"; the first that begins with { or is empty is the body.
func (a *api) ask(caller, method, path string, further ...string) *answer {
	a.T.Helper()
	var body io.Reader
	header := http.Header{"Test-Caller": {caller}}
	for _, f := range further {
		if name, value, ok := strings.Cut(f, ": "); ok && !strings.HasPrefix(f, "{") {
			header.Add(name, value)
			continue
		}
		body = strings.NewReader(f)
		if header.Get("Content-Type") == "" {
			header.Set("Content-Type", "application/vnd.api+json")
		}
	}
	base := adminBase
	if c := a.callers[caller]; c.Side == access.Storefront {
		base = storefrontBase
	}
	req, err := http.NewRequest(method, a.server.URL, body)
	if err != nil {
		a.T.Fatal(err)
	}
	req.Header = header
	opaque, query, _ := strings.Cut(base+"/"+path, "?") // sent as it stands, whatever Go's client would make of it
	req.URL = &url.URL{Scheme: "http", Host: req.URL.Host, Opaque: opaque, RawQuery: query}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		a.T.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	out := &answer{Response: res}
	if out.raw, err = io.ReadAll(res.Body); err != nil {
		a.T.Fatal(err)
	}
	a.check(method+" "+path, out)
	a.described(base, method, path, out)
	return out
}

// check holds every answer of every test to what JSON:API demands.
func (a *api) check(what string, out *answer) {
	a.T.Helper()
	if out.Header.Get("Cache-Control") == "" || out.Header.Get("Vary") == "" || strings.Contains(out.Header.Get("Cache-Control"), "public") {
		a.T.Errorf("%s: Cache-Control %q, Vary %q", what, out.Header.Get("Cache-Control"), out.Header.Get("Vary"))
	}
	if out.StatusCode >= 500 {
		a.T.Errorf("%s: %d\n%s\n%s", what, out.StatusCode, out.raw, a.log.String())
	}
	if len(out.raw) == 0 {
		return
	}
	if kind := out.Header.Get("Content-Type"); kind != "application/vnd.api+json" {
		a.T.Errorf("%s: Content-Type %q", what, kind)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.raw))
	if err != nil {
		a.T.Fatalf("%s: %v\n%s", what, err, out.raw)
	}
	if err := documentSchema(a.T).Validate(value); err != nil {
		a.T.Errorf("%s: %v\n%s", what, err, out.raw)
	}
	if err := json.Unmarshal(out.raw, &out.body); err != nil {
		a.T.Fatal(err)
	}
	for _, fault := range compound(out.body) {
		a.T.Errorf("%s: %s", what, fault)
	}
	if errors, failed := out.body["errors"].([]any); failed {
		for _, e := range errors {
			o := e.(map[string]any)
			if o["code"] == nil || o["status"] == nil || o["title"] == nil || o["detail"] == nil {
				a.T.Errorf("%s: an error lacks a part: %v", what, o)
			}
		}
	}
}

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	f, err := os.Open("testdata/jsonapi.schema.json")
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("jsonapi.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("jsonapi.json")
})

func documentSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	s, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// compound finds what is wrong with a compound document: a record told twice, or one that nothing links to.
func compound(doc map[string]any) (faults []string) {
	told, linked := map[string]bool{}, map[string]bool{}
	visit := func(o map[string]any) {
		key := fmt.Sprintf("%v/%v", o["type"], o["id"])
		if told[key] {
			faults = append(faults, key+" is told twice")
		}
		told[key] = true
		relationships, _ := o["relationships"].(map[string]any)
		for _, r := range relationships {
			for _, id := range list(r.(map[string]any)["data"]) {
				linked[fmt.Sprintf("%v/%v", id["type"], id["id"])] = true
			}
		}
	}
	primary, included := list(doc["data"]), list(doc["included"])
	for _, o := range append(primary, included...) {
		if o["attributes"] != nil {
			visit(o)
		}
	}
	for _, o := range included {
		if key := fmt.Sprintf("%v/%v", o["type"], o["id"]); !linked[key] {
			faults = append(faults, key+" is included but not linked to")
		}
	}
	return faults
}

// list takes one object, many or none.
func list(v any) (all []map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		all = append(all, v)
	case []any:
		for _, item := range v {
			all = append(all, item.(map[string]any))
		}
	}
	return all
}

// want fails the test unless the answer has the status.
func (a *api) want(status int, out *answer) *answer {
	a.T.Helper()
	if out.StatusCode != status {
		a.T.Fatalf("%s %s: %d, want %d\n%s", out.Request.Method, out.Request.URL, out.StatusCode, status, out.raw)
	}
	return out
}

// refused fails the test unless the answer has the status and one error with the code; at is its pointer or parameter.
func (a *api) refused(status int, code, at string, out *answer) {
	a.T.Helper()
	a.want(status, out)
	errors := list(out.body["errors"])
	if out.Request.Method == http.MethodHead {
		return
	}
	if len(errors) != 1 {
		a.T.Fatalf("%s %s: %d errors\n%s", out.Request.Method, out.Request.URL, len(errors), out.raw)
	}
	source, _ := errors[0]["source"].(map[string]any)
	where := fmt.Sprint(source["pointer"], source["parameter"])
	if errors[0]["code"] != code || strings.Trim(strings.ReplaceAll(where, "<nil>", ""), " ") != at {
		a.T.Errorf("%s %s: %s", out.Request.Method, out.Request.URL, out.raw)
	}
}

// at goes into the answer by a dotted path: "data.attributes.sku", "data.0.id".
func (o *answer) at(path string) any {
	var v any = o.body
	for _, name := range strings.Split(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			i := 0
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// keys are one attribute of all primary records, joined by spaces.
func (o *answer) keys(attribute string) string {
	var all []string
	for _, r := range list(o.body["data"]) {
		all = append(all, fmt.Sprint(r["attributes"].(map[string]any)[attribute]))
	}
	return strings.Join(all, " ")
}
