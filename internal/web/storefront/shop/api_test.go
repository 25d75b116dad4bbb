package shop_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
	"github.com/hanse-commerce/hanse/internal/web/storefront/shop"
)

const api = "/api/storefront/v1"

// serveAPI puts the storefront's API beside the pages, as the wiring does.
func (s *street) serveAPI() {
	mux := http.NewServeMux()
	mux.Handle("/", s.shop)
	mux.Handle(shop.SessionPath, s.shop.Session())
	mux.Handle(api+"/", &jsonapi.Handler{Side: access.Storefront, Base: api, Store: s.Store, Database: s.Pool, Commands: s.commands,
		Authenticate: s.shop.Authenticate, Log: slog.New(slog.NewTextHandler(s.T.Output(), nil))})
	s.server = httptest.NewServer(mux)
	s.T.Cleanup(s.server.Close)
}

func (g *guest) call(method, path, body string) *answer {
	g.t.Helper()
	return g.send(method, path, "application/json", strings.NewReader(body))
}

func (a *answer) json() map[string]any {
	a.t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.document), &v); err != nil {
		a.t.Fatalf("%s: %v in %s", a.path, err, a.document)
	}
	return v
}

// A frontend of its own logs in by JSON, and the session is that of the pages.
func TestSessionOfTheAPI(t *testing.T) {
	s := open(t)
	s.serveAPI()
	g := s.guest(t)
	g.get(api+"/products").is(401).shows("unauthenticated", shop.SessionPath)
	g.call(http.MethodGet, shop.SessionPath, "").is(405).shows("method_not_allowed")
	g.call(http.MethodPost, shop.SessionPath, `{"email": "buyer-1000@example.test"}`).is(400).shows("invalid_body")
	g.call(http.MethodPost, shop.SessionPath, `{"email": "buyer-1000@example.test", "password": "guess"}`).is(401).shows("login_failed")
	g.post(shop.SessionPath, url.Values{"email": {"buyer-1000@example.test"}, "password": {password}}).is(415)
	g.call(http.MethodPost, shop.SessionPath, `{"email": "buyer-1000@example.test", "password": "`+password+`"}`).is(204)

	g.get(api+"/products/key:NW-001?fields[products]=name,price").is(200).shows(`"amount" : "18"`, `"name":"Chai"`)
	g.get("/account").shows("Alfreds Futterkiste")
	victim := s.buyer(t, "2000")
	number := strings.TrimPrefix(victim.order("NW-001", "2"), "/orders/")
	victim.get(api + "/orders/key:" + number).is(200)
	g.get(api + "/orders/key:" + number).is(404)
	g.get(api + "/orders").is(200).shows(`"data":[]`)

	g.call(http.MethodDelete, shop.SessionPath, "").is(204)
	g.get(api + "/products").is(401)
	g.get("/account").at("/login")
}

// A page of another site cannot use the API in the name of a buyer who visits it; it may not even read.
func TestAPIIsForOwnPages(t *testing.T) {
	s := open(t)
	s.serveAPI()
	g := s.buyer(t, "1000")
	var customer = s.alfki.Customer
	body := `{"data":{"type":"carts","relationships":{"customer":{"data":{"type":"customers","id":"` + customer + `"}}}}}`
	for origin, want := range map[string]int{"https://evil.example": 403, s.server.URL: 201} {
		r, err := http.NewRequest(http.MethodPost, s.server.URL+api+"/carts", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/vnd.api+json")
		r.Header.Set("Origin", origin)
		response, err := g.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != want {
			t.Errorf("a cart from %s: %d, want %d", origin, response.StatusCode, want)
		}
	}
}

// A whole purchase without a page, its prices the server's.
func TestHeadlessPurchase(t *testing.T) {
	s := open(t)
	s.serveAPI()
	g := s.guest(t)
	g.call(http.MethodPost, shop.SessionPath, `{"email": "buyer-1000@example.test", "password": "`+password+`"}`).is(204)
	one := func(type_, id string) string { return `{"data":{"type":"` + type_ + `","id":"` + id + `"}}` }
	id := func(a *answer) string { return a.json()["data"].(map[string]any)["id"].(string) }
	cart := id(g.call(http.MethodPost, api+"/carts", `{"data":{"type":"carts","relationships":{"customer":`+one("customers", s.alfki.Customer)+`}}}`).is(201))
	g.call(http.MethodPost, api+"/carts/"+cart+"/actions/addLines",
		`{"data":{"attributes":{"lines":[{"sku":"NW-001","quantity":"10","price":"0.01"}]}}}`).is(422)
	g.call(http.MethodPost, api+"/carts/"+cart+"/actions/addLines", `{"data":{"attributes":{"lines":[{"sku":"NW-001","quantity":"10"}]}}}`).is(200)
	g.get("/cart").shows("Chai", "€171.00")
	checkout := id(g.call(http.MethodPost, api+"/checkouts", `{"data":{"type":"checkouts","attributes":{"poNumber":"API-1"},"relationships":{"cart":`+one("carts", cart)+
		`,"shippingAddress":`+one("customerAddresses", s.ID("customer_address", "company", "Alfreds Futterkiste"))+`,"shippingMethod":`+one("shippingMethods", "key:STANDARD")+`}}}`).is(201))
	order := g.call(http.MethodPost, api+"/checkouts/"+checkout+"/actions/place", `{"data":{"attributes":{"total":"171"}}}`).is(201)
	order.shows(`"total":"171"`, `"poNumber":"API-1"`)
	g.get("/orders").shows("API-1")
}

// A checkout that was quoted can be given up: its quotes go with it, and then its cart can go.
func TestCheckoutIsGivenUp(t *testing.T) {
	s := open(t)
	s.serveAPI()
	g := s.guest(t)
	g.call(http.MethodPost, shop.SessionPath, `{"email": "buyer-1000@example.test", "password": "`+password+`"}`).is(204)
	one := func(type_, id string) string { return `{"data":{"type":"` + type_ + `","id":"` + id + `"}}` }
	id := func(a *answer) string { return a.json()["data"].(map[string]any)["id"].(string) }
	cart := id(g.call(http.MethodPost, api+"/carts", `{"data":{"type":"carts","relationships":{"customer":`+one("customers", s.alfki.Customer)+`}}}`).is(201))
	g.call(http.MethodPost, api+"/carts/"+cart+"/actions/addLines", `{"data":{"attributes":{"lines":[{"sku":"NW-001","quantity":"1"}]}}}`).is(200)
	checkout := id(g.call(http.MethodPost, api+"/checkouts", `{"data":{"type":"checkouts","relationships":{"cart":`+one("carts", cart)+
		`,"shippingAddress":`+one("customerAddresses", s.ID("customer_address", "company", "Alfreds Futterkiste"))+`}}}`).is(201))
	g.call(http.MethodPost, api+"/checkouts/"+checkout+"/actions/quoteShipping", `{}`).is(200)
	quote := g.call(http.MethodGet, api+"/checkouts/"+checkout+"/quotes", "").is(200).json()["data"].([]any)[0].(map[string]any)["id"].(string)
	g.call(http.MethodPatch, api+"/checkouts/"+checkout, `{"data":{"type":"checkouts","id":"`+checkout+`","relationships":{"shippingQuote":`+
		one("shippingQuotes", quote)+`}}}`).is(200)
	g.call(http.MethodDelete, api+"/checkouts/"+checkout, "").is(204)
	g.call(http.MethodGet, api+"/shippingQuotes/"+quote, "").is(404)
	g.call(http.MethodDelete, api+"/carts/"+cart, "").is(204)
}
