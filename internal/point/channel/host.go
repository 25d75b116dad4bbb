// Package channel hosts configured modules: it hands them their settings and the way out, bounds, repeats and records their
// calls, lets their systems call in, and tells how they fare.
package channel

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/blob"
	"github.com/hanse-commerce/hanse/internal/secret"
	"github.com/hanse-commerce/hanse/module"
)

// Options are what a Host stands on.
type Options struct {
	DB        *pgxpool.Pool // of work behind requests
	Registry  *module.Registry
	Keys      *secret.Keyring
	Blobs     blob.Store // what modules say and are told is kept here, without secrets
	PublicURL string     // where the shop is reached from outside, without a trailing slash
	Committed func()     // told after each commit with change rows; nil for nobody
	Metrics   *Metrics   // nil for none
	Log       *slog.Logger
	// Transport is the way out; nil for the usual one.
	Transport http.RoundTripper
}

// Host runs the channels of all organizations on one node. Channels are looked at afresh for each call, by their revision, so
// that what is changed on one node counts at once on all.
type Host struct {
	Options
	// Events is told what a webhook says, after its sender was verified. An error is answered so that the sender comes
	// again; the same event may come twice. It is set before Hooks serves.
	Events func(ctx context.Context, organization, channelID string, e module.Event) error

	mu       sync.Mutex
	stations map[string]*station // by channel's UUID
	behind   background
}

// New makes a host.
func New(o Options) *Host {
	if o.Transport == nil {
		o.Transport = wayOut()
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Host{Options: o, stations: map[string]*station{}, behind: background{slots: make(chan struct{}, 4)}}
}

// Close waits until what calls left to be written is written. No call may be under way or come any more.
func (h *Host) Close(ctx context.Context) error {
	h.mu.Lock()
	for _, s := range h.stations {
		s.health.flushNow()
	}
	h.mu.Unlock()
	done := make(chan struct{})
	go func() { h.behind.wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return errors.Join(errors.New("some exchanges of modules were not recorded to their end"), context.Cause(ctx))
	}
}

// background does what no call has to wait for: a few things side by side, and beyond that whoever wants more does it
// himself, so that nothing piles up.
type background struct {
	slots chan struct{}
	work  sync.WaitGroup
}

func (b *background) do(f func()) {
	select {
	case b.slots <- struct{}{}:
		b.work.Go(func() {
			defer func() { <-b.slots }()
			f()
		})
	default:
		f()
	}
}

func (b *background) wait() { b.work.Wait() }
