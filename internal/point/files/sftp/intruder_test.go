package sftp_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	wire "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
)

// code is the status code of the protocol that an operation ended with; 0 for success.
func code(err error) uint32 {
	var status *wire.StatusError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return status.Code
	case errors.Is(err, os.ErrNotExist):
		return 2
	case errors.Is(err, os.ErrPermission):
		return 3
	}
	return 99
}

func TestNoPathLeavesTheHome(t *testing.T) {
	p := open(t)
	outside := filepath.Join(p.disk, "outside")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.lay(t, "in/a", "a")
	other := filepath.Join(p.disk, "other")
	if err := os.MkdirAll(filepath.Join(other, "out"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "out", "order"), []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := p.client(t)
	for _, path := range []string{
		"../outside", "../../outside", "/../outside", "in/../../outside", "../other/out/order", "/../other/out/order", outside,
		"/etc/passwd", "../../../../../../etc/passwd", "in/..\\..\\outside", "..\\outside", "in/\x00", "in/a\x00.csv",
		"in/\xff\xfe", "in/a\nb", "in/" + strings.Repeat("x", 300), "in/" + strings.Repeat("d/", 40) + "x",
	} {
		if _, err := c.Open(path); err == nil {
			t.Errorf("read %q", path)
		}
		if f, err := c.OpenFile(path, os.O_WRONLY|os.O_CREATE); code(err) != 3 {
			t.Errorf("write %q: %v", path, err)
			if err == nil {
				f.Close()
			}
		}
		for op, err := range map[string]error{
			"stat": second(c.Stat(path)), "remove": c.Remove(path), "rename": c.Rename("in/a", path), "mkdir": c.Mkdir(path),
			"posix rename": c.PosixRename("in/a", path), "list": second(c.ReadDir(path)), "truncate": c.Truncate(path, 0),
		} {
			if err == nil {
				t.Errorf("%s %q was done", op, path)
			}
		}
	}
	for _, path := range []string{"..", "../..", "/../../..", "in/../..", "."} {
		entries, err := c.ReadDir(path)
		if err != nil || len(entries) != len(home.Layout()) {
			t.Errorf("list %q: %d entries, %v", path, len(entries), err)
		}
	}
	if b, _ := os.ReadFile(outside); string(b) != "secret" {
		t.Error("the file outside was changed")
	}
	p.holds(t, "in/a", "a")
	if !slices.Contains(p.auditKinds(), sftp.PathRefused) {
		t.Error("nothing was audited")
	}
}

func second[T any](_ T, err error) error { return err }

func TestNoLinkIsMadeOrFollowed(t *testing.T) {
	p := open(t)
	outside := filepath.Join(p.disk, "outside")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.lay(t, "in/a", "a")
	for name, target := range map[string]string{"out": outside, "in": "a", "dir": p.disk} {
		if err := os.Symlink(target, p.path("in", "link-"+name)); err != nil {
			t.Fatal(err)
		}
	}
	c := p.client(t)
	for op, err := range map[string]error{
		"symlink":    c.Symlink("/etc/passwd", "in/l"),
		"hard link":  c.Link("in/a", "in/l"),
		"readlink":   second(c.ReadLink("in/link-out")),
		"statvfs":    second(c.StatVFS("/")),
		"dir link":   second(c.ReadDir("in/link-dir")),
		"rename out": c.Rename("in/a", "in/link-dir/a"),
		"rename on":  c.Rename("in/a", "in/link-out"),
		"posix on":   c.PosixRename("in/a", "in/link-out"),
		"rename it":  c.Rename("in/link-out", "in/l"),
		"remove it":  c.Remove("in/link-out"),
	} {
		if err == nil {
			t.Errorf("%s was done", op)
		}
	}
	for _, link := range []string{"in/link-out", "in/link-in", "in/link-dir/outside"} {
		for op, err := range map[string]error{
			"read":     second(c.Open(link)),
			"write":    second(c.OpenFile(link, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)),
			"both":     second(c.OpenFile(link, os.O_RDWR)),
			"stat":     second(c.Stat(link)),
			"lstat":    second(c.Lstat(link)),
			"truncate": c.Truncate(link, 0),
		} {
			if code(err) != 3 {
				t.Errorf("%s %s: %v, want permission denied", op, link, err)
			}
		}
	}
	entries, err := c.ReadDir("in")
	if err != nil || len(entries) != 1 {
		t.Errorf("in/ shows %v, %v", entries, err)
	}
	if b, _ := os.ReadFile(outside); string(b) != "secret" {
		t.Error("the file outside was changed")
	}
	p.gone(t, "in/l")
}

func TestRenameNeverReplaces(t *testing.T) {
	p := open(t)
	p.lay(t, "in/a", "a")
	p.lay(t, "in/b", "b")
	p.lay(t, "out/o", "new")
	p.lay(t, "archive/o", "old")
	c := p.client(t)
	for _, rename := range []func(from, to string) error{c.Rename, c.PosixRename} {
		for _, pair := range [][2]string{{"in/a", "in/b"}, {"in/a", "in/a"}, {"out/o", "archive/o"}} {
			if err := rename(pair[0], pair[1]); code(err) != 4 || !strings.Contains(err.Error(), "taken") {
				t.Errorf("rename %v: %v", pair, err)
			}
		}
	}
	for path, content := range map[string]string{"in/a": "a", "in/b": "b", "out/o": "new", "archive/o": "old"} {
		p.holds(t, path, content)
	}
	p.expect(t)
}

func TestAppendFlagIsIgnored(t *testing.T) {
	p := open(t)
	p.lay(t, "in/a", "half of it")
	f, err := p.client(t).OpenFile("in/a", os.O_WRONLY|os.O_APPEND)
	if err != nil {
		t.Fatal(err)
	}
	for offset, part := range map[int64]string{0: "HALF", 10: " and the rest"} {
		if _, err := f.WriteAt([]byte(part), offset); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p.holds(t, "in/a", "HALF of it and the rest")
}

func TestAttributesAreIgnoredButSizes(t *testing.T) {
	p := open(t)
	p.lay(t, "in/a", "content")
	p.lay(t, "out/o", "content")
	before, _ := os.Stat(p.path("in/a"))
	c := p.client(t)
	old := time.Unix(0, 0)
	for op, err := range map[string]error{
		"chmod": c.Chmod("in/a", 0o777), "chown": c.Chown("in/a", 0, 0), "chtimes": c.Chtimes("in/a", old, old), "of in": c.Chmod("in", 0o777),
	} {
		if err != nil {
			t.Errorf("%s: %v", op, err)
		}
	}
	after, _ := os.Stat(p.path("in/a"))
	if before.Mode() != after.Mode() || !before.ModTime().Equal(after.ModTime()) {
		t.Error("attributes were changed")
	}
	if err := c.Chmod("in/none", 0o777); code(err) != 2 {
		t.Errorf("chmod of nothing: %v", err)
	}
	if err := c.Truncate("in/a", 4); err != nil {
		t.Error(err)
	}
	for _, err := range []error{c.Truncate("out/o", 0), c.Truncate("in/a", 1<<60), c.Chmod("out/o", 0)} {
		if err == nil {
			t.Error("a change of size was done that must not be")
		}
	}
	p.holds(t, "in/a", "cont")
	p.holds(t, "out/o", "content")
}

func TestSizesAndOpenFilesHaveLimits(t *testing.T) {
	p := open(t, func(c *sftp.Config) { c.MaxFileSize, c.MaxOpenFiles = 1000, 3 })
	c := p.client(t)
	f, err := c.Create("in/a")
	if err != nil {
		t.Fatal(err)
	}
	for _, offset := range []int64{1000, 1 << 62, -1} {
		if _, err := f.WriteAt([]byte("x"), offset); err == nil {
			t.Errorf("wrote at %d", offset)
		}
	}
	for _, name := range []string{"in/b", "in/c"} {
		if _, err := c.Create(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Create("in/d"); err == nil || !strings.Contains(err.Error(), "close some") {
		t.Errorf("a fourth open file: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	p.expect(t, "cut in/a") // it is not what the client has
	if _, err := c.Create("in/d"); err != nil {
		t.Errorf("after one was closed: %v", err)
	}
}

// Case 3 of the reliability anchors: an upload that was cut is told from a whole one, and can be resumed.
func TestAnUploadCutHalfWay(t *testing.T) {
	p := open(t)
	conn, err := p.dial(t, "acme", password)
	if err != nil {
		t.Fatal(err)
	}
	client, err := wire.NewClient(conn)
	if err != nil {
		t.Fatal(err)
	}
	f, err := client.Create("in/big")
	if err != nil {
		t.Fatal(err)
	}
	whole := noise(200_000)
	if _, err := f.WriteAt([]byte(whole[:80_000]), 0); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	p.expect(t, "cut in/big")
	if e := p.stat(t, "in/big"); !e.Partial || e.Size != 80_000 {
		t.Errorf("after the cut: %+v", e)
	}
	c := newOpenSSH(t, p, true)
	c.file(t, "big", whole)
	if out, err := c.sftp(t, "reput big /in/big"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p.holds(t, "in/big", whole)
	if e := p.stat(t, "in/big"); e.Partial {
		t.Errorf("after it was resumed: %+v", e)
	}
	p.expect(t, "cut in/big", "closed in/big")
}

// stat looks at a file of acme's home as Hanse does.
func (p *port) stat(t *testing.T, path string) home.Entry {
	t.Helper()
	h, err := home.Folders{Dir: p.disk}.Open(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	e, err := h.Stat(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestBrokenPacketsEndOnlyTheirChannel(t *testing.T) {
	p := open(t)
	conn, err := p.dial(t, "acme", password)
	if err != nil {
		t.Fatal(err)
	}
	for _, packet := range []string{
		"\x00\x00\x00\x00", "\xff\xff\xff\xff\x01", "\x00\x00\x00\x01\xee", "\x00\x00\x00\x05\x03\x00\x00\x00\x01",
		"\x00\x00\x00\x0d\x03\x00\x00\x00\x01\xff\xff\xff\xffabcd",
	} {
		channel, requests, err := conn.OpenChannel("session", nil)
		if err != nil {
			t.Fatal(err)
		}
		go ssh.DiscardRequests(requests)
		if ok, err := channel.SendRequest("subsystem", true, ssh.Marshal(struct{ Name string }{"sftp"})); !ok || err != nil {
			t.Fatalf("subsystem: %v, %v", ok, err)
		}
		if _, err := io.WriteString(channel, packet); err != nil {
			t.Fatal(err)
		}
		if err := channel.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, channel); err != nil {
			t.Errorf("%q: %v", packet, err)
		}
		channel.Close()
	}
	client, err := wire.NewClient(conn)
	if err != nil {
		t.Fatalf("after broken packets: %v", err)
	}
	defer client.Close()
	if _, err := client.ReadDir("/"); err != nil {
		t.Error(err)
	}
}
