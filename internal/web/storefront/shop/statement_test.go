package shop_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
)

// surroundings are the statements of each buyer's page: finding the session, the caller (two), menu, website, name and cart (five),
// and keeping the session.
const surroundings = 1 + 2 + 5 + 1

// TestStatements holds pages to their number of statements, whatever is on them: the caller's context, what the page shows,
// each list's count.
func TestStatements(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	for i := range 30 {
		p := s.Product(fmt.Sprintf("P-%02d", i))
		s.Price(s.ID("price_list", "code", "SHOP"), p, "0", "5")
		s.Stock("HH", p, "C62", "100")
		g.put(fmt.Sprintf("P-%02d", i), "1").is(200)
	}
	order := g.order("NW-001", "1")
	g.put("NW-001", "1")
	checkout := g.post("/checkout", nil).path
	for path, want := range map[string]int{
		"/search?q=":         1 + 1 + 1,          // count, products with price, steps and stock
		"/categories/Food":   1 + 1 + 1 + 1,      // the category too
		"/products/NW-001":   1 + 1 + 1,          // product, warehouses
		"/cart":              1 + 1 + 1 + 1,      // cart with lines; context and standing
		checkout:             26 + 4 + 2 + 1 + 1, // what shipping costs, by a command that prices and taxes the lines; checkout, cart, addresses, company; ways of paying; context and standing
		"/orders":            1 + 1 + 1,          // count, orders
		order:                1 + 1,              // order with lines and addresses
		"/":                  1 + 1 + 1 + 1,      // latest orders; context and products
		"/account":           1 + 3 + 1 + 1,      // company, people, addresses; context and standing
		"/assets/none":       -surroundings,      // nobody is asked for
		"/categories/absent": 1 + 1 + 1 + 1,
	} {
		s.seen.take()
		g.get(path)
		if got := s.seen.take(); len(got) != want+surroundings {
			t.Errorf("%s takes %d statements, want %d:\n%s", path, len(got), want+surroundings, strings.Join(got, "\n"))
		}
	}
}

func TestTexts(t *testing.T) {
	pagetest.Texts(t, pagetest.Surface{Texts: os.DirFS("locale"), Code: os.DirFS("."), Shared: page.Texts(),
		Computed: []string{"shop.payment.code", "shop.finding"}})
}
