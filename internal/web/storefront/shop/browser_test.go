package shop_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
)

var pictures = flag.String("pictures", "", "folder that TestPurchaseOnAPhone puts a picture of each page into")

// phone is a browser with a narrow window.
type phone struct {
	*pagetest.Browser
	t     *testing.T
	shown int
}

// on waits for a page and checks that it fits the window.
func (p *phone) on(expression string) {
	p.t.Helper()
	p.until(`document.readyState === "complete" && (` + expression + `)`)
	if width := pagetest.Ask[int](p.t, p.Browser, "document.documentElement.scrollWidth"); width > 360 {
		p.t.Errorf("%s is %d pixels wide", pagetest.Ask[string](p.t, p.Browser, "location.pathname"), width)
	}
	if *pictures == "" {
		return
	}
	p.shown++
	picture, err := chromedp.Run(p.Context, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(*pictures, fmt.Sprintf("%02d.png", p.shown)), picture, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// until asks again while one page gives way to the next, which ends a question that is under way.
func (p *phone) until(expression string) {
	p.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		yes, err := chromedp.Run(p.Context, chromedp.Evaluate[bool](expression))
		if err == nil && yes {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			p.t.Fatalf("the browser never came to %s (%v); it shows: %s", expression, err,
				pagetest.Ask[string](p.t, p.Browser, "location.pathname + ' ' + document.body.innerText"))
		}
	}
}

func (p *phone) says(text string) {
	p.t.Helper()
	p.on(fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

func (p *phone) click(selector string) { p.t.Helper(); p.Do(p.t, chromedp.Click(selector)) }

func (p *phone) write(selector, text string) {
	p.t.Helper()
	p.Do(p.t, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).value = ''", selector)), chromedp.SendKeys(selector, text))
}

// A purchase with thumb and script at 360 pixels.
func TestPurchaseOnAPhone(t *testing.T) {
	p := &phone{Browser: pagetest.NewBrowser(t), t: t}
	s := open(t)
	p.Do(t, chromedp.EmulateViewport(360, 740), chromedp.Navigate(s.server.URL+"/"))
	p.says("Sign in to see your prices")
	p.click(`.shop-tools a[href="/login"]`)
	p.on(`location.pathname === "/login"`)
	p.write(`input[name=email]`, "buyer-1000@example.test")
	p.write(`input[name=password]`, password)
	p.click(`main form button`)
	p.says("Alfreds Futterkiste")

	p.write(`#q`, "chai")
	p.click(`form[role=search] button`)
	p.on(`location.pathname === "/search"`)
	p.says("from 10: €17.10")
	p.click(`.product-name a`)
	p.on(`location.pathname === "/products/NW-001"`)
	p.write(`input[name=quantity]`, "12")
	p.click(`.buy-box button`)
	p.says("Chai is in the cart.")
	p.click(`#cart-link`)
	p.on(`location.pathname === "/cart"`)
	p.says("€205.20")
	p.click(`form[action="/checkout"] button`)
	p.on(`location.pathname.startsWith("/checkout/")`)
	p.click(`input[name=address][value=new]`)
	p.click(`form[data-once] aside button`)
	p.says("Enter the city.")
	p.click(`input[name=address]:not([value=new])`)
	p.write(`input[name=poNumber]`, "PO-2026-118")
	p.click(`form[data-once] aside button`)
	p.on(`location.pathname.endsWith("/payment")`)
	p.says("PO-2026-118")
	p.click(`form.pay button`)
	p.on(`location.pathname.endsWith("/confirmation")`)
	p.says("PO-2026-118")
	p.click(`.actions a.button-main`)
	p.says("Handed over as a file")
	if complaints := p.Complaints(); complaints != nil {
		t.Errorf("the browser complains: %q", complaints)
	}
	if len(s.placed) != 1 {
		t.Errorf("%d orders were placed, want 1", len(s.placed))
	}
}
