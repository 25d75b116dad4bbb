package page

import (
	"net/http"
	"strings"
)

// contentSecurityPolicy lets a page load only what this server itself serves:
// no inline script or style, no framing, forms to this origin alone
// (https://www.w3.org/TR/CSP3/).
var contentSecurityPolicy = strings.Join([]string{
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self' data:",
	"font-src 'self'",
	"connect-src 'self'",
	"form-action 'self'",
	"base-uri 'none'",
	"frame-ancestors 'none'",
}, "; ")

// ContentSecurityPolicy returns the policy that Secure sends with every page.
func ContentSecurityPolicy() string { return contentSecurityPolicy }

// Secure adds the headers that protect pages to every answer of next and
// refuses unsafe requests that another site started (http.CrossOriginProtection).
// Strict-Transport-Security is left to whoever ends TLS.
func Secure(next http.Handler) http.Handler {
	protected := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		protected.ServeHTTP(w, r)
	})
}
