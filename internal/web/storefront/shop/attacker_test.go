package shop_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/web/storefront/shop"
)

func (g *guest) put(sku, quantity string) *answer {
	g.t.Helper()
	return g.post("/cart/lines", url.Values{"sku": {sku}, "unit": {"C62"}, "quantity": {quantity}})
}

// order buys something and gives the path of its page.
func (g *guest) order(sku, quantity string) string {
	g.t.Helper()
	g.put(sku, quantity)
	c := g.post("/checkout", nil).at("/checkout/")
	return strings.TrimSuffix(g.pay(g.decide(c.path, c.form(c.path))).at("/orders/W").path, "/confirmation")
}

// What belongs to another company does not exist, and what belongs to a colleague's cart neither.
func TestOthersRecordsAreMissing(t *testing.T) {
	s := open(t)
	victim := s.buyer(t, "1000")
	order := victim.order("NW-001", "2")
	victim.put("NW-001", "3")
	checkout := victim.post("/checkout", nil).path
	line := s.line(s.alfki)
	var address string
	s.Scan(&address, "SELECT id::text FROM customer_address WHERE customer_id = $1", s.alfki.Customer)

	s.colleague("colleague@example.test", s.alfki)
	colleague := s.guest(t)
	colleague.post("/login", url.Values{"email": {"colleague@example.test"}, "password": {password}}).shows("Sign out")
	colleague.get(order).is(200).shows("Chai") // the company's order, not his cart
	thief := s.buyer(t, "2000")
	thief.get(order).is(404).hides("Chai")
	thief.get(order + "/confirmation").is(404)
	for _, g := range []*guest{thief, colleague} {
		g.get(checkout).is(404)
		g.get(checkout + "/payment").is(404)
		g.get(checkout + "/return").is(404)
		g.post(checkout, url.Values{"address": {address}, "shipping": {"STANDARD"}}).is(404)
		g.post(checkout+"/payment", url.Values{"total": {"54"}}).is(404)
		g.post("/cart", url.Values{"quantity." + line: {"1"}}).is(404)
		g.post("/cart/lines/"+line+"/remove", nil).is(404)
		g.post("/cart/lines/made-up/remove", nil).is(404)
		g.get("/cart").shows("The cart is empty")
	}
	thief.get("/orders").shows("No orders")
	if got := s.quantity(line); got != "3" {
		t.Errorf("the victim's line now has %s pieces, want 3", got)
	}

	thief.put("NW-002", "1")
	own := thief.post("/checkout", nil)
	form := own.form(own.path)
	form.Set("address", address)
	form.Set("customer", s.alfki.Customer)
	thief.post(own.path, form).is(422).shows("Choose one of your company's addresses")
}

// line is the id of the only line in a buyer's open cart.
func (s *street) line(b commercetest.Buyer) (id string) {
	s.Scan(&id, `SELECT l.id::text FROM cart_line l JOIN cart c ON c.id = l.cart_id WHERE c.customer_user_id = $1 AND c.status = 'open'`, b.User)
	return id
}

func (s *street) quantity(line string) (text string) {
	s.Scan(&text, "SELECT trim_scale(quantity)::text FROM cart_line WHERE id = $1", line)
	return text
}

func (s *street) colleague(email string, b commercetest.Buyer) {
	id := s.Insert("customer_user", map[string]any{"email": email, "customer_id": b.Customer})
	err := access.NewDirectory(s.Pool).SetPassword(context.Background(),
		access.Subject{Kind: access.CustomerUser, ID: id, Organization: s.Organization}, password)
	if err != nil {
		s.T.Fatal(err)
	}
}

// Prices and totals out of a form are never charged: a lower total is refused, any other field is not read.
func TestFormsDoNotSetPrices(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	g.post("/cart/lines", url.Values{"sku": {"NW-001"}, "unit": {"C62"}, "quantity": {"2"}, "price": {"0.01"}, "rowTotal": {"0.02"}, "amount": {"0"}})
	c := g.post("/checkout", nil)
	form := c.form(c.path)
	for _, name := range []string{"price.STANDARD", "total", "subtotal", "shippingTotal", "taxTotal"} {
		form.Set(name, "0.01")
	}
	review := g.decide(c.path, form).shows("€36.00")
	form = review.form(review.path)
	form.Set("total", "0.02")
	g.post(review.path, form).is(422).shows("The total has changed since you saw it", "€36.00")
	form = review.form(review.path)
	for _, name := range []string{"subtotal", "price", "shippingTotal", "discountTotal", "creditLimit", "order", "status"} {
		form.Set(name, "0.01")
	}
	g.post(review.path, form).at("/orders/").shows("€36.00")
	if len(s.placed) != 1 {
		t.Errorf("%d orders were placed, want 1", len(s.placed))
	}
}

// A page of another site cannot do anything in the name of a buyer who visits it.
func TestOtherSitesAreRefused(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	for _, path := range []string{"/cart/lines", "/logout", "/checkout", shop.SessionPath} {
		r, err := http.NewRequest(http.MethodPost, s.server.URL+path, strings.NewReader("sku=NW-001&quantity=1&unit=C62"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		response, err := g.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("POST %s from another site answers %d, want 403", path, response.StatusCode)
		}
	}
	g.get("/cart").shows("The cart is empty", "Sign out")
}

// A session that was planted before the login is worth nothing after it, and ends with the buyer's account.
func TestSessions(t *testing.T) {
	s := open(t)
	g := s.guest(t)
	site, _ := url.Parse(s.server.URL)
	g.client.Jar.SetCookies(site, []*http.Cookie{{Name: "hanse_storefront", Value: "planted", Path: "/"}})
	g.post("/login", url.Values{"email": {"buyer-1000@example.test"}, "password": {password}}).shows("Sign out")
	first := cookie(g, site)
	if first == "planted" || first == "" {
		t.Errorf("after the login the session is %q", first)
	}
	thief := s.guest(t)
	thief.client.Jar.SetCookies(site, []*http.Cookie{{Name: "hanse_storefront", Value: "planted", Path: "/"}})
	thief.get("/orders").at("/login")
	g.post("/login", url.Values{"email": {"buyer-1000@example.test"}, "password": {password}}).shows("Sign out")
	if second := cookie(g, site); second == first {
		t.Error("a second login keeps the session's token")
	}
	thief.client.Jar.SetCookies(site, []*http.Cookie{{Name: "hanse_storefront", Value: first, Path: "/"}})
	thief.get("/orders").at("/login")

	s.Exec("UPDATE customer SET status = 'disabled' WHERE id = $1", s.alfki.Customer)
	g.get("/orders").at("/login")
}

func cookie(g *guest, site *url.URL) string {
	for _, c := range g.client.Jar.Cookies(site) {
		if c.Name == "hanse_storefront" {
			return c.Value
		}
	}
	return ""
}

// Who guesses passwords is stopped, even with the right one at last.
func TestGuessesAreStopped(t *testing.T) {
	s := open(t)
	g := s.guest(t)
	for range 6 {
		g.post("/login", url.Values{"email": {"buyer-1000@example.test"}, "password": {"guess"}}).is(422).shows("E-mail or password is not right.")
	}
	g.post("/login", url.Values{"email": {"buyer-1000@example.test"}, "password": {password}}).is(422).shows("Too many logins have failed.")
	s.buyer(t, "2000")
}
