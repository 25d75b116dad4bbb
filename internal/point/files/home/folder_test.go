package home_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

var morning = time.Date(2026, 11, 24, 6, 30, 0, 0, time.UTC)

// newHome opens a home in a fresh folder, whose clock stands at morning.
func newHome(t *testing.T) (home.Home, string) {
	t.Helper()
	dir := t.TempDir()
	h, err := home.Folders{Dir: dir, Now: func() time.Time { return morning }}.Open(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h, filepath.Join(dir, "acme")
}

// put writes a whole file as a partner would.
func put(t *testing.T, h home.Home, path, content string) {
	t.Helper()
	u, err := h.Write(t.Context(), path, home.Mode{Create: true, Truncate: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.WriteAt([]byte(content), 0); err != nil {
		t.Fatal(err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
}

// content reads a whole file.
func content(t *testing.T, h home.Home, path string) string {
	t.Helper()
	f, err := h.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// names lists a folder.
func names(t *testing.T, h home.Home, dir string) string {
	t.Helper()
	entries, err := h.List(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name)
	}
	return strings.Join(all, " ")
}

func write(content string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, content); return err }
}

func TestHomeHasItsFoldersAndGoodNamesOnly(t *testing.T) {
	h, _ := newHome(t)
	if got := names(t, h, ""); got != "archive error in out result" {
		t.Errorf("folders are %q", got)
	}
	for _, name := range []string{"", ".", "..", "a/b", "../x", "a b", "-rf", strings.Repeat("x", 65), "é"} {
		if _, err := (home.Folders{Dir: t.TempDir()}).Open(t.Context(), name); !errors.Is(err, home.ErrName) {
			t.Errorf("home %q: %v, want ErrName", name, err)
		}
	}
}

func TestAnUploadIsPartialUntilItIsClosedWell(t *testing.T) {
	h, _ := newHome(t)
	ctx := t.Context()
	u, err := h.Write(ctx, "in/a.csv", home.Mode{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	u.WriteAt([]byte("half"), 0)
	if e, _ := h.Stat(ctx, "in/a.csv"); !e.Partial || e.Size != 4 {
		t.Errorf("while it is written: %+v", e)
	}
	if err := u.Cut(); err != nil {
		t.Fatal(err)
	}
	if e, _ := h.Stat(ctx, "in/a.csv"); !e.Partial {
		t.Errorf("after it was cut: %+v", e)
	}
	u, err = h.Write(ctx, "in/a.csv", home.Mode{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	u.WriteAt([]byte(" full"), 4)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if e, _ := h.Stat(ctx, "in/a.csv"); e.Partial || e.Size != 9 || e.Identity == "" {
		t.Errorf("after it was resumed: %+v", e)
	}
	if got := content(t, h, "in/a.csv"); got != "half full" {
		t.Errorf("content %q", got)
	}
}

func TestWriteModes(t *testing.T) {
	h, _ := newHome(t)
	put(t, h, "in/a", "long content")
	for name, c := range map[string]struct {
		path string
		mode home.Mode
		want error
	}{
		"absent":            {"in/b", home.Mode{}, fs.ErrNotExist},
		"exclusive, taken":  {"in/a", home.Mode{Create: true, Exclusive: true}, home.ErrExists},
		"in no folder":      {"in/none/a", home.Mode{Create: true}, fs.ErrNotExist},
		"below a file":      {"in/a/b", home.Mode{Create: true}, fs.ErrNotExist},
		"leaving the home":  {"in/../../a", home.Mode{Create: true}, home.ErrName},
		"absolute":          {"/in/a", home.Mode{Create: true}, home.ErrName},
		"truncated":         {"in/a", home.Mode{Truncate: true}, nil},
		"created exclusive": {"in/c", home.Mode{Create: true, Exclusive: true}, nil},
	} {
		u, err := h.Write(t.Context(), c.path, c.mode)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err == nil {
			u.Close()
		}
	}
	if got := content(t, h, "in/a"); got != "" {
		t.Errorf("truncated file holds %q", got)
	}
}

func TestRenameNeverReplaces(t *testing.T) {
	h, disk := newHome(t)
	ctx := t.Context()
	put(t, h, "in/a", "A")
	put(t, h, "in/b", "B")
	for _, dir := range []string{"in/d", "in/e"} {
		if err := h.Mkdir(ctx, dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range [][2]string{{"in/a", "in/b"}, {"in/a", "in/a"}, {"in/a", "in/d"}, {"in/d", "in/e"}, {"in/d", "in/a"}} {
		if err := h.Rename(ctx, c[0], c[1]); !errors.Is(err, home.ErrExists) {
			t.Errorf("rename %s to %s: %v, want ErrExists", c[0], c[1], err)
		}
	}
	if content(t, h, "in/a") != "A" || content(t, h, "in/b") != "B" {
		t.Error("a refused rename changed a file")
	}
	if err := h.Rename(ctx, "in/d", "in/f"); err != nil {
		t.Error(err)
	}
	// A crash between link and remove leaves both names; the next try finishes the work.
	if err := os.Link(filepath.Join(disk, "in/a"), filepath.Join(disk, "in/f/a")); err != nil {
		t.Fatal(err)
	}
	if err := h.Rename(ctx, "in/a", "in/f/a"); err != nil {
		t.Error(err)
	}
	if got := names(t, h, "in") + "; " + names(t, h, "in/f"); got != "b e f; a" {
		t.Errorf("left: %s", got)
	}
}

func TestMoveAppendsTheTimeWhenTheNameIsTaken(t *testing.T) {
	h, _ := newHome(t)
	want := []string{"archive/p.csv", "archive/p.csv.20261124T063000Z", "archive/p.csv.20261124T063000Z-2"}
	for i, w := range want {
		put(t, h, "in/p.csv", strings.Repeat("x", i))
		got, err := h.Move(t.Context(), "in/p.csv", "archive/p.csv")
		if err != nil || got != w {
			t.Errorf("move %d: %q, %v; want %q", i, got, err, w)
		}
		if content(t, h, w) != strings.Repeat("x", i) {
			t.Errorf("%s has other content", w)
		}
	}
	if got := names(t, h, "in"); got != "" {
		t.Errorf("left in in/: %s", got)
	}
	if _, err := h.Move(t.Context(), "in/none", "archive/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("moving nothing: %v", err)
	}
}

func TestPlaceShowsWholeFilesOnly(t *testing.T) {
	h, _ := newHome(t)
	ctx := t.Context()
	during := ""
	got, err := h.Place(ctx, "out", "o.xml", home.Refuse, func(w io.Writer) error {
		during = names(t, h, "out")
		return write("<o/>")(w)
	})
	if err != nil || got != "out/o.xml" || content(t, h, got) != "<o/>" {
		t.Fatalf("place: %q, %v", got, err)
	}
	if !strings.HasPrefix(during, ".o.xml.") || !strings.HasSuffix(during, ".tmp") {
		t.Errorf("while it was written out/ held %q", during)
	}
	if _, err := h.Place(ctx, "out", "o.xml", home.Refuse, write("new")); !errors.Is(err, home.ErrExists) {
		t.Errorf("taken name: %v", err)
	}
	got, err = h.Place(ctx, "out", "o.xml", home.AddTime, write("new"))
	if err != nil || got != "out/o.20261124T063000Z.xml" {
		t.Errorf("taken name with time: %q, %v", got, err)
	}
	if content(t, h, "out/o.xml") != "<o/>" {
		t.Error("the first file was replaced")
	}
	if got := names(t, h, "out"); got != "o.20261124T063000Z.xml o.xml" {
		t.Errorf("out/ holds %q", got)
	}
}

func TestABrokenPlaceLeavesNothing(t *testing.T) {
	h, _ := newHome(t)
	ctx, stop := context.WithCancel(t.Context())
	broken := errors.New("broken")
	for want, f := range map[error]func(io.Writer) error{
		broken:           func(w io.Writer) error { return errors.Join(write("half")(w), broken) },
		context.Canceled: func(w io.Writer) error { stop(); return write("half")(w) },
	} {
		if _, err := h.Place(ctx, "out", "o.xml", home.AddTime, f); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if got := names(t, h, "out"); got != "" {
		t.Errorf("out/ holds %q", got)
	}
	for _, name := range []string{"../x", "a/../../x", "", "a\\b", "a\x00"} {
		if _, err := h.Place(t.Context(), "out", name, home.Refuse, write("")); !errors.Is(err, home.ErrName) {
			t.Errorf("place %q: %v", name, err)
		}
	}
}

func TestPlaceRacesForOneName(t *testing.T) {
	h, _ := newHome(t)
	const racers = 20
	results := make(chan error, racers)
	for range racers {
		go func() {
			_, err := h.Place(context.Background(), "out", "o.xml", home.Refuse, write("<o/>"))
			results <- err
		}()
	}
	won := 0
	for range racers {
		if err := <-results; err == nil {
			won++
		} else if !errors.Is(err, home.ErrExists) {
			t.Error(err)
		}
	}
	if won != 1 || names(t, h, "out") != "o.xml" {
		t.Errorf("%d placed it; out/ holds %q", won, names(t, h, "out"))
	}
}

func TestSweepRemovesWhatACrashLeft(t *testing.T) {
	h, disk := newHome(t)
	old := filepath.Join(disk, "out", ".o.xml.ABCDEFGH.tmp")
	if err := os.WriteFile(old, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(old, morning, morning.Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(disk, "out", ".p.xml.ABCDEFGH.tmp")
	if err := os.WriteFile(fresh, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(fresh, morning, morning.Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	n, err := h.Sweep(t.Context(), "out", time.Hour)
	if n != 1 || err != nil || names(t, h, "out") != ".p.xml.ABCDEFGH.tmp" {
		t.Errorf("swept %d, %v; left %q", n, err, names(t, h, "out"))
	}
}

func TestNoLinkIsFollowed(t *testing.T) {
	h, disk := newHome(t)
	ctx := t.Context()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, h, "in/real", "real")
	for name, target := range map[string]string{"outward": secret, "inward": "real", "up": "../..", "dir": "../out"} {
		if err := os.Symlink(target, filepath.Join(disk, "in", name)); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, h, "in"); got != "real" {
		t.Errorf("in/ shows %q", got)
	}
	for _, p := range []string{"in/outward", "in/inward", "in/up", "in/dir", "in/up/x", "in/dir/x"} {
		_, stat := h.Stat(ctx, p)
		_, open := h.Open(ctx, p)
		_, write := h.Write(ctx, p, home.Mode{Create: true, Truncate: true})
		for op, err := range map[string]error{
			"stat": stat, "open": open, "write": write, "truncate": h.Truncate(ctx, p, 0), "remove": h.Remove(ctx, p),
			"rename": h.Rename(ctx, p, "in/new"), "list": func() error { _, err := h.List(ctx, p); return err }(),
		} {
			if !errors.Is(err, home.ErrLink) {
				t.Errorf("%s %s: %v, want ErrLink", op, p, err)
			}
		}
	}
	if err := h.Rename(ctx, "in/real", "in/inward"); !errors.Is(err, home.ErrExists) {
		t.Errorf("rename over a link: %v", err)
	}
	if _, err := h.Place(ctx, "in/dir", "x", home.Refuse, write("")); !errors.Is(err, home.ErrLink) {
		t.Errorf("place below a link: %v", err)
	}
	if b, _ := os.ReadFile(secret); string(b) != "secret" || content(t, h, "in/real") != "real" {
		t.Error("a file was changed through a link")
	}
}
