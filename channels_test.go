package hanse

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hanse-commerce/hanse/internal/config"
)

func TestFiguresAreNotForEverybody(t *testing.T) {
	for name, c := range map[string]struct {
		token, from string
		header      map[string]string
		may         bool
	}{
		"this machine":            {"", "127.0.0.1:9", nil, true},
		"this machine by IPv6":    {"", "[::1]:9", nil, true},
		"another machine":         {"", "192.0.2.7:9", nil, false},
		"through a proxy":         {"", "127.0.0.1:9", map[string]string{"X-Forwarded-For": "192.0.2.7"}, false},
		"through another proxy":   {"", "127.0.0.1:9", map[string]string{"Forwarded": "for=192.0.2.7"}, false},
		"with the token":          {"geheim", "192.0.2.7:9", map[string]string{"Authorization": "Bearer geheim"}, true},
		"with another token":      {"geheim", "192.0.2.7:9", map[string]string{"Authorization": "Bearer x"}, false},
		"here, without the token": {"geheim", "127.0.0.1:9", nil, false},
	} {
		s := &server{house: &house{cfg: config.Config{MetricsToken: c.token}}}
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = c.from
		for k, v := range c.header {
			r.Header.Set(k, v)
		}
		if s.mayMeasure(r) != c.may {
			t.Errorf("%s: %t", name, !c.may)
		}
	}
}
