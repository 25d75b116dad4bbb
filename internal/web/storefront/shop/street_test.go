package shop_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
	"github.com/hanse-commerce/hanse/internal/web/storefront/shop"
)

const password = "correct horse battery"

// street is a shop that is open, with goods and two companies that buy there.
type street struct {
	*commercetest.House
	shop     *shop.Shop
	server   *httptest.Server
	seen     *statements
	commands *command.Runner

	alfki, other       commercetest.Buyer
	chai, chang, ikura string
	placed             []string // ids of orders that the outbox was told of
	mu                 sync.Mutex
}

// statements notes what is sent to the database.
type statements struct {
	mu  sync.Mutex
	sql []string
}

func (s *statements) note(sql string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sql = append(s.sql, sql)
}

// take gives what was noted since the last time.
func (s *statements) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.sql
	s.sql = nil
	return taken
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	s.note(d.SQL)
	return ctx
}
func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (s *statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}
func (s *statements) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	s.note(d.SQL)
}
func (s *statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// OrderPlaced fulfils order.Outbox.
func (s *street) OrderPlaced(_ context.Context, _ pgx.Tx, _, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.placed = append(s.placed, id)
	return nil
}

func open(t *testing.T) *street {
	t.Helper()
	s := &street{House: commercetest.New(t), seen: &statements{}}
	s.stockUp()
	config := s.Pool.Config()
	config.ConnConfig.Tracer = s.seen
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	registry := commercetest.Registry()
	s.commands, err = command.NewRunner(pool, s.Store, commercetest.Bindings(order.Services{DB: pool, Outbox: s,
		Methods: payment.Methods{Registry: registry}, Shipping: &shipping.Desk{DB: pool, Registry: registry, Log: slog.Default()}}))
	if err != nil {
		t.Fatal(err)
	}
	s.shop, err = shop.New(shop.Options{Name: "Northwind Traders", Pool: pool, Store: s.Store, Commands: s.commands,
		Directory: access.NewDirectory(pool), Payments: payment.Methods{Registry: registry}, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", s.shop)
	mux.Handle(shop.SessionPath, s.shop.Session())
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	return s
}

// stockUp fills the shelves: tea in two languages with steps of quantity, beer that runs low, and caviar for one company.
func (s *street) stockUp() {
	food := s.Insert("category", map[string]any{"code": "Food", "name": names("Food", "Lebensmittel")})
	drinks := s.Insert("category", map[string]any{"code": "Food/Drinks", "name": names("Drinks", "Getränke"), "parent_id": food})
	s.Insert("category", map[string]any{"code": "Tools", "name": names("Tools", "Werkzeug"), "position": 1})
	product := func(sku, en, de, category string) string {
		return s.Insert("product", map[string]any{"sku": sku, "name": names(en, de), "category_id": category})
	}
	s.chai, s.chang = product("NW-001", "Chai", "Gewürztee", drinks), product("NW-002", "Chang", "Chang-Bier", drinks)
	s.ikura = product("NW-010", "Ikura", "Lachskaviar", food)
	s.Insert("product_unit", map[string]any{"product_id": s.chai, "unit_id": s.Unit("XBX"), "factor": "12"})
	website := s.List("SHOP", "website_id", s.Website, 0)
	s.Price(website, s.chai, "0", "18")
	s.Price(website, s.chai, "10", "17.1")
	s.Price(website, s.chang, "0", "19")
	s.Insert("price", map[string]any{"price_list_id": website, "product_id": s.chai, "unit_id": s.Unit("XBX"), "currency": "EUR", "amount": "198"})
	s.Stock("HH", s.chai, "C62", "39")
	s.Stock("HB", s.chai, "C62", "20")
	s.Stock("HH", s.chang, "C62", "3")
	s.Stock("HH", s.ikura, "C62", "31")
	s.alfki, s.other = s.company("1000", "Alfreds Futterkiste"), s.company("2000", "Bon app")
	s.Price(s.List("ALFKI", "customer_id", s.alfki.Customer, 0), s.ikura, "0", "31")
}

func names(en, de string) map[string]string { return map[string]string{"en": en, "de": de} }

// company is a customer that may buy on account, with an address and a person who may log in.
func (s *street) company(number, name string) commercetest.Buyer {
	b := s.Buyer(number)
	s.Exec("UPDATE customer SET name = $2, payment_term_id = $3 WHERE id = $1", b.Customer, name, s.ID("payment_term", "code", "NET30"))
	s.Insert("customer_address", map[string]any{"customer_id": b.Customer, "company": name, "street": "Obere Str. 57",
		"postal_code": "12209", "city": "Berlin", "country": "DE", "primary": true, "billing": true, "shipping": true})
	err := access.NewDirectory(s.Pool).SetPassword(context.Background(),
		access.Subject{Kind: access.CustomerUser, ID: b.User, Organization: s.Organization}, password)
	if err != nil {
		s.T.Fatal(err)
	}
	return b
}

// guest is someone with a browser that has no script.
type guest struct {
	t      *testing.T
	street *street
	client *http.Client
}

func (s *street) guest(t *testing.T) *guest {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &guest{t, s, &http.Client{Jar: jar}}
}

// buyer is a guest who has logged in.
func (s *street) buyer(t *testing.T, number string) *guest {
	t.Helper()
	g := s.guest(t)
	g.post("/login", url.Values{"email": {"buyer-" + number + "@example.test"}, "password": {password}}).shows("Sign out")
	return g
}

// answer is a page as its reader sees it.
type answer struct {
	t              *testing.T
	status         int
	path, document string
	text           string // without tags
}

// decide sends the checkout's first form, and gives the page of total and payment that follows.
func (g *guest) decide(path string, form url.Values) *answer {
	g.t.Helper()
	return g.post(path, form).at(path + "/payment")
}

// pay sends the form of that page.
func (g *guest) pay(a *answer) *answer {
	g.t.Helper()
	return g.post(a.path, a.form(a.path))
}

func (g *guest) get(path string) *answer {
	g.t.Helper()
	return g.send(http.MethodGet, path, "", nil)
}

func (g *guest) post(path string, form url.Values) *answer {
	g.t.Helper()
	return g.send(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (g *guest) send(method, path, kind string, body io.Reader) *answer {
	g.t.Helper()
	r, err := http.NewRequest(method, g.street.server.URL+path, body)
	if err != nil {
		g.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	response, err := g.client.Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	a := &answer{t: g.t, status: response.StatusCode, path: response.Request.URL.RequestURI(), document: string(content)}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
		pagetest.Document(g.t, a.document)
	}
	a.text = readable(a.document)
	return a
}

var (
	tag   = regexp.MustCompile(`<[^>]*>`)
	space = regexp.MustCompile(`[\s\x{a0}]+`)
)

func readable(document string) string {
	return space.ReplaceAllString(html.UnescapeString(tag.ReplaceAllString(document, " ")), " ")
}

func (a *answer) shows(texts ...string) *answer {
	a.t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			a.t.Fatalf("%s (%d) does not show %q:\n%s", a.path, a.status, text, a.text)
		}
	}
	return a
}

func (a *answer) hides(texts ...string) *answer {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.text, text) {
			a.t.Fatalf("%s (%d) shows %q:\n%s", a.path, a.status, text, a.text)
		}
	}
	return a
}

func (a *answer) is(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s answers %d, want %d:\n%s", a.path, a.status, status, a.text)
	}
	return a
}

func (a *answer) at(path string) *answer {
	a.t.Helper()
	if !strings.HasPrefix(a.path, path) {
		a.t.Fatalf("landed at %s, want %s:\n%s", a.path, path, a.text)
	}
	return a
}

var (
	control = regexp.MustCompile(`<input[^>]*>|<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>|<select[^>]*name="([^"]*)"[\s\S]*?</select>`)
	attr    = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
	option  = regexp.MustCompile(`<option value="([^"]*)" selected`)
	formTag = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
)

// form reads the fields that a browser would send of the form with that action.
func (a *answer) form(action string) url.Values {
	a.t.Helper()
	for _, m := range formTag.FindAllStringSubmatch(a.document, -1) {
		if html.UnescapeString(m[1]) != action {
			continue
		}
		values := url.Values{}
		for _, c := range control.FindAllStringSubmatch(m[2], -1) {
			a.read(c, values)
		}
		return values
	}
	a.t.Fatalf("%s has no form to %s:\n%s", a.path, action, a.document)
	return nil
}

func (a *answer) read(c []string, values url.Values) {
	switch {
	case c[1] != "":
		values.Set(c[1], html.UnescapeString(c[2]))
		return
	case c[3] != "":
		if m := option.FindStringSubmatch(c[0]); m != nil {
			values.Set(c[3], html.UnescapeString(m[1]))
		}
		return
	}
	attributes := map[string]string{}
	for _, m := range attr.FindAllStringSubmatch(strings.TrimPrefix(c[0], "<input"), -1) {
		attributes[m[1]] = html.UnescapeString(m[2])
	}
	_, checked := attributes["checked"]
	if kind := attributes["type"]; (kind == "radio" || kind == "checkbox") && !checked {
		return
	}
	if attributes["name"] != "" {
		values.Add(attributes["name"], attributes["value"])
	}
}
