package tour_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
)

var pictures = flag.String("pictures", "", "folder that TestDocumentation puts pictures of the pages into")

// facts are what demo.json tells a browser.
type facts struct {
	HTTP         string
	Buyer, Admin struct{ Email, Password string }
}

// visitor is a person with a browser.
type visitor struct {
	*pagetest.Browser
	t    *testing.T
	base string
}

// browse takes the steps that the tour tells people to take with a browser: a buyer orders, an administrator looks.
func browse(t *testing.T, dir string) {
	content, err := os.ReadFile(filepath.Join(dir, "hanse-data", "demo.json")) // #nosec G304 -- of this test's demo
	if err != nil {
		t.Fatal(err)
	}
	var f facts
	if err := json.Unmarshal(content, &f); err != nil {
		t.Fatal(err)
	}
	v := &visitor{Browser: pagetest.NewBrowser(t), t: t, base: f.HTTP}
	v.Do(t, chromedp.EmulateViewport(1440, 900))
	v.buy(f)
	v.administer(f)
	if complaints := v.Complaints(); complaints != nil {
		t.Errorf("the browser complains: %q", complaints)
	}
}

func (v *visitor) buy(f facts) {
	v.open("/login")
	v.english()
	v.signIn(f.Buyer.Email, f.Buyer.Password)
	v.until(`!!document.querySelector("#cart-link")`)
	v.picture("shop-home")
	v.open("/categories/SEAFOOD")
	v.until(`document.body.innerText.includes("Spegesild")`)
	v.picture("shop-category")
	v.open("/products/NW-0046")
	v.until(`document.body.innerText.includes("9.00")`)
	v.picture("shop-product")
	v.write("input[name=quantity]", "12")
	v.click(".buy-box button")
	v.until(`document.querySelector("#flash").innerText.length > 0`)
	v.open("/cart")
	v.until(`document.body.innerText.includes("108.00")`)
	v.picture("shop-cart")
	v.click(`form[action="/checkout"] button`)
	v.until(`location.pathname.startsWith("/checkout/")`)
	v.write("input[name=poNumber]", "PO-4712")
	v.picture("shop-checkout")
	v.click("form[data-once] aside button")
	v.until(`location.pathname.endsWith("/payment")`)
	v.picture("shop-payment")
	v.click("form.pay button.button-main")
	v.until(`location.pathname.endsWith("/confirmation")`)
	v.click(".actions a.button-main")
	v.until(`document.body.innerText.includes("PO-4712")`)
	for deadline := time.Now().Add(patience); pagetest.Ask[int](v.t, v.Browser, `document.querySelectorAll(".progress-done").length`) < 4; {
		if time.Now().After(deadline) {
			v.t.Fatalf("SAP's answer never showed: %s", pagetest.Ask[string](v.t, v.Browser, "document.body.innerText"))
		}
		v.Do(v.t, chromedp.Reload())
	}
	v.picture("shop-order")
	v.Do(v.t, chromedp.EmulateViewport(360, 740))
	v.open("/products/NW-0046")
	v.picture("shop-product-phone")
	v.Do(v.t, chromedp.EmulateViewport(1440, 900))
}

func (v *visitor) administer(f facts) {
	v.open("/admin/login")
	v.english()
	v.signIn(f.Admin.Email, f.Admin.Password)
	v.until(`location.pathname === "/admin/"`)
	v.until(`document.body.innerText.includes("products_rods.csv")`)
	v.picture("office-home")
	v.open("/admin/exchanges?q=products_rods")
	v.until(`document.body.innerText.includes("products_rods.csv")`)
	v.click(`#list td a, #list th a, #list li a`)
	v.until(`document.body.innerText.includes("The column name is empty")`)
	v.picture("office-exchange")
	v.open("/admin/records/products?sort=-sku")
	v.until(`document.body.innerText.includes("ROD-8")`)
	v.picture("office-grid")
}

func (v *visitor) open(path string) {
	v.t.Helper()
	v.Do(v.t, chromedp.Navigate(v.base+path))
	v.until(`document.readyState === "complete"`)
}

// english chooses the language of these pages.
func (v *visitor) english() {
	v.t.Helper()
	v.Do(v.t, chromedp.Evaluate[chromedp.Void](`document.cookie = "hanse_language=en; path=/"`), chromedp.Reload())
}

func (v *visitor) signIn(email, password string) {
	v.t.Helper()
	v.write("input[name=email]", email)
	v.write("input[name=password]", password)
	v.click("main form button")
}

func (v *visitor) write(selector, text string) {
	v.t.Helper()
	v.until(fmt.Sprintf(`document.readyState === "complete" && !!document.querySelector(%q)`, selector))
	v.Do(v.t, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).value = ''", selector)), chromedp.SendKeys(selector, text))
}

func (v *visitor) click(selector string) { v.t.Helper(); v.Do(v.t, chromedp.Click(selector)) }

// until asks again while one page gives way to the next, which ends a question that is under way.
func (v *visitor) until(expression string) {
	v.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		yes, err := chromedp.Run(v.Context, chromedp.Evaluate[bool](expression))
		if err == nil && yes {
			return
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("the browser never came to %s (%v); it shows: %s", expression, err,
				pagetest.Ask[string](v.t, v.Browser, "location.pathname + ' ' + document.body.innerText"))
		}
	}
}

func (v *visitor) picture(name string) {
	v.t.Helper()
	if *pictures == "" {
		return
	}
	content, err := chromedp.Run(v.Context, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(*pictures, name+".png"), content, 0o600)
	}
	if err != nil {
		v.t.Fatal(err)
	}
}
