package page_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

func TestContentSecurityPolicy(t *testing.T) {
	const want = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if got := page.ContentSecurityPolicy(); got != want {
		t.Errorf("the policy is %q, want %q", got, want)
	}
}

// A page may need a gateway's origins; what is no origin never widens the policy.
func TestContentSecurityPolicyOfOnePage(t *testing.T) {
	got := page.ContentSecurityPolicy("https://js.pay.example", "https://*.pay.example")
	for _, part := range []string{"script-src 'self' https://js.pay.example https://*.pay.example;", "style-src 'self';",
		"connect-src 'self' https://js.pay.example", "form-action 'self' https://js.pay.example", "frame-src https://js.pay.example https://*.pay.example"} {
		if !strings.Contains(got, part) {
			t.Errorf("the policy lacks %q: %s", part, got)
		}
	}
}

// Wallets need the Payment Request API in the gateway's frames, on the page of the payment alone.
func TestPermissionsPolicyOfOnePage(t *testing.T) {
	for want, sources := range map[string][]string{
		"camera=(), microphone=(), geolocation=(), payment=(), usb=()":                                                      nil,
		`camera=(), microphone=(), geolocation=(), payment=(self "https://js.pay.example" "https://*.pay.example"), usb=()`: {"https://js.pay.example", "https://*.pay.example"},
	} {
		if got := page.PermissionsPolicy(sources...); got != want {
			t.Errorf("the policy is %q, want %q", got, want)
		}
	}
}

func TestSecure(t *testing.T) {
	h := page.Secure(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, c := range []struct {
		name, method, site string
		status             int
	}{
		{"a page", http.MethodGet, "none", 204},
		{"a link on another site", http.MethodGet, "cross-site", 204},
		{"a form of this site", http.MethodPost, "same-origin", 204},
		{"a program without a browser", http.MethodPost, "", 204},
		{"a form on another site", http.MethodPost, "cross-site", 403},
		{"a form on a neighbour", http.MethodPost, "same-site", 403},
	} {
		r := httptest.NewRequest(c.method, "/cart", nil)
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d", c.name, w.Code, c.status)
		}
		for name, want := range map[string]string{"Content-Security-Policy": page.ContentSecurityPolicy(), "Permissions-Policy": page.PermissionsPolicy(), "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", c.name, name, got, want)
			}
		}
	}
}
