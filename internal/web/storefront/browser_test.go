package storefront

import (
	"context"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
)

// counting is a shop whose cart grows.
type counting struct {
	prepared
	lines atomic.Int64
}

func (c *counting) Lines(context.Context) (int, error) { return int(c.lines.Load()), nil }

func (c *counting) Add(context.Context, string, string, decimal.Decimal) error {
	c.lines.Add(1)
	return nil
}

// TestListStaysWhileShopping: with a script, adding to the cart and filtering exchange parts of the page only.
func TestListStaysWhileShopping(t *testing.T) {
	b := pagetest.NewBrowser(t)
	c := &counting{}
	shop, err := New(Options{Name: "Shop"}, Sources{Buyers: c, Catalog: c, Carts: c, Checkout: c, Orders: c, Account: c})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(shop)
	defer server.Close()
	b.Do(t,
		chromedp.Navigate(server.URL+"/categories/Beverages"),
		chromedp.Evaluate[chromedp.Void]("window.sameDocument = true"),
		chromedp.Click("form.add button"),
		chromedp.WaitVisible("#cart-link .count"),
		pagetest.Until(`document.querySelector("#flash").textContent.includes("Chai is in the cart.")`),
		chromedp.Click("input[name=stock]"),
		pagetest.Until(`new URL(location).searchParams.get("stock") === "in"`),
		pagetest.Until(`document.getElementById("announcement").textContent === "243 products"`),
	)
	if c.lines.Load() != 1 {
		t.Errorf("the cart has %d lines, want 1", c.lines.Load())
	}
	if !pagetest.Ask[bool](t, b, "window.sameDocument === true") {
		t.Error("the document was replaced")
	}
	if !pagetest.Ask[bool](t, b, "document.querySelector('input[name=stock]').checked") {
		t.Error("the box is no longer checked")
	}
	if complaints := b.Complaints(); complaints != nil {
		t.Errorf("the browser complains: %q", complaints)
	}
}
