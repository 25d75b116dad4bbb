package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
	"github.com/hanse-commerce/hanse/test/bench/demo"
)

// gateway is Stripe's simulator behind a clock: how long calls that make a payment take from their first byte to the last of
// their answer.
type gateway struct {
	address string
	delay   time.Duration
	server  *http.Server
	sim     atomic.Pointer[stripesim.Simulator]
	key     string

	mu    sync.Mutex
	spent time.Duration
	calls int
}

func openGateway(ctx context.Context, delay time.Duration) (*gateway, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g := &gateway{address: "http://" + l.Addr().String(), delay: delay}
	g.server = &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = g.server.Serve(l) }() // it ends by Close
	return g, nil
}

func (g *gateway) close() {
	_ = g.server.Close()
	if s := g.sim.Load(); s != nil {
		s.Close()
	}
}

// play begins with the keys that the demo made for its channel.
func (g *gateway) play(d *demo.Demo) error {
	b, err := os.ReadFile(filepath.Join(d.Data, "demo-secrets.json")) // #nosec G304 -- in our own folder
	if err != nil {
		return err
	}
	var keys struct{ Stripe, StripePublishable, StripeWebhook string }
	if err := json.Unmarshal(b, &keys); err != nil {
		return err
	}
	if keys.Stripe == "" {
		return errors.New("the demo has no key of the gateway")
	}
	g.key = keys.Stripe
	g.sim.Store(stripesim.New(stripesim.Config{PublicURL: g.address, SecretKey: keys.Stripe, PublishableKey: keys.StripePublishable,
		WebhookURL: d.Facts.StripeWebhookURL, WebhookSecret: keys.StripeWebhook}))
	return nil
}

// ServeHTTP implements http.Handler.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := g.sim.Load()
	if s == nil {
		http.Error(w, "not yet", http.StatusServiceUnavailable)
		return
	}
	if r.Method != http.MethodPost || r.URL.Path != "/v1/payment_intents" {
		s.ServeHTTP(w, r)
		return
	}
	began := time.Now()
	time.Sleep(g.delay)
	s.ServeHTTP(w, r)
	took := time.Since(began)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.spent += took
	g.calls++
}

// took is the time since it was last asked for, and the number of calls.
func (g *gateway) took() (spent time.Duration, calls int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	spent, calls = g.spent, g.calls
	g.spent, g.calls = 0, 0
	return spent, calls
}

// card is a token of a card that is taken.
func (g *gateway) card(ctx context.Context) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.address+"/v1/confirmation_tokens", strings.NewReader(url.Values{"payment_method": {"pm_card_visa"}}.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+g.key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	var token struct{ ID string }
	if err := json.NewDecoder(answer.Body).Decode(&token); err != nil || token.ID == "" {
		return "", fmt.Errorf("the gateway gives no token: %s (%w)", answer.Status, err)
	}
	return token.ID, nil
}
