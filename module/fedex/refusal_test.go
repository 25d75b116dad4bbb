package fedex

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
)

// answering is a channel to something that always answers the same; header is name and value in turn.
func answering(t *testing.T, status int, body string, header ...string) *module.Channel {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return moduletest.Channel(t, New(), map[string]any{"apiBase": server.URL, "clientId": "l7-id", "clientSecret": "s3cret-of-fedex",
		"accountNumber": "740561073", "originPostalCode": "20457", "originCity": "Hamburg", "originCountry": "DE"})
}

func TestRefusals(t *testing.T) {
	said := func(code string) string {
		return `{"transactionId":"1","errors":[{"code":"` + code + `","message":"Please update s3cret-of-fedex."}]}`
	}
	for name, c := range map[string]struct {
		status int
		body   string
		header []string
		class  module.Class
		code   string
		wait   time.Duration
	}{
		"wrong credentials":  {401, said("NOT.AUTHORIZED.ERROR"), nil, module.Unauthorized, "invalid_credentials", 0},
		"no permission":      {403, said("FORBIDDEN.ERROR"), nil, module.Unauthorized, "not_permitted", 0},
		"wrong account":      {400, said("ACCOUNT.NUMBER.MISMATCH"), nil, module.Invalid, "invalid_account", 0},
		"wrong postal code":  {422, said("RECIPIENT.POSTALCODE.INVALID"), nil, module.Invalid, "invalid_request", 0},
		"too many":           {429, said("TOO.MANY.REQUESTS"), []string{"Retry-After", "7"}, module.RateLimited, "rate_limited", 7 * time.Second},
		"too many, silently": {429, "", nil, module.RateLimited, "rate_limited", time.Minute},
		"down":               {503, said("SERVICE.UNAVAILABLE.ERROR"), []string{"Retry-After", "x"}, module.Intermittent, "unavailable", 0},
		"a proxy":            {502, "<html>Bad Gateway</html>", nil, module.Intermittent, "unavailable", 0},
		"slow":               {408, "", nil, module.Intermittent, "unavailable", 0},
		"moved":              {302, "", []string{"Location", "https://example.com/"}, module.Invalid, "invalid_api_base", 0},
		"not there":          {404, said("NOT.FOUND.ERROR"), nil, module.Invalid, "invalid_api_base", 0},
		"odd errors":         {400, `{"errors":"all of them"}`, nil, module.Invalid, "invalid_request", 0},
		"too long":           {200, strings.Repeat(" ", maxAnswer+1), nil, module.Intermittent, "malformed_answer", 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := post(t.Context(), answering(t, c.status, c.body, c.header...), call{doing: "asking", path: "/x", token: "t0ken"})
			var e *module.Error
			if !errors.As(err, &e) {
				t.Fatalf("the error is %v", err)
			}
			if e.Class != c.class || e.Code != c.code || e.RetryAfter != c.wait {
				t.Errorf("%v: class %s, code %s, wait %s; want %s, %s, %s", err, e.Class, e.Code, e.RetryAfter, c.class, c.code, c.wait)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the secret is in %v", err)
			}
		})
	}
}

func TestNoAddressOfTheWeb(t *testing.T) {
	for _, base := range []string{"", "apis.fedex.com", "ftp://apis.fedex.com", "https://", "http://[::1", "\x00"} {
		c := answering(t, 200, "")
		c.Settings["apiBase"] = base
		_, err := post(t.Context(), c, call{doing: "asking"})
		var e *module.Error
		if !errors.As(err, &e) || e.Code != "invalid_api_base" || !strings.Contains(err.Error(), "apiBase") {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "0": 0, "30": 30 * time.Second, "-3": 0, "999999999": 24 * time.Hour, "soon": 0,
		"Tue, 24 Nov 2026 12:00:20 GMT": 20 * time.Second, "Tue, 24 Nov 2026 11:00:00 GMT": 0, "Tue, 24 Nov 2099 11:00:00 GMT": 24 * time.Hour,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}
