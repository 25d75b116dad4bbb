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

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// waiting is a file that is ready to be taken.
type waiting struct {
	path, name string
	size       int64
	done       string // path of its .done marker, "" if it has none
	stamp      string // time in the name
	rank       int
}

// depth is how many folders below in/ are looked into.
const depth = 3

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
	there, markers := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		there[e.Path] = true
		if strings.HasSuffix(e.Name, ".done") {
			markers[strings.TrimSuffix(e.Path, ".done")] = true
		}
	}
	var files []waiting
	for _, e := range entries {
		if e.Partial || home.Temporary(e.Name) || strings.HasSuffix(e.Name, ".done") {
			continue
		}
		if !markers[e.Path] && !renamed[e.Path] && !f.settled(e) {
			continue
		}
		w := waiting{path: e.Path, name: e.Name, size: e.Size, stamp: stampOf(e.Name)}
		if markers[e.Path] {
			w.done = e.Path + ".done"
		}
		w.rank = f.rank(ctx, h, p, e)
		files = append(files, w)
	}
	f.forget(there)
	slices.SortFunc(files, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name), cmp.Compare(a.path, b.path))
	})
	return files, nil
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
	look := fmt.Sprintf("%d %d %s", e.Size, e.Modified.UnixNano(), e.Identity)
	s, ok := f.seen[e.Path]
	if !ok || s.look != look {
		f.seen[e.Path] = sighting{look, time.Now()}
		return false
	}
	return time.Since(s.since) >= f.Settle
}

func (f *folder) forget(there map[string]bool) {
	for p := range f.seen {
		if !there[p] {
			delete(f.seen, p)
		}
	}
}

// stamp8601 finds the time in a name: 20261103T081500Z, 20261103081500 or just the day.
var stamp8601 = regexp.MustCompile(`(\d{8})(?:[T_-]?(\d{6}))?`)

// stampOf is the time in a name in a form that sorts; files without one come first, since nothing says that they are late.
func stampOf(name string) string {
	m := stamp8601.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

func (f *folder) rank(ctx context.Context, h home.Home, p *intake.Partner, e home.Entry) int {
	kind, err := intake.Recognize(f.Intake.Store.Schema(), p, content{ctx, h, e.Path}, e.Size)
	if err != nil {
		return 1 << 20
	}
	return kind.Rank()
}

// content reads a file of a home.
type content struct {
	ctx  context.Context
	home home.Home
	path string
}

func (c content) Name() string                 { return path.Base(c.path) }
func (c content) Open() (io.ReadCloser, error) { return c.home.Open(c.ctx, c.path) }

// renamed are the files that their sender renamed from a temporary name: the sign that they are complete.
func (f *folder) renamed(ctx context.Context, p *intake.Partner) (map[string]bool, error) {
	paths := map[string]bool{}
	err := pgx.BeginFunc(ctx, f.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, p.Caller("")); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT path FROM file_ready WHERE partner_id = $1", p.ID)
		if err != nil {
			return err
		}
		var path string
		_, err = pgx.ForEachRow(rows, []any{&path}, func() error {
			paths[path] = true
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading which files of partner %s are complete: %w", p.Code, err)
	}
	return paths, nil
}
