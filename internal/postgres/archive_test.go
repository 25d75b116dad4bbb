package postgres_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

type tarEntry struct {
	header  tar.Header
	content string
}

func file(name, content string) tarEntry {
	return tarEntry{tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o755}, content}
}

func link(name, target string) tarEntry {
	return tarEntry{tar.Header{Name: name, Typeflag: tar.TypeSymlink, Linkname: target}, ""}
}

// programFiles are shell scripts that answer like PostgreSQL's programs.
func programFiles() []tarEntry {
	return []tarEntry{
		{tar.Header{Name: "bin/", Typeflag: tar.TypeDir, Mode: 0o755}, ""},
		file("bin/initdb", "#!/bin/sh\nexit 0\n"),
		file("./bin/postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 17.6'\n"),
		link("bin/postmaster", "postgres"),
		{tar.Header{Name: "lib/libpq.so.5.17", Typeflag: tar.TypeReg, Mode: 0o644}, "library"},
		link("lib/libpq.so", "../lib/libpq.so.5.17"),
	}
}

// jar packs the entries as the archives are packed: tar, in xz, in zip.
func jar(t testing.TB, entries []tarEntry) []byte {
	t.Helper()
	var packed, compressed, zipped bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, e := range entries {
		e.header.Size = int64(len(e.content))
		must(t, w.WriteHeader(&e.header))
		_, err := w.Write([]byte(e.content))
		must(t, err)
	}
	must(t, w.Close())
	x, err := xz.NewWriter(&compressed)
	must(t, err)
	_, err = x.Write(packed.Bytes())
	must(t, err)
	must(t, x.Close())
	z := zip.NewWriter(&zipped)
	_, err = z.Create("META-INF/MANIFEST.MF")
	must(t, err)
	e, err := z.Create("postgres-linux-x86_64.txz")
	must(t, err)
	_, err = e.Write(compressed.Bytes())
	must(t, err)
	must(t, z.Close())
	return zipped.Bytes()
}

// repository serves one jar at any path, and its sum beside it; it counts the requests for the jar.
func repository(t testing.TB, content []byte, sum string) (url string, served *atomic.Int64) {
	t.Helper()
	served = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasPrefix(r.URL.Path, "/maven/io/zonky/test/postgres/embedded-postgres-binaries-"):
			http.NotFound(w, r)
		case strings.HasSuffix(r.URL.Path, ".sha256") && sum != "":
			_, _ = w.Write([]byte(sum + "  postgres.jar\n"))
		case strings.HasSuffix(r.URL.Path, ".jar"):
			served.Add(1)
			_, _ = w.Write(content)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/maven/", served
}

func sum(content []byte) string {
	hash := sha256.Sum256(content)
	return hex.EncodeToString(hash[:])
}

func TestFetchPrograms(t *testing.T) {
	content := jar(t, programFiles())
	for name, pinned := range map[string]string{"pinned sum": sum(content), "the repository's sum": ""} {
		t.Run(name, func(t *testing.T) {
			url, served := repository(t, content, sum(content))
			o := postgres.ArchiveOptions{BaseURL: url, Version: "17.6.0", SHA256: pinned, Dir: t.TempDir()}
			var progress []string
			for range 2 {
				p, err := postgres.FetchPrograms(context.Background(), o, func(s string) { progress = append(progress, s) })
				must(t, err)
				if p.Major != 17 || p.Version != "17.6" {
					t.Errorf("got version %d, %s", p.Major, p.Version)
				}
				if _, err := os.Stat(filepath.Join(p.Dir, "postmaster")); err != nil {
					t.Error(err)
				}
			}
			if served.Load() != 1 {
				t.Errorf("the archive was fetched %d times", served.Load())
			}
			if len(progress) == 0 || !strings.Contains(progress[0], "17.6.0") {
				t.Errorf("progress: %q", progress)
			}
			onlyEntry(t, o.Dir, "postgresql-17.6.0")
		})
	}
}

func TestFetchRefusesWrongSum(t *testing.T) {
	content := jar(t, programFiles())
	url, _ := repository(t, content, "")
	o := postgres.ArchiveOptions{BaseURL: url, Version: "17.6.0", SHA256: sum([]byte("another")), Dir: t.TempDir()}
	_, err := postgres.FetchPrograms(context.Background(), o, func(string) {})
	if !errors.Is(err, postgres.ErrChecksum) {
		t.Errorf("got %v", err)
	}
	onlyEntry(t, o.Dir, "")
	o.SHA256 = ""
	if _, err = postgres.FetchPrograms(context.Background(), o, func(string) {}); err == nil {
		t.Error("an archive without any known sum was taken")
	}
}

func TestFetchRefusesUnsafeArchives(t *testing.T) {
	outside := t.TempDir()
	for name, entries := range map[string][]tarEntry{
		"path upwards":       {file("../evil", "x")},
		"path hidden":        {file("bin/../../evil", "x")},
		"absolute path":      {file(filepath.Join(outside, "evil"), "x")},
		"link upwards":       {link("bin", "../.."), file("bin/evil", "x")},
		"absolute link":      {link("bin", outside), file("bin/evil", "x")},
		"link through links": {link("a", "b"), link("b", ".."), file("a/evil", "x")},
		"hard link":          {{tar.Header{Name: "passwd", Typeflag: tar.TypeLink, Linkname: "../../../../etc/passwd"}, ""}},
		"device":             {{tar.Header{Name: "null", Typeflag: tar.TypeChar}, ""}},
		"same name twice":    {file("bin/postgres", "x"), file("bin/postgres", "y")},
	} {
		t.Run(name, func(t *testing.T) {
			content := jar(t, entries)
			url, _ := repository(t, content, "")
			o := postgres.ArchiveOptions{BaseURL: url, Version: "1", SHA256: sum(content), Dir: filepath.Join(t.TempDir(), "programs")}
			if _, err := postgres.FetchPrograms(context.Background(), o, func(string) {}); err == nil {
				t.Error("it was unpacked")
			}
			onlyEntry(t, o.Dir, "")
			onlyEntry(t, filepath.Dir(o.Dir), "programs")
			onlyEntry(t, outside, "")
		})
	}
}

func TestFetchRefusesWhatIsNoJar(t *testing.T) {
	content := []byte("<html>a proxy's login page</html>")
	url, _ := repository(t, content, sum(content))
	o := postgres.ArchiveOptions{BaseURL: url, Version: "17.6.0", Dir: t.TempDir()}
	if _, err := postgres.FetchPrograms(context.Background(), o, func(string) {}); err == nil || !strings.Contains(err.Error(), "jar") {
		t.Errorf("got %v", err)
	}
	onlyEntry(t, o.Dir, "")
}

// onlyEntry expects the folder to hold just the named entry, or nothing.
func onlyEntry(t testing.TB, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != name {
		t.Errorf("%s holds %q, want %q", dir, got, name)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
