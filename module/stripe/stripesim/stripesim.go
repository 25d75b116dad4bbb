// Package stripesim plays Stripe for the demo and for tests: API, hosted pages, element script and webhooks, with a state that
// refuses what Stripe refuses.
package stripesim

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Config says how a simulator is reached and whom it tells.
type Config struct {
	// PublicURL is where browsers reach the simulator, without a trailing slash; if it is empty, the address of the request
	// that made an object is used.
	PublicURL string
	// WebhookURL is the endpoint that is told of events, signed with WebhookSecret ("whsec_…"); none is told if it is empty.
	WebhookURL, WebhookSecret string
	// SecretKey and PublishableKey are the only keys that are accepted; sk_test_simulator and pk_test_simulator if empty.
	SecretKey, PublishableKey string
	// Merchant is the name that the hosted pages show.
	Merchant string
	// Clock is the time of all that is made; the machine's if nil.
	Clock func() time.Time
	// RetryPause is the first pause before a webhook that failed is sent again; it doubles each time. 200 ms if zero.
	RetryPause time.Duration
	Log        *slog.Logger
	// File keeps the account over restarts, "" for in memory only. One that cannot be read is left alone, and the account is new.
	File string
}

// Simulator is one account at Stripe, in test mode. It is an http.Handler and safe for use from several goroutines.
type Simulator struct {
	cfg    Config
	routes *http.ServeMux
	out    *outbox

	mu       sync.Mutex
	intents  book[*intent]
	charges  book[*charge]
	refunds  book[*refund]
	setups   book[*setup]
	sessions book[*session]
	tokens   book[*token]
	keys     map[string]*remembered
	mischief mischief
	calls    []call

	saving sync.Mutex
}

// New makes a simulator; Close ends its sending of webhooks.
func New(cfg Config) *Simulator {
	cfg.PublicURL = strings.TrimSuffix(cfg.PublicURL, "/")
	cfg.SecretKey = cmp.Or(cfg.SecretKey, "sk_test_simulator")
	cfg.PublishableKey = cmp.Or(cfg.PublishableKey, "pk_test_simulator")
	cfg.Merchant = cmp.Or(cfg.Merchant, "Acme")
	cfg.RetryPause = cmp.Or(cfg.RetryPause, 200*time.Millisecond)
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Simulator{cfg: cfg, keys: map[string]*remembered{}, mischief: mischief{Multicapture: true, CardFeatures: true, Script: true}}
	s.out = newOutbox(cfg)
	s.routes = s.newRoutes()
	if cfg.File != "" {
		if err := s.load(); err != nil {
			cfg.Log.Error("the simulated Stripe begins with an empty account, which is not kept", "error", err)
			s.cfg.File = ""
		}
	}
	return s
}

// Close ends the sending of webhooks; what was not sent is lost.
func (s *Simulator) Close() { s.out.close() }

// ServeHTTP answers API calls, pages and scripts.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	s.routes.ServeHTTP(w, r)
	if r.Method == http.MethodPost && !strings.HasPrefix(r.URL.Path, "/v1/") { // a page; calls of the API save by themselves
		s.save()
	}
}

// book holds objects of one kind in the order in which they were made.
type book[T any] struct {
	by    map[string]T
	order []string
}

func (b *book[T]) add(id string, value T) {
	if b.by == nil {
		b.by = map[string]T{}
	}
	b.by[id] = value
	b.order = append(b.order, id)
}

func (b *book[T]) get(id string) (T, bool) {
	value, ok := b.by[id]
	return value, ok
}

// all gives the objects, the newest first.
func (b *book[T]) all() []T {
	values := make([]T, 0, len(b.order))
	for i := len(b.order) - 1; i >= 0; i-- {
		values = append(values, b.by[b.order[i]])
	}
	return values
}

// newID is an id as Stripe makes them: "pi_3…".
func newID(prefix string) string { return prefix + "_" + random(12) }

func random(bytes int) string {
	b := make([]byte, bytes)
	_, _ = io.ReadFull(rand.Reader, b)
	return hex.EncodeToString(b)
}

func (s *Simulator) now() time.Time { return s.cfg.Clock() }

// base is where browsers reach the simulator.
func (s *Simulator) base(r *http.Request) string {
	if s.cfg.PublicURL != "" {
		return s.cfg.PublicURL
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func decimalString(n int64) string { return strconv.FormatInt(n, 10) }
