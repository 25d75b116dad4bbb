package storefront

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

// noting is a shop's sources that note what was asked of them and answer as told.
type noting struct {
	prepared
	calls  []string
	fail   error
	placed Placed
}

func (n *noting) note(format string, args ...any) error {
	n.calls = append(n.calls, fmt.Sprintf(format, args...))
	return n.fail
}

func (n *noting) SignIn(_ context.Context, email, password string) error {
	return n.note("sign in %s %s", email, password)
}

func (n *noting) Add(_ context.Context, sku, unit string, q decimal.Decimal) error {
	return n.note("add %s %s %s", sku, unit, q)
}

func (n *noting) Change(_ context.Context, quantities map[string]decimal.Decimal) error {
	return n.note("change %v", quantities)
}

func (n *noting) Remove(_ context.Context, line string) error { return n.note("remove %s", line) }

func (n *noting) Keep(_ context.Context, id string, c CheckoutChoice) error {
	return n.note("keep %s %s %s %s %s", id, c.AddressID, c.Shipping, c.Price, c.PONumber)
}

func (n *noting) Place(_ context.Context, id string, c PaymentChoice) (Placed, error) {
	return n.placed, n.note("place %s %s %s %s", id, c.Token, c.Total, c.Shop)
}

func (n *noting) Return(context.Context, string) (Placed, error) { return n.placed, nil }

func (n *noting) Category(ctx context.Context, code string, q ListQuery) (Listing, error) {
	_ = n.note("category %s %+v", code, q)
	return n.prepared.Category(ctx, code, q)
}

func newNoting(t *testing.T, n *noting) http.Handler {
	t.Helper()
	shop, err := New(Options{Name: "Shop"}, Sources{Buyers: n, Catalog: n, Carts: n, Checkout: n, Orders: n, Account: n})
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

func ask(h http.Handler, method, path, form string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestForms(t *testing.T) {
	invalid := &page.Invalid{Problems: []page.Problem{{Field: "quantity", Text: "Only 3 left."}}}
	for _, c := range []struct {
		name, path, form string
		fail             error
		call             string // the last one; empty for none
		status           int
		location, shows  string
	}{
		{"sign in", "/login", "email=a@b.example&password=p&next=/orders", nil, "sign in a@b.example p", 303, "/orders", ""},
		{"sign in from elsewhere", "/login", "email=a@b.example&password=p&next=//evil.example", nil, "sign in a@b.example p", 303, "/", ""},
		{"add", "/cart/lines", "sku=R9&unit=C62&quantity=2,5&back=/search?q=r", nil, "add R9 C62 2.5", 303, "/search?q=r", ""},
		{"add nothing", "/cart/lines", "sku=R9&unit=C62&quantity=0", nil, "", 422, "", "Enter a quantity"},
		{"add a huge number", "/cart/lines", "sku=R9&unit=C62&quantity=1e9", nil, "", 422, "", "Enter a quantity"},
		{"add too many", "/cart/lines", "sku=R9&unit=C62&quantity=5", invalid, "add R9 C62 5", 422, "", "Only 3 left."},
		{"change", "/cart", "quantity.a=3&quantity.b=0&other=1", nil, "change map[a:3 b:0]", 303, "/cart", ""},
		{"change badly", "/cart", "quantity.1=-1", nil, "", 422, "", "Enter a quantity"},
		{"remove", "/cart/lines/7/remove", "", nil, "remove 7", 303, "/cart", ""},
		{"remove what is gone", "/cart/lines/7/remove", "", ErrNotFound, "remove 7", 404, "", "no such page"},
		{"start the checkout", "/checkout", "", nil, "", 303, "/checkout/c1", ""},
		{"keep", "/checkout/c1", "address=a1&shipping=flat&price.flat=9.9&payment=Z030&poNumber=PO-7", nil, "keep c1 a1 flat 9.9 PO-7", 303, "/checkout/c1/payment", ""},
		{"ask for rates", "/checkout/c1", "address=a2&update=rates", nil, "keep c1 a2   ", 303, "/checkout/c1#f-shipping", ""},
		{"keep at changed rates", "/checkout/c1", "address=a1", ErrChanged, "keep c1 a1   ", 303, "/checkout/c1#f-shipping", ""},
		{"keep without an address", "/checkout/c1", "address=new", nil, "", 422, "", "Enter the city."},
		{"keep over the limit", "/checkout/c1", "address=a1", &page.Invalid{Problems: []page.Problem{{Text: "Above the limit."}}}, "keep c1 a1   ", 422, "", "Above the limit."},
		{"place", "/checkout/c1/payment", "total=9.9&paymentToken=t", nil, "place c1 t 9.9 http://example.com", 303, "/orders/100042/confirmation", ""},
		{"place at a changed price", "/checkout/c1/payment", "total=9.9", &page.Invalid{Problems: []page.Problem{{Text: "It costs more now."}}}, "place c1  9.9 http://example.com", 422, "", "It costs more now."},
		{"a source that fails", "/cart", "quantity.a=3", context.DeadlineExceeded, "change map[a:3]", 500, "", "Something went wrong"},
	} {
		n := &noting{fail: c.fail, placed: Placed{Number: "100042"}}
		n.guest = strings.HasPrefix(c.path, "/login")
		w := ask(newNoting(t, n), http.MethodPost, c.path, c.form)
		call := ""
		if len(n.calls) > 0 {
			call = n.calls[len(n.calls)-1]
		}
		if w.Code != c.status || w.Header().Get("Location") != c.location || call != c.call || !strings.Contains(w.Body.String(), c.shows) {
			t.Errorf("%s: %d to %q after %q; want %d to %q after %q showing %q", c.name, w.Code, w.Header().Get("Location"), call, c.status, c.location, c.call, c.shows)
		}
	}
}

// What comes behind an order: the gateway's page, the payment once more, the confirmation.
func TestAfterPlacing(t *testing.T) {
	for _, c := range []struct {
		placed          Placed
		status          int
		location, shows string
	}{
		{Placed{Number: "1", URL: "https://pay.example/p/1"}, 303, "https://pay.example/p/1", ""},
		{Placed{Number: "1", Failed: "Your card was declined."}, 402, "", "Your card was declined."},
		{Placed{Number: "1"}, 303, "/orders/1/confirmation", ""},
	} {
		w := ask(newNoting(t, &noting{placed: c.placed}), http.MethodPost, "/checkout/c1/payment", "total=1")
		if w.Code != c.status || w.Header().Get("Location") != c.location || !strings.Contains(w.Body.String(), c.shows) {
			t.Errorf("%+v: %d to %q", c.placed, w.Code, w.Header().Get("Location"))
		}
	}
}

// Back from the gateway, a payment that still waits for the buyer is shown and not gone on with: he may not want it.
func TestBackFromTheGateway(t *testing.T) {
	for _, c := range []struct {
		placed   Placed
		status   int
		location string
	}{
		{Placed{Number: "1", URL: "https://pay.example/p/1"}, 303, "/checkout/c1/payment"},
		{Placed{Number: "1", URL: "https://pay.example/p/1", Failed: "Your card was declined."}, 402, ""},
		{Placed{Number: "1"}, 303, "/orders/1/confirmation"},
	} {
		w := ask(newNoting(t, &noting{placed: c.placed}), http.MethodGet, "/checkout/c1/return", "")
		if w.Code != c.status || w.Header().Get("Location") != c.location {
			t.Errorf("%+v: %d to %q", c.placed, w.Code, w.Header().Get("Location"))
		}
	}
}

// The policies open for the gateway on the payment page alone.
func TestPolicyOpensOnThePaymentPageAlone(t *testing.T) {
	h := newShop(t, prepared{})
	for path, want := range map[string]bool{"/checkout/c1/payment": true, "/checkout/c1": false, "/cart": false, "/orders/100042": false} {
		header := ask(h, http.MethodGet, path, "").Header()
		policy, permissions := header.Get("Content-Security-Policy"), header.Get("Permissions-Policy")
		if wallets := `payment=(self "https://js.pay.example"`; strings.Contains(permissions, wallets) != want || !strings.Contains(permissions, "camera=()") {
			t.Errorf("%s: %s", path, permissions)
		}
		if got := strings.Contains(policy, "https://js.pay.example"); got != want || !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s: %s", path, policy)
		}
	}
	if policy := ask(newShop(t, prepared{empty: true}), http.MethodGet, "/checkout/c1/payment", "").Header().Get("Content-Security-Policy"); strings.Contains(policy, "http") {
		t.Errorf("without a card the policy is %s", policy)
	}
}

func TestInvoiceIsAFile(t *testing.T) {
	h := newShop(t, prepared{})
	w := ask(h, http.MethodGet, "/orders/100042/invoices/90001234", "")
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(w.Header().Get("Content-Disposition"), "90001234.pdf") {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
	if w := ask(h, http.MethodGet, "/orders/100042/invoices/1", ""); w.Code != 404 {
		t.Errorf("another's invoice: %d", w.Code)
	}
}

func TestPasswordIsNeverSentBack(t *testing.T) {
	n := &noting{fail: &page.Invalid{Problems: []page.Problem{{Text: "wrong"}}}}
	n.guest = true
	if w := ask(newNoting(t, n), http.MethodPost, "/login", "email=a@b.example&password=s3cret"); strings.Contains(w.Body.String(), "s3cret") {
		t.Error("the page holds the password")
	}
}

func TestGuestsAreSentToLogin(t *testing.T) {
	h := newShop(t, prepared{guest: true})
	for _, path := range []string{"/cart", "/checkout/c1", "/orders", "/orders/1", "/account"} {
		w := ask(h, http.MethodGet, path, "")
		if want := "/login?next=" + url.QueryEscape(path); w.Code != 303 || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", path, w.Code, w.Header().Get("Location"), want)
		}
	}
	w := ask(h, http.MethodPost, "/cart/lines", "sku=R9", "HX-Request", "true")
	if w.Code != http.StatusNoContent || w.Header().Get("HX-Redirect") != "/login?next=%2Fcart" {
		t.Errorf("in the background: %d, HX-Redirect %q", w.Code, w.Header().Get("HX-Redirect"))
	}
}

func TestOtherSitesCannotOrder(t *testing.T) {
	n := &noting{}
	if w := ask(newNoting(t, n), http.MethodPost, "/checkout/c1", "address=a1", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden || n.calls != nil {
		t.Errorf("%d after %v", w.Code, n.calls)
	}
}

func TestListQuery(t *testing.T) {
	n := &noting{}
	ask(newNoting(t, n), http.MethodGet, "/categories/A%2FB?stock=in&sort=sku&page=4&q=x", "")
	want := []string{"category A/B {Text:x Category: InStock:true Sort:sku Page:4 Size:24}"}
	if !slices.Equal(n.calls, want) {
		t.Errorf("%q, want %q", n.calls, want)
	}
	n.calls = nil
	ask(newNoting(t, n), http.MethodGet, "/categories/A?sort=drop+table&page=-1", "")
	if want := "category A {Text: Category: InStock:false Sort: Page:1 Size:24}"; n.calls[0] != want {
		t.Errorf("%q, want %q", n.calls[0], want)
	}
}
