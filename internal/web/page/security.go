package page

import (
	"net/http"
	"regexp"
	"strings"
)

// ContentSecurityPolicy lets a page load only what this server itself serves: no inline script or style, no framing, forms
// to this origin alone (https://www.w3.org/TR/CSP3/). Further sources are origins that one page needs beside, such as a
// payment gateway's: scripts and frames from there, connections to there, and forms that lead on there.
func ContentSecurityPolicy(sources ...string) string {
	self := strings.Join(append([]string{"'self'"}, sources...), " ")
	policy := []string{
		"default-src 'none'",
		"script-src " + self,
		"style-src 'self'",
		"img-src 'self' data:",
		"font-src 'self'",
		"connect-src " + self,
		"form-action " + self,
		"base-uri 'none'",
		"frame-ancestors 'none'",
	}
	if len(sources) > 0 {
		policy = append(policy, "frame-src "+strings.Join(sources, " "))
	}
	return strings.Join(policy, "; ")
}

var contentSecurityPolicy = ContentSecurityPolicy()

// PermissionsPolicy takes from a page what no page here needs (https://www.w3.org/TR/permissions-policy/). With sources, those
// of a payment gateway, wallets work there: the Payment Request API in frames of theirs, which only a page that may use it
// itself can hand on.
func PermissionsPolicy(sources ...string) string {
	pay := "payment=()"
	if len(sources) > 0 {
		pay = `payment=(self "` + strings.Join(sources, `" "`) + `")`
	}
	return "camera=(), microphone=(), geolocation=(), " + pay + ", usb=()"
}

var permissionsPolicy = PermissionsPolicy()

// origin is what may stand in the policy of a page: a scheme and a host, which may begin with a wildcard, and a port.
var origin = regexp.MustCompile(`^https?://(\*\.)?[A-Za-z0-9.-]+(:[0-9]+)?$`)

// open sets the policies of one page that needs further sources. What is no origin is left out, so that no module can widen
// the policy by accident.
func open(h http.Header, sources []string) {
	var known []string
	for _, s := range sources {
		if origin.MatchString(s) {
			known = append(known, s)
		}
	}
	if len(known) > 0 {
		h.Set("Content-Security-Policy", ContentSecurityPolicy(known...))
		h.Set("Permissions-Policy", PermissionsPolicy(known...))
	}
}

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
		h.Set("Permissions-Policy", permissionsPolicy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		protected.ServeHTTP(w, r)
	})
}
