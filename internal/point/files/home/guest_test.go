package home_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

// The rights of a partner, folder by folder: every operation on a file and on a folder of each.
func TestRightsOfAGuest(t *testing.T) {
	rights := map[string]string{
		"in":      "stat list read write resize chmod mkdir rename delete rmdir",
		"out":     "stat list read delete collect",
		"result":  "stat list read delete collect",
		"archive": "stat list read",
		"error":   "stat list read",
	}
	for _, top := range home.Layout() {
		h, disk := newHome(t)
		for _, name := range []string{"a", "b", "c"} {
			if err := os.WriteFile(filepath.Join(disk, top, name), []byte(name), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Mkdir(filepath.Join(disk, top, "d"), 0o700); err != nil {
			t.Fatal(err)
		}
		g, ctx := home.Visit(h), t.Context()
		results := []struct {
			op  string
			err error
		}{
			{"stat", second(g.Stat(ctx, top+"/a"))},
			{"list", second(g.List(ctx, top))},
			{"read", second(g.Open(ctx, top+"/a"))},
			{"write", second(g.Write(ctx, top+"/new", home.Mode{Create: true}))},
			{"write", second(g.Write(ctx, top+"/a", home.Mode{}))},
			{"resize", g.Truncate(ctx, top+"/a", 0)},
			{"chmod", g.SetAttributes(ctx, top+"/a")},
			{"mkdir", g.Mkdir(ctx, top+"/e")},
			{"rename", g.Rename(ctx, top+"/a", top+"/a2")},
			{"rename", g.Rename(ctx, top+"/d", top+"/d2")},
			{"rmdir", g.RemoveDir(ctx, top+"/d2")},
			{"delete", g.Remove(ctx, top+"/b")},
			{"collect", g.Rename(ctx, top+"/c", "archive/c2")},
		}
		for _, r := range results {
			allowed := strings.Contains(" "+rights[top]+" ", " "+r.op+" ")
			if allowed && r.err != nil || !allowed && !errors.Is(r.err, home.ErrDenied) {
				t.Errorf("%s in %s/: %v; allowed: %v", r.op, top, r.err, allowed)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestTheHomeItselfCannotBeChanged(t *testing.T) {
	h, disk := newHome(t)
	put(t, h, "in/a", "A")
	if err := os.WriteFile(filepath.Join(disk, "private"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	g, ctx := home.Visit(h), t.Context()
	if entries, err := g.List(ctx, ""); err != nil || len(entries) != len(home.Layout()) {
		t.Errorf("the home shows %v, %v", entries, err)
	}
	if _, err := g.Stat(ctx, "private"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what the operator laid there is seen: %v", err)
	}
	for name, err := range map[string]error{
		"write":         second(g.Write(ctx, "new", home.Mode{Create: true})),
		"mkdir":         g.Mkdir(ctx, "new"),
		"delete":        g.Remove(ctx, "private"),
		"delete folder": g.RemoveDir(ctx, "out"),
		"rename folder": g.Rename(ctx, "in", "out/in"),
		"rename out":    g.Rename(ctx, "in/a", "a"),
		"into out":      g.Rename(ctx, "in/a", "out/a"),
		"into archive":  g.Rename(ctx, "in/a", "archive/a"),
		"the root":      g.RemoveDir(ctx, ""),
		"attributes":    g.SetAttributes(ctx, ""),
	} {
		if !errors.Is(err, home.ErrDenied) {
			t.Errorf("%s: %v, want ErrDenied", name, err)
		}
	}
}

func TestWhatHanseIsWritingIsNotSeen(t *testing.T) {
	h, disk := newHome(t)
	for _, p := range []string{"out/.o.xml.12345678.tmp", "in/.a"} {
		if err := os.WriteFile(filepath.Join(disk, p), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g, ctx := home.Visit(h), t.Context()
	if entries, err := g.List(ctx, "out"); err != nil || len(entries) != 0 {
		t.Errorf("out/ shows %v, %v", entries, err)
	}
	for name, err := range map[string]error{
		"stat":   second(g.Stat(ctx, "out/.o.xml.12345678.tmp")),
		"read":   second(g.Open(ctx, "out/.o.xml.12345678.tmp")),
		"delete": g.Remove(ctx, "out/.o.xml.12345678.tmp"),
		"rename": g.Rename(ctx, "out/.o.xml.12345678.tmp", "archive/o.xml"),
	} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want not to exist", name, err)
		}
	}
	if entries, err := g.List(ctx, "in"); err != nil || len(entries) != 1 {
		t.Errorf("in/ shows %v, %v", entries, err)
	}
}

func TestCheckPath(t *testing.T) {
	deep := strings.Repeat("d/", 15) + "f"
	for path, good := range map[string]bool{
		"": true, "in": true, "in/a b.csv": true, "in/Größe.csv": true, "in/...": true, "in/.tmp": true, deep: true, "in/" + strings.Repeat("x", 240): true,
		"/in": false, "in/": false, "in//a": false, ".": false, "in/.": false, "..": false, "in/..": false, "../../etc/passwd": false,
		"in/a\\b": false, "in/..\\..\\a": false, "in/a\x00": false, "in/a\nb": false, "in/\x7f": false, "in/\xff": false,
		"in/" + strings.Repeat("x", 241): false, deep + "/f": false, fmt.Sprintf("in/%01000d", 0): false,
	} {
		if err := home.CheckPath(path); (err == nil) != good || (err != nil && !errors.Is(err, home.ErrName)) {
			t.Errorf("%.60q: %v", path, err)
		}
	}
}

// A partner's names leave room for what Hanse appends to them; such names he may read and delete.
func TestNamesLeaveRoom(t *testing.T) {
	h, err := home.Folders{Dir: t.TempDir()}.Open(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	g, long := home.Visit(h), strings.Repeat("x", 200)
	if _, err := g.Write(t.Context(), "in/"+long+"y", home.Mode{Create: true}); !errors.Is(err, home.ErrName) {
		t.Errorf("a name of 201 bytes: %v", err)
	}
	u, err := g.Write(t.Context(), "in/"+long, home.Mode{Create: true})
	if err != nil || u.Close() != nil {
		t.Fatal(err)
	}
	for _, name := range []string{long, long + ".20261124T063000Z-999"} {
		if _, err := h.Place(t.Context(), home.Result, name+".csv", home.AddTime, func(io.Writer) error { return nil }); err != nil {
			t.Error(err)
		}
	}
	if err := g.Remove(t.Context(), "result/"+long+".20261124T063000Z-999.csv"); err != nil {
		t.Error(err)
	}
}

// No path that passes the check may reach a file outside of the home, whatever is done with it.
func FuzzPathsStayInside(f *testing.F) {
	for _, p := range []string{"in/a", "../../etc/passwd", "/etc/passwd", "in/../../x", "in/..\\x", "in/\x00", "in//..//..", "out"} {
		f.Add(p)
	}
	dir := f.TempDir()
	h, err := home.Folders{Dir: filepath.Join(dir, "homes")}.Open(f.Context(), "acme")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { h.Close() })
	f.Fuzz(func(t *testing.T, path string) {
		g := home.Visit(h)
		if u, err := g.Write(t.Context(), path, home.Mode{Create: true}); err == nil {
			u.Close()
			if !strings.HasPrefix(path, "in/") {
				t.Errorf("wrote %q", path)
			}
			g.Remove(t.Context(), path)
		}
		g.Mkdir(t.Context(), path)
		g.RemoveDir(t.Context(), path)
		if found, _ := os.ReadDir(dir); len(found) != 1 {
			t.Errorf("%q left %v beside the homes", path, found)
		}
	})
}
