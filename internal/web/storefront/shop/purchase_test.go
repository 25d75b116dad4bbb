package shop_test

import (
	"net/url"
	"strings"
	"testing"
)

// A purchase from the login to the order, by links and forms alone.
func TestPurchase(t *testing.T) {
	s := open(t)
	g := s.guest(t)
	g.get("/").shows("Sign in to see your prices", "Food", "Chai", "Sign in for your price").hides("€")
	g.get("/cart").at("/login?next=%2Fcart").shows("Sign in")
	g.post("/login", url.Values{"email": {"buyer-1000@example.test"}, "password": {"wrong"}, "next": {"/cart"}}).is(422).
		shows("E-mail or password is not right.")
	g.post("/login", url.Values{"email": {"Buyer-1000@Example.test "}, "password": {password}, "next": {"//evil.example/"}}).at("/").shows("You see the prices agreed with Alfreds Futterkiste.")

	g.get("/categories/Food").shows("3 products", "Chai", "€18.00", "from 10: €17.10", "59 ", "Only 3 ", "Ikura", "€31.00", "Drinks")
	g.get("/categories/Food%2FDrinks").shows("2 products", "Food", "Chang").hides("Ikura")
	g.get("/categories/None").is(404)
	g.get("/search?q=cha").shows("Results for “cha”", "Chai", "Chang").hides("Ikura")
	g.get("/search?q=NW-010").shows("Ikura").hides("Chai")
	g.get("/products/NW-001").shows("Prices by quantity", "€17.10", "HH", "39", "box", "12 × piece", "€198.00")
	g.get("/products/none").is(404)

	added := g.post("/cart/lines", g.get("/products/NW-010").form("/cart/lines"))
	added.at("/products/NW-010").shows("Ikura is in the cart.")
	g.post("/cart/lines", url.Values{"sku": {"NW-001"}, "unit": {"C62"}, "quantity": {"10"}, "price": {"0.01"}, "back": {"https://evil.example/"}}).at("/cart")
	cart := g.get("/cart").shows("€171.00", "€202.00")
	form := cart.form("/cart")
	for name := range form {
		if strings.HasPrefix(name, "quantity.") && form.Get(name) == "10" {
			form.Set(name, "12")
		}
	}
	g.post("/cart", form).at("/cart").shows("The cart is up to date.", "€205.20", "€236.20")

	checkout := g.post("/checkout", nil).at("/checkout/").shows("Obere Str. 57", "Standard delivery", "30 days net", "€236.20", "free")
	if again := g.post("/checkout", nil); again.path != checkout.path {
		t.Errorf("a second start gives another checkout: %s, then %s", checkout.path, again.path)
	}
	choice := checkout.form(checkout.path)
	choice.Set("poNumber", "PO-2026-117")
	choice.Set("note", "Please call before delivery.")
	choice.Set("requestedDate", "2030-01-15")
	review := g.decide(checkout.path, choice).shows("Obere Str. 57", "PO-2026-117", "Please call before delivery.", "15 Jan 2030", "Chai", "€205.20",
		"On account", "30 days net", "€236.20")
	done := g.pay(review).at("/orders/W").shows("Thank you for your order", "PO-2026-117", "€236.20")
	g.get(strings.TrimSuffix(done.path, "/confirmation")).shows("Chai", "€17.10", "€205.20", "Ikura", "Obere Str. 57", "Germany",
		"Please call before delivery.", "15 Jan 2030", "Standard delivery", "30 days net", "Placed", "waiting")
	g.get("/orders").shows("PO-2026-117", "€236.20", "2 lines")
	g.get("/orders?order=PO-2026-117").shows("€236.20")
	g.get("/orders?order=none").shows("Nothing matches")
	g.get("/").shows("Bought recently", "Chai")
	g.get("/cart").shows("The cart is empty")
	g.get("/account").shows("Alfreds Futterkiste", "30 days net", "Obere Str. 57")
	if again := g.pay(review); again.path != done.path {
		t.Errorf("sent twice, the form leads to %s, not to %s", again.path, done.path)
	}
	if again := g.post(checkout.path, choice); again.path+"/confirmation" != done.path {
		t.Errorf("the first form, out of the browser's history, leads to %s", again.path)
	}
	if len(s.placed) != 1 {
		t.Errorf("the outbox was told of %d orders, want 1", len(s.placed))
	}
	g.post("/logout", nil).at("/login").shows("You are signed out.")
	g.get("/orders").at("/login")
}
