package shop_test

import (
	"net/url"
	"sync"
	"testing"
)

// What keeps an order from being placed is said in words on the page, and nothing that was typed is lost.
func TestTroubleIsToldAndNothingIsLost(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	g.put("NW-001", "2")
	g.put("NW-002", "2")
	c := g.post("/checkout", nil).shows("€74.00")
	form := c.form(c.path)
	form.Set("poNumber", "PO-7")
	form.Set("note", "Ring twice")

	review := g.decide(c.path, form).shows("€74.00", "PO-7", "Ring twice")
	if later := g.post("/checkout", nil).form(c.path); later.Get("poNumber") != "PO-7" || later.Get("note") != "Ring twice" {
		t.Errorf("a checkout taken up again lost what was typed: %v", later)
	}

	s.Exec("UPDATE price SET amount = 20 WHERE product_id = $1", s.chang)
	g.pay(review).is(422).shows("The total has changed since you saw it", "€76.00", "Something has changed since you last looked", "NW-002")
	g.pay(review).is(422) // what the page showed, sent once more, is not the new total

	s.Exec("UPDATE inventory_level SET on_hand = 1 WHERE product_id = $1", s.chang)
	g.get("/cart").shows("Only 1 left", "Please solve what is marked")
	g.get(c.path+"/payment").shows("cannot be placed", "NW-002")
	g.pay(review).is(422)
	s.Exec("UPDATE inventory_level SET on_hand = 3 WHERE product_id = $1", s.chang)

	s.Exec("UPDATE customer SET credit_limit = 50 WHERE id = $1", s.alfki.Customer)
	g.get(c.path).shows("The order of €76.00 is above the credit that is left, €50.00.")
	g.get(c.path+"/payment").shows("cannot be placed", "50.00")
	g.get("/account").shows("Credit limit €50.00")
	s.Exec("UPDATE customer SET credit_limit = 76, order_block = true WHERE id = $1", s.alfki.Customer)
	g.get(c.path).shows("Orders are blocked for your company")
	g.get("/cart").shows("Orders are blocked for your company")
	s.Exec("UPDATE customer SET order_block = false WHERE id = $1", s.alfki.Customer)

	s.Exec("UPDATE product SET status = 'disabled' WHERE id = $1", s.chai)
	g.get("/cart").shows("A product that is not sold any more")
	g.get(c.path + "/payment").shows("cannot be placed")
	s.Exec("UPDATE product SET status = 'enabled' WHERE id = $1", s.chai)

	bad := c.form(c.path)
	bad.Set("requestedDate", "soon")
	g.post(c.path, bad).is(422).shows("too long or not of the right form")
	bad.Set("requestedDate", "")
	bad.Set("shipping", "ROCKET")
	g.post(c.path, bad).is(422).shows("Choose how the goods are shipped.")
	g.pay(g.get(c.path+"/payment")).at("/orders/W").shows("PO-7", "€76.00")
	g.get(c.path).at("/orders/W")
	g.get(c.path + "/payment").at("/orders/W")
}

// An address that is typed in is kept once, however often the form is sent.
func TestNewAddress(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	g.put("NW-001", "2")
	c := g.post("/checkout", nil)
	form := c.form(c.path)
	for name, value := range map[string]string{"address": "new", "company": "Alfreds Lager", "name": "Maria von Anders", "street": "Am Kai 3",
		"postalCode": "20457", "city": "", "country": "DE"} {
		form.Set(name, value)
	}
	g.post(c.path, form).is(422).shows("Enter the city.")
	form.Set("city", "Hamburg")
	form.Set("price.STANDARD", "1")
	g.post(c.path, form).at(c.path).shows("Shipping to this address has other prices", "Am Kai 3")
	form.Set("price.STANDARD", "0")
	done := g.pay(g.decide(c.path, form).shows("Am Kai 3", "€36.00")).at("/orders/W")
	g.get(done.path[:len("/orders/W00000000")]).shows("Alfreds Lager", "Maria von Anders", "Am Kai 3", "20457 Hamburg", "Germany", "Obere Str. 57")
	var kept int
	s.Scan(&kept, "SELECT count(*) FROM customer_address WHERE customer_id = $1", s.alfki.Customer)
	if kept != 2 {
		t.Errorf("the company has %d addresses, want 2", kept)
	}
}

// Impatient clicks place one order.
func TestSentManyTimesAtOnce(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	g.put("NW-001", "2")
	c := g.post("/checkout", nil)
	review := g.decide(c.path, c.form(c.path))
	var paths sync.Map
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() { paths.Store(g.pay(review).at("/orders/W").path, true) })
	}
	wait.Wait()
	different := 0
	paths.Range(func(any, any) bool { different++; return true })
	if different != 1 || len(s.placed) != 1 {
		t.Errorf("six clicks led to %d orders' pages and %d orders", different, len(s.placed))
	}
}

// Two buttons at once fill one cart.
func TestCartIsMadeOnce(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() { g.put("NW-001", "1").is(200) })
	}
	wait.Wait()
	var carts int
	s.Scan(&carts, "SELECT count(*) FROM cart WHERE customer_user_id = $1", s.alfki.User)
	if carts != 1 || s.quantity(s.line(s.alfki)) != "5" {
		t.Errorf("%d carts, want one with 5 pieces", carts)
	}
}

func TestQuantities(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	g.post("/cart/lines", url.Values{"sku": {"NW-001"}, "unit": {"KGM"}, "quantity": {"1"}}).is(422).shows("not sold in this unit")
	g.post("/cart/lines", url.Values{"sku": {"none"}, "unit": {"C62"}, "quantity": {"1"}}).is(404)
	g.put("NW-001", "-1").is(422)
	g.put("NW-001", "0.0000001").is(422)
	g.put("NW-001", "1,5").is(422).shows("This quantity is not possible.")
	g.put("NW-001", "2").at("/cart")
	line := s.line(s.alfki)
	g.post("/cart", url.Values{"quantity." + line: {"1,5"}}).is(422).shows("This quantity is not possible.")
	g.post("/cart", url.Values{"quantity." + line: {"99999999999999999"}}).is(422).shows("not possible")
	g.post("/cart", url.Values{"quantity." + line: {"1000"}}).at("/cart").shows("Only 59 left")
	g.post("/cart", url.Values{"quantity." + line: {"0"}}).at("/cart").shows("The cart is empty")
	g.post("/cart/lines", url.Values{"sku": {"NW-001"}, "unit": {"XBX"}, "quantity": {"5"}}).at("/cart").shows("Only 4 left", "€990.00")
}

// Each buyer has his own prices, and the shop speaks his language.
func TestOwnPricesAndLanguage(t *testing.T) {
	s := open(t)
	s.Price(s.List("OWN", "customer_id", s.other.Customer, 0), s.chai, "0", "12.345")
	s.buyer(t, "1000").get("/products/NW-001").shows("€18.00").hides("12.345")
	g := s.buyer(t, "2000")
	g.get("/products/NW-001").shows("€12.345").hides("€18.00")
	g.get("/products/NW-010").shows("There is no price for your company yet.")
	g.put("NW-010", "1").at("/cart").shows("There is no price for your company.")
	g.post("/preferences", url.Values{"language": {"de"}, "back": {"/products/NW-001"}}).at("/products/NW-001").
		shows("Gewürztee", "12,345 €", "Getränke", "Abmelden")
	g.get("/cart").shows("Für Ihre Firma gibt es keinen Preis.")
	g.get("/search?q=Gewürz").shows("Gewürztee")
}
