package watch

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// waiting is a file that is ready to be taken.
type waiting struct {
	home.Entry
	path, name string
	done       string // path of its .done marker, "" if it has none
	told       bool   // its sender said that it is complete
	settled    bool
	stamp      string // time in the name
	rank       int
}

// sighting is since when a file has looked as it does.
type sighting struct {
	look         string
	first, since time.Time
	rank         int
}

const (
	doneSuffix = ".done"
	// depth is how many folders below in/ are looked into: as deep as a path may be.
	depth = 16
	// patience is how long files that are merely unchanged wait for others, still changing, that are due before them.
	patience = time.Minute
)

// ready lists the files that are complete, in the order in which they are to be taken: by the time in the name, then in
// the order of definitions, then by name.
func (f *folder) ready(ctx context.Context, h home.Home, p *intake.Partner) ([]waiting, error) {
	entries, err := tree(ctx, h, home.In, depth)
	if err != nil {
		return nil, fmt.Errorf("listing in/ of partner %s: %w", p.Code, err)
	}
	renamed, err := f.renamed(ctx, p)
	if err != nil {
		return nil, err
	}
	there, markers := map[string]home.Entry{}, map[string]bool{}
	for _, e := range entries {
		there[e.Path] = e
		if file, is := strings.CutSuffix(e.Path, doneSuffix); is && !e.Partial {
			markers[file] = true
		}
	}
	var files []waiting
	for _, e := range entries {
		if e.Partial || home.Temporary(e.Name) {
			continue
		}
		if file, is := strings.CutSuffix(e.Path, doneSuffix); is {
			f.dropOrphan(ctx, h, e, file, there)
			continue
		}
		w := waiting{Entry: e, path: e.Path, name: e.Name, told: markers[e.Path] || renamed[e.Path], settled: f.settled(e), stamp: stampOf(e.Name)}
		if markers[e.Path] {
			w.done = e.Path + doneSuffix
		}
		w.rank = f.rank(ctx, h, p, e)
		files = append(files, w)
	}
	for path := range f.seen {
		if _, is := there[path]; !is {
			f.forget(path)
		}
	}
	slices.SortFunc(files, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name), cmp.Compare(a.path, b.path))
	})
	return f.due(files), nil
}

// due leaves out the files that are not complete or held back. Those that are merely unchanged also wait for files before
// them that will be unchanged soon: a sender who puts several files means them as one delivery.
func (f *folder) due(files []waiting) (ready []waiting) {
	now, blocked := time.Now(), false
	for _, w := range files {
		switch {
		case now.Before(f.held[w.path]):
		case w.told, w.settled && (!blocked || now.Sub(f.seen[w.path].since) > patience):
			ready = append(ready, w)
		case !w.settled && now.Sub(f.seen[w.path].first) < patience:
			blocked = true
		}
	}
	return ready
}

// dropOrphan removes a marker whose file has gone: it must not speak for the next file of that name.
func (f *folder) dropOrphan(ctx context.Context, h home.Home, marker home.Entry, file string, there map[string]home.Entry) {
	if _, is := there[file]; is || !f.settled(marker) {
		return
	}
	if err := h.Remove(ctx, marker.Path); err != nil {
		f.Log.WarnContext(ctx, "a marker without a file could not be removed", "file", marker.Path, "error", err)
	}
}

func tree(ctx context.Context, h home.Home, dir string, depth int) ([]home.Entry, error) {
	entries, err := h.List(ctx, dir)
	if err != nil {
		return nil, err
	}
	var files []home.Entry
	for _, e := range entries {
		if !e.Dir {
			files = append(files, e)
			continue
		}
		if depth > 1 && !strings.HasPrefix(e.Name, ".") {
			below, err := tree(ctx, h, e.Path, depth-1)
			if err != nil {
				return nil, err
			}
			files = append(files, below...)
		}
	}
	return files, nil
}

// settled reports whether a file has looked the same for long enough.
func (f *folder) settled(e home.Entry) bool {
	s, now := f.seen[e.Path], time.Now()
	if look := lookOf(e); s.look != look {
		s.look, s.since, s.rank = look, now, 0
		if s.first.IsZero() {
			s.first = now
		}
		f.seen[e.Path] = s
		return false
	}
	return now.Sub(s.since) >= f.Settle
}

// lookOf tells whether a file is the same as before.
func lookOf(e home.Entry) string {
	return fmt.Sprintf("%d %d %s %t", e.Size, e.Modified.UnixNano(), e.Identity, e.Partial)
}

// stampPattern finds the time in a name: 20261103T081500Z, 20261103081500, 2026-11-03 or just the day, not within a longer
// number.
var stampPattern = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?:[T_-]?([01]\d|2[0-3])[:-]?([0-5]\d)[:-]?([0-5]\d))?(?:\D|$)`)

// stampOf is the time in a name in a form that sorts; files without one come first, since nothing says that they are late.
func stampOf(name string) string {
	m := stampPattern.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	return strings.Join(m[1:], "")
}

// rank is the file's place in the order of definitions; what it is is looked up once for each content.
func (f *folder) rank(ctx context.Context, h home.Home, p *intake.Partner, e home.Entry) int {
	s := f.seen[e.Path]
	if s.rank != 0 {
		return s.rank
	}
	s.rank = 1 << 20
	if kind, err := intake.Recognize(f.Intake.Store.Schema(), p, content{ctx, h, e.Path}, e.Size); err == nil {
		s.rank = kind.Rank() + 1
	}
	f.seen[e.Path] = s
	return s.rank
}

// content reads a file of a home.
type content struct {
	ctx  context.Context
	home home.Home
	path string
}

func (c content) Name() string                 { return path.Base(c.path) }
func (c content) Open() (io.ReadCloser, error) { return c.home.Open(c.ctx, c.path) }
