package postgres

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzUnpackTar looks for an archive that writes outside its folder.
func FuzzUnpackTar(f *testing.F) {
	for _, headers := range [][]tar.Header{
		{{Name: "bin/postgres", Typeflag: tar.TypeReg, Mode: 0o755, Size: 1}},
		{{Name: "../evil", Typeflag: tar.TypeReg, Size: 1}},
		{{Name: "bin", Typeflag: tar.TypeSymlink, Linkname: ".."}, {Name: "bin/evil", Typeflag: tar.TypeReg, Size: 1}},
		{{Name: "lib", Typeflag: tar.TypeDir}, {Name: "lib/x", Typeflag: tar.TypeLink, Linkname: "../../evil"}},
	} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, h := range headers {
			if err := w.WriteHeader(&h); err != nil {
				f.Fatal(err)
			}
			if _, err := w.Write(make([]byte, h.Size)); err != nil {
				f.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, archive []byte) {
		outer := t.TempDir()
		dir := filepath.Join(outer, "unpack")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		_ = unpackTar(bytes.NewReader(archive), dir)
		entries, err := os.ReadDir(outer)
		if err != nil || len(entries) != 1 {
			t.Errorf("%v, %v beside the folder", entries, err)
		}
	})
}

func TestUnpackTarHasLimits(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "large", Typeflag: tar.TypeReg, Size: unpackBytes + 1}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := unpackTar(&b, dir); err == nil {
		t.Error("it was unpacked")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("%v was written", entries)
	}
}
