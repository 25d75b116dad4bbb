package moduletest

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// Channel configures a module for a test: the settings as decoded JSON are checked and completed as an administrator's are.
// Its HTTP client follows no redirects, as Hanse's does not.
func Channel(t testing.TB, m module.Module, settings map[string]any) *module.Channel {
	t.Helper()
	parsed, err := module.ParseSettings(m.Info().Settings, settings)
	if err != nil {
		t.Fatalf("settings of the module %s: %v", m.Info().Name, err)
	}
	return &module.Channel{ID: "0196f0c0-0000-7000-8000-000000000001", Code: m.Info().Name, Settings: parsed,
		HTTP: client(t), Log: slog.New(slog.DiscardHandler), PublicURL: "http://127.0.0.1:8080"}
}

func client(t testing.TB) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
