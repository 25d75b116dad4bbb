package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// folder is one partner's in/ as this node sees it while it holds the lease.
type folder struct {
	*Watcher
	seen     map[string]sighting
	failures map[string]int       // tries that failed, by path
	held     map[string]time.Time // files that are left out for a while, so that they do not hold up the others
	begun    bool                 // what an earlier node left was looked for
	swept    time.Time            // when interrupted imports were last looked for
	partner  *intake.Partner      // as it was last read
	read     time.Time
}

func newFolder(w *Watcher) *folder {
	return &folder{Watcher: w, seen: map[string]sighting{}, failures: map[string]int{}, held: map[string]time.Time{}}
}

// holdError says why a file is left out for a while though the others are taken.
type holdError struct{ err error }

func (e *holdError) Error() string { return e.err.Error() }
func (e *holdError) Unwrap() error { return e.err }

// relist is after how long a list of files is made anew, since one that came meanwhile may be due earlier.
const relist = time.Second

// stale is for how long an idle folder's partner is not read again.
const stale = 10 * time.Second

// idle reports whether there is nothing to do, at the price of a look into in/ and one short query: most folders of most
// partners are empty most of the time.
func (f *folder) idle(ctx context.Context) (bool, error) {
	if !f.begun || f.partner == nil || time.Since(f.read) > stale || time.Since(f.swept) >= leftAge/2 {
		return false, nil
	}
	h, err := f.Homes.Open(ctx, f.partner.Home)
	if err != nil {
		return false, nil // the pass says why
	}
	defer func() { _ = h.Close() }()
	if entries, err := h.List(ctx, home.In); err != nil || len(entries) > 0 {
		return false, nil
	}
	batch := &pgx.Batch{}
	access.Queue(batch, f.partner.Caller(""))
	asked := false
	batch.Queue("SELECT EXISTS (SELECT FROM file_again WHERE partner_id = $1)", f.partner.ID).QueryRow(func(row pgx.Row) error { return row.Scan(&asked) })
	if err := f.DB.SendBatch(ctx, batch).Close(); err != nil {
		return false, fmt.Errorf("looking for work for partner %s: %w", f.partner.Code, err)
	}
	return !asked, nil
}

// pass takes what is ready, file by file. A failure that may pass ends it, so that order is kept, and asks for a pause that
// grows.
func (f *folder) pass(ctx context.Context, partner string) (time.Duration, error) {
	if idle, err := f.idle(ctx); idle || err != nil {
		return 0, err
	}
	p, err := intake.LoadPartner(ctx, f.DB, f.Registry, partner)
	f.partner, f.read = p, time.Now()
	if err != nil || p == nil || p.Home == "" {
		f.partner = nil
		return 0, err
	}
	if p.Fault != nil {
		return time.Minute, p.Fault
	}
	h, err := f.Homes.Open(ctx, p.Home)
	if err != nil {
		return time.Second, fmt.Errorf("opening the home of partner %s: %w", p.Code, err)
	}
	defer func() { _ = h.Close() }()
	for {
		if err := f.goOn(ctx, h, p); err != nil {
			return f.failed("", err)
		}
		delete(f.failures, "")
		ready, err := f.ready(ctx, h, p)
		if err != nil || len(ready) == 0 {
			return 0, err
		}
		listed := time.Now()
		for _, file := range ready {
			if wait, err := f.tryToTake(ctx, h, p, file); err != nil {
				return wait, err
			}
			if time.Since(listed) > relist {
				break
			}
		}
	}
}

func (f *folder) tryToTake(ctx context.Context, h home.Home, p *intake.Partner, file waiting) (time.Duration, error) {
	err := f.take(ctx, h, p, file)
	var hold *holdError
	switch {
	case err == nil || errors.Is(err, fs.ErrNotExist): // taken, or taken away
		f.forget(file.path)
		return 0, nil
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case errors.As(err, &hold):
		f.failures[file.path]++
		f.held[file.path] = time.Now().Add(f.pause(file.path))
		if f.failures[file.path] == 1 {
			f.Log.WarnContext(ctx, "a partner's file is left for later", "partner", p.Code, "file", file.path, "error", err)
		}
		return 0, nil
	}
	return f.failed(file.path, fmt.Errorf("taking %s, try %d: %w", file.path, f.failures[file.path]+1, err))
}

// failed counts a failure and says how long to wait before the next try.
func (f *folder) failed(path string, err error) (time.Duration, error) {
	f.failures[path]++
	return f.pause(path), err
}

func (f *folder) pause(path string) time.Duration {
	return min(time.Minute, time.Second<<min(f.failures[path], 6))
}

func (f *folder) forget(path string) {
	delete(f.seen, path)
	delete(f.failures, path)
	delete(f.held, path)
}
