package shop_test

import (
	"net/url"
	"strings"
	"testing"
)

// A buyer who goes back from the gateway's page, by its link or by coming home unpaid, can go on with the payment or leave it;
// nothing leads to the gateway's page again by itself.
func TestBackFromTheGatewaysPage(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	s.Insert("channel", map[string]any{"code": "card", "name": "Card", "kind": "card"})
	g.put("NW-001", "2")
	c := g.post("/checkout", nil)
	form := c.form(c.path)
	form.Set("payment", "card")
	g.pay(g.decide(c.path, form)).at("/orders/W").shows("€36.00")
	var home, back string
	s.Scan(&home, "SELECT return_url FROM payment_work")
	s.Scan(&back, "SELECT cancel_url FROM payment_work")
	const gateway = "https://checkout.example/pay/cs_1"
	s.Exec("UPDATE payment SET status = 'requiresAction', next_url = $1", gateway) // what an open page of the gateway comes to

	for _, address := range []string{home, back} {
		u, err := url.Parse(address)
		if err != nil || u.Scheme+"://"+u.Host != s.server.URL {
			t.Fatalf("the gateway sends buyers to %q, not to the shop at %s", address, s.server.URL)
		}
		page := g.get(u.Path).is(200).at(c.path+"/payment").shows("not paid yet", "Go on with the payment", "Pay in another way", "€36.00").hides("Back to delivery")
		if !strings.Contains(page.document, `href="`+gateway+`"`) {
			t.Errorf("%s does not lead on to the gateway's page", u.Path)
		}
		page.form(c.path + "/reopen")
	}
	s.Exec("UPDATE payment SET status = 'authorized', next_url = NULL")
	s.Exec(`UPDATE sales_order SET status = 'open'`)
	for _, address := range []string{home, back} { // paid after all, in another window
		u, _ := url.Parse(address)
		g.get(u.Path).at("/orders/W").hides("not paid yet")
	}
}
