// Package watch takes partners' files from in/ when they are complete, has them processed one after another, and puts
// them where they belong.
package watch

import (
	"context"
	"errors"
	"fmt"
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
	// Confirm sends the partner's system a confirmation of its documents; may be nil.
	Confirm func(ctx context.Context, p *intake.Partner, exchangeID string, kind *intake.Kind, run string) error

	mu     sync.Mutex
	nudges map[string]chan struct{}
	reload chan struct{} // a partner that is not known yet did something
}

// Run watches until ctx ends. New partners are found within ten seconds.
func (w *Watcher) Run(ctx context.Context) error {
	if w.Settle == 0 {
		w.Settle = 10 * time.Second
	}
	if w.Poll == 0 {
		w.Poll = time.Second
	}
	reload := w.reloads()
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
			if known[p.ID] {
				continue
			}
			known[p.ID] = true
			nudge := w.register(p.Code)
			running.Go(func() { w.keep(ctx, p.Code, nudge) })
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

// Nudge has a partner's folder looked at at once; a partner that is not known yet is looked for.
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
func (w *Watcher) keep(ctx context.Context, partner string, nudge chan struct{}) {
	lease := postgres.NewLease(w.DB, "files/"+partner, w.Node)
	for ctx.Err() == nil {
		err := lease.Keep(ctx, func(ctx context.Context, _ int64) error { return w.watch(ctx, partner, nudge) })
		if err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "watching a partner's folder was interrupted", "partner", partner, "error", err)
		}
	}
}

func (w *Watcher) watch(ctx context.Context, partner string, nudge chan struct{}) error {
	f := &folder{Watcher: w, seen: map[string]sighting{}, failures: map[string]int{}}
	tick := time.NewTicker(w.Poll)
	defer tick.Stop()
	for {
		wait, err := f.pass(ctx, partner)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
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

// folder is one partner's in/ as this node sees it.
type folder struct {
	*Watcher
	seen     map[string]sighting
	failures map[string]int
}

// sighting is since when a file has looked as it does.
type sighting struct {
	look  string
	since time.Time
}

// pass takes what is ready, file by file. A failure that may pass ends the pass, so that order is kept, and asks for a
// pause that grows.
func (f *folder) pass(ctx context.Context, code string) (time.Duration, error) {
	partners, err := intake.LoadPartners(ctx, f.DB, f.Registry, code)
	if err != nil || len(partners) == 0 {
		return 0, err
	}
	p := partners[0]
	h, err := f.Homes.Open(ctx, p.Home)
	if err != nil {
		return time.Second, fmt.Errorf("opening the home of partner %s: %w", p.Code, err)
	}
	defer func() { _ = h.Close() }()
	for {
		ready, err := f.ready(ctx, h, p)
		if err != nil || len(ready) == 0 {
			return 0, err
		}
		for _, file := range ready {
			if err := f.take(ctx, h, p, file); err != nil {
				if errors.Is(err, context.Canceled) {
					return 0, err
				}
				f.failures[file.path]++
				pause := min(time.Minute, time.Second<<min(f.failures[file.path], 6))
				return pause, fmt.Errorf("taking %s, try %d: %w", file.path, f.failures[file.path], err)
			}
			delete(f.failures, file.path)
		}
	}
}
