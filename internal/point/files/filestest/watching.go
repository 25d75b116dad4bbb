package filestest

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/point/files/watch"
)

// Watcher is one that looks often and waits only as long as given for files that nobody calls complete.
func (h *House) Watcher(node string, settle time.Duration) *watch.Watcher {
	return &watch.Watcher{DB: h.Pool, Homes: h.Homes, Blobs: h.Blobs, Ledger: h.Ledger, Intake: h.Intake, Registry: h.Registry, Node: node,
		Log: slog.New(testLog{h.T}), Settle: settle, Poll: 20 * time.Millisecond}
}

// Watch runs a watcher until the test ends or stop is called.
func (h *House) Watch(w *watch.Watcher) (stop func()) {
	h.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			h.T.Errorf("the watcher ended with %v", err)
		}
	}
	h.T.Cleanup(stop)
	return stop
}

// testLog writes a log into the test's.
type testLog struct{ t testing.TB }

func (testLog) Enabled(context.Context, slog.Level) bool { return true }
func (l testLog) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l testLog) WithGroup(string) slog.Handler          { return l }

func (l testLog) Handle(_ context.Context, r slog.Record) error {
	if r.Level < slog.LevelInfo {
		return nil
	}
	text := r.Message
	r.Attrs(func(a slog.Attr) bool {
		text += " " + a.String()
		return true
	})
	l.t.Log(text)
	return nil
}

// Await polls until something is so, for at most half a minute.
func Await(t testing.TB, what string, so func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		<-tick.C
	}
}

// Files lists what lies in a folder of the partner's home and below, by path.
func (h *House) Files(dir string) (all []string) {
	h.T.Helper()
	err := filepath.WalkDir(h.Disk(dir), func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !d.IsDir() {
			rest, _ := filepath.Rel(h.Disk("."), p)
			all = append(all, filepath.ToSlash(rest))
		}
		return err
	})
	if err != nil {
		h.T.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// AwaitEmpty waits until nothing but temporary files is left in in/, and all exchanges know where their files lie.
func (h *House) AwaitEmpty() {
	h.T.Helper()
	Await(h.T, "in/ to be empty", func() bool {
		left := slices.ContainsFunc(h.Files("in"), func(p string) bool {
			name := path.Base(p)
			return !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".tmp")
		})
		return !left && h.Count("SELECT count(*) FROM exchange WHERE direction = 'in' AND point = 'files' AND path LIKE 'in/%'") == 0
	})
}

// Text is the content of a file of the partner's home, "" if there is none.
func (h *House) Text(p string) string {
	b, err := os.ReadFile(h.Disk(p)) // #nosec G304 -- in the test's own folder
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		h.T.Fatal(err)
	}
	return string(b)
}

// Count gives one number.
func (h *House) Count(sql string, args ...any) (n int) {
	h.T.Helper()
	h.Scan(&n, sql, args...)
	return n
}

// HoldRuns keeps runs from writing their rows until release is called: it locks what each chunk has to write at its end.
func (h *House) HoldRuns() (release func()) {
	h.T.Helper()
	ctx := context.Background()
	tx, err := h.Pool.Begin(ctx)
	if err != nil {
		h.T.Fatal(err)
	}
	if _, err := tx.Exec(ctx, "LOCK TABLE run_result IN SHARE MODE"); err != nil {
		h.T.Fatal(err)
	}
	release = func() { _ = tx.Rollback(context.Background()) }
	h.T.Cleanup(release)
	return release
}
