package storefront

import (
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
)

// TestStories shows every page with prepared data: usual, empty, wrong, long
// and in German. Run it with -stories DIR to look at the pages.
func TestStories(t *testing.T) {
	buyer, guest := newShop(t, prepared{}), newShop(t, prepared{guest: true})
	empty, long := newShop(t, prepared{empty: true}), newShop(t, prepared{long: true})
	trouble, broken := newShop(t, prepared{trouble: true}), newShop(t, prepared{broken: true})
	stories := []pagetest.Story{
		{Name: "login", Handler: guest, Path: "/login?next=/cart"},
		{Name: "login-de", Handler: guest, Path: "/login", Language: "de"},
		{Name: "login-wrong", Handler: guest, Path: "/login", Form: url.Values{"email": {"maria@alfki.example"}, "password": {"x"}}, Status: 422},
		{Name: "login-empty", Handler: guest, Path: "/login", Form: url.Values{"email": {""}}, Status: 422},
		{Name: "home", Handler: buyer, Path: "/"},
		{Name: "home-de", Handler: buyer, Path: "/", Language: "de"},
		{Name: "home-dark", Handler: buyer, Path: "/", Theme: "dark"},
		{Name: "home-guest", Handler: guest, Path: "/"},
		{Name: "home-empty", Handler: empty, Path: "/"},
		{Name: "home-long", Handler: long, Path: "/"},
		{Name: "category", Handler: buyer, Path: "/categories/Beverages"},
		{Name: "category-grid", Handler: buyer, Path: "/categories/Beverages?view=grid&stock=in"},
		{Name: "category-dark", Handler: buyer, Path: "/categories/Beverages?page=3", Theme: "dark"},
		{Name: "category-de", Handler: buyer, Path: "/categories/Food%2FCheese", Language: "de"},
		{Name: "category-long", Handler: long, Path: "/categories/Beverages", Language: "de"},
		{Name: "category-empty", Handler: empty, Path: "/categories/Beverages?stock=in"},
		{Name: "search", Handler: buyer, Path: "/search?q=ch&category=Beverages"},
		{Name: "search-guest", Handler: guest, Path: "/search?q=ch"},
		{Name: "search-empty", Handler: empty, Path: "/search?q=" + url.QueryEscape(`<b>"nothing"</b>`), Language: "de"},
		{Name: "product", Handler: buyer, Path: "/products/NW-001"},
		{Name: "product-picture", Handler: buyer, Path: "/products/NW-002"},
		{Name: "product-dark", Handler: buyer, Path: "/products/NW-001", Theme: "dark"},
		{Name: "product-de", Handler: buyer, Path: "/products/NW-001", Language: "de"},
		{Name: "product-guest", Handler: guest, Path: "/products/NW-001"},
		{Name: "product-long", Handler: long, Path: "/products/NW-001", Language: "de"},
		{Name: "product-plain", Handler: empty, Path: "/products/NW-001"},
		{Name: "product-wrong", Handler: buyer, Path: "/cart/lines", Form: url.Values{"sku": {"NW-001"}, "unit": {"XBX"}, "quantity": {"many"}}, Status: 422},
		{Name: "cart", Handler: buyer, Path: "/cart"},
		{Name: "cart-dark", Handler: buyer, Path: "/cart", Theme: "dark"},
		{Name: "cart-de", Handler: long, Path: "/cart", Language: "de"},
		{Name: "cart-empty", Handler: empty, Path: "/cart"},
		{Name: "cart-trouble", Handler: trouble, Path: "/cart", Language: "de"},
		{Name: "cart-wrong", Handler: buyer, Path: "/cart", Form: url.Values{"quantity.1": {"-3"}, "quantity.2": {"4"}}, Status: 422},
		{Name: "checkout", Handler: buyer, Path: "/checkout/c1"},
		{Name: "checkout-dark", Handler: buyer, Path: "/checkout/c1", Theme: "dark"},
		{Name: "checkout-de", Handler: long, Path: "/checkout/c1", Language: "de"},
		{Name: "checkout-new", Handler: empty, Path: "/checkout/c1"},
		{Name: "checkout-trouble", Handler: trouble, Path: "/checkout/c1"},
		{Name: "checkout-wrong", Handler: buyer, Path: "/checkout/c1", Form: url.Values{"address": {"new"}, "company": {"Alfreds"},
			"street": {""}, "city": {""}, "country": {"DE"}, "poNumber": {"PO-7"}}, Status: 422},
		{Name: "payment", Handler: buyer, Path: "/checkout/c1/payment"},
		{Name: "payment-dark", Handler: buyer, Path: "/checkout/c1/payment", Theme: "dark"},
		{Name: "payment-de", Handler: long, Path: "/checkout/c1/payment", Language: "de"},
		{Name: "payment-account", Handler: empty, Path: "/checkout/c1/payment"},
		{Name: "payment-trouble", Handler: trouble, Path: "/checkout/c1/payment"},
		{Name: "payment-declined", Handler: buyer, Path: "/checkout/c1/return", Status: 402},
		{Name: "confirmation-pending", Handler: empty, Path: "/orders/100042/confirmation"},
		{Name: "confirmation", Handler: buyer, Path: "/orders/100042/confirmation"},
		{Name: "confirmation-de", Handler: buyer, Path: "/orders/100042/confirmation", Language: "de"},
		{Name: "orders", Handler: buyer, Path: "/orders"},
		{Name: "orders-de", Handler: long, Path: "/orders?page=2", Language: "de"},
		{Name: "orders-empty", Handler: empty, Path: "/orders"},
		{Name: "orders-none", Handler: empty, Path: "/orders?order=4711"},
		{Name: "order", Handler: buyer, Path: "/orders/100042"},
		{Name: "order-dark", Handler: buyer, Path: "/orders/100042", Theme: "dark"},
		{Name: "order-refused", Handler: trouble, Path: "/orders/100042", Language: "de"},
		{Name: "order-long", Handler: long, Path: "/orders/100042"},
		{Name: "account", Handler: buyer, Path: "/account"},
		{Name: "account-de", Handler: trouble, Path: "/account", Language: "de"},
		{Name: "missing", Handler: buyer, Path: "/products/none", Status: 404},
		{Name: "broken-de", Handler: broken, Path: "/", Language: "de", Status: 500},
	}
	for _, s := range stories {
		t.Run(s.Name, s.Run)
	}
	t.Run("layout", func(t *testing.T) { pagetest.Layout(t, stories) })
}

func TestTexts(t *testing.T) {
	pagetest.Texts(t, pagetest.Surface{Texts: os.DirFS("locale"), Templates: dirs("templates", "../page/templates"),
		Code: os.DirFS("."), Shared: page.Texts(), Computed: []string{"listing.sort", "address.missing"}})
}

func newShop(t *testing.T, p prepared) http.Handler {
	t.Helper()
	shop, err := New(Options{Name: "Northwind Traders"}, Sources{Buyers: p, Catalog: p, Carts: p, Checkout: p, Orders: p, Account: p})
	if err != nil {
		t.Fatal(err)
	}
	return shop
}
