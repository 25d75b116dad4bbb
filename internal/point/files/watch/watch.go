// Package watch takes the files that partners put into their homes: it knows when one is complete, in which order they are
// taken, and where they go afterwards.
package watch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/blob"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/module"
)

// Watcher watches the homes of all partners. Any number of nodes may run one: each partner's folder is watched by the node
// that holds its lease.
type Watcher struct {
	DB       *pgxpool.Pool
	Homes    home.Homes
	Blobs    blob.Store
	Ledger   *exchange.Ledger
	Intake   *intake.Service
	Registry *module.Registry
	Node     string
	Log      *slog.Logger
	// Settle is how long a file must be unchanged where nothing says that it is complete; 10 s if 0.
	Settle time.Duration
	// Poll is how often folders are looked at without a nudge; 1 s if 0.
	Poll time.Duration
	// Confirm sends the partner's system a confirmation of its documents; may be nil. It may be called again after a crash.
	Confirm func(ctx context.Context, p *intake.Partner, exchangeID string, kind *intake.Kind, run string) error

	mu     sync.Mutex
	nudges map[string]chan struct{} // by partner's id
	reload chan struct{}            // a partner that is not known yet did something
}

// Run watches until ctx ends. New partners are found within ten seconds, or when they put their first file.
func (w *Watcher) Run(ctx context.Context) error {
	if w.Settle == 0 {
		w.Settle = 10 * time.Second
	}
	if w.Poll == 0 {
		w.Poll = time.Second
	}
	reload := w.reloads()
	leases := postgres.NewLeases(w.DB, w.Node, w.Log)
	var running sync.WaitGroup
	defer running.Wait()
	known := map[string]bool{}
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		partners, err := intake.LoadPartners(ctx, w.DB, w.Registry, "")
		if err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "partners cannot be loaded, trying again", "error", err)
		}
		for _, p := range partners {
			if known[p.ID] || p.Home == "" {
				continue
			}
			known[p.ID] = true
			nudge, lease := w.register(p.ID), leases.Lease("files/"+p.ID)
			running.Go(func() { w.keep(ctx, lease, p.ID, nudge) })
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-reload:
		}
	}
}

func (w *Watcher) reloads() chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.reload == nil {
		w.reload = make(chan struct{}, 1)
	}
	return w.reload
}

// Nudge has the folder of a partner, by his id, looked at at once; a partner that is not known yet is looked for.
func (w *Watcher) Nudge(partner string) {
	reload := w.reloads()
	w.mu.Lock()
	defer w.mu.Unlock()
	nudge, known := w.nudges[partner]
	if !known {
		nudge = reload
	}
	select {
	case nudge <- struct{}{}:
	default:
	}
}

func (w *Watcher) register(partner string) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.nudges == nil {
		w.nudges = map[string]chan struct{}{}
	}
	c := make(chan struct{}, 1)
	w.nudges[partner] = c
	return c
}

// keep watches one partner's folder while this node holds the lease on it.
func (w *Watcher) keep(ctx context.Context, lease *postgres.Lease, partner string, nudge chan struct{}) {
	for ctx.Err() == nil {
		err := lease.Keep(ctx, func(ctx context.Context, _ int64) error { return w.watch(ctx, partner, nudge) })
		if err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "watching a partner's folder was interrupted", "partner", partner, "error", err)
		}
	}
}

func (w *Watcher) watch(ctx context.Context, partner string, nudge chan struct{}) error {
	f := newFolder(w)
	tick := time.NewTicker(w.Poll)
	defer tick.Stop()
	for {
		wait, err := f.pass(ctx, partner)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			w.Log.WarnContext(ctx, "a partner's files wait", "partner", partner, "error", err)
		}
		if wait > 0 {
			pause := time.NewTimer(wait)
			select {
			case <-ctx.Done():
			case <-pause.C:
			}
			pause.Stop()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		case <-nudge:
		}
	}
}
