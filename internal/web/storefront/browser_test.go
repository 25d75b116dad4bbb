package storefront

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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

// gatewayed is a shop whose gateway's script is where the test says.
type gatewayed struct {
	prepared
	script string
	tokens chan string
}

func (g gatewayed) Review(ctx context.Context, id string) (Review, error) {
	v, err := g.prepared.Review(ctx, id)
	v.Card.Element, v.Card.Script = "stripe", g.script
	v.Card.Sources = []string{g.script[:strings.LastIndex(g.script, "/")]}
	return v, err
}

func (g gatewayed) Place(_ context.Context, _ string, c PaymentChoice) (Placed, error) {
	g.tokens <- c.Token
	return Placed{Number: "100042"}, nil
}

// script plays the gateway's own; it has one field, as the real one has its frame.
const script = `window.Stripe = () => ({
  elements: (settings) => ({ settings, create: () => ({ mount: (at) => { at.textContent = "card field for " + settings.amount; } }), submit: async () => ({}) }),
  createConfirmationToken: async () => ({ confirmationToken: { id: "ctoken_1" } }),
});`

// TestCardFields: the gateway's script brings the card's fields and a token; if it does not come in three seconds, or fails,
// the form leads to the gateway's own page.
func TestCardFields(t *testing.T) {
	b := pagetest.NewBrowser(t)
	hold := make(chan struct{})
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, script)
		case "/slow.js":
			select {
			case <-hold:
			case <-r.Context().Done():
			case <-time.After(5 * time.Second): // the page's load waits for it, its form does not
			}
		default:
			http.NotFound(w, r)
		}
	}))
	defer gateway.Close()
	defer close(hold)
	for _, c := range [][2]string{{"good.js", "ctoken_1"}, {"slow.js", ""}, {"gone.js", ""}} {
		name, token := c[0], c[1]
		g := gatewayed{script: gateway.URL + "/" + name, tokens: make(chan string, 1)}
		shop, err := New(Options{Name: "Shop"}, Sources{Buyers: g, Catalog: g, Carts: g, Checkout: g, Orders: g, Account: g})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(shop)
		b.Do(t, chromedp.Navigate(server.URL+"/checkout/c1/payment"))
		if token != "" {
			b.Do(t, pagetest.Until(`document.querySelector("[data-payment-element]").textContent === "card field for 168909"`))
			for origin, want := range map[string]bool{gateway.URL: true, "https://elsewhere.example": false} { // where a frame may show a wallet
				if got := pagetest.Ask[bool](t, b, `document.featurePolicy.allowsFeature("payment", "`+origin+`")`); got != want {
					t.Errorf("a frame of %s may ask for payment: %t, want %t", origin, got, want)
				}
			}
		} else {
			b.Do(t, pagetest.Until(`document.querySelector("[data-payment-element]").hidden && !document.querySelector("[data-payment-hosted]").hidden`))
		}
		b.Do(t, chromedp.Click("form.pay button"))
		select {
		case got := <-g.tokens:
			if got != token {
				t.Errorf("%s: the form sent the token %q, want %q", name, got, token)
			}
		case <-time.After(20 * time.Second):
			t.Errorf("%s: nothing was ordered", name)
		}
		server.Close()
	}
}
