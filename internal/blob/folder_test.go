package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/hanse-commerce/hanse/internal/blob"
)

func newFolder(t *testing.T) (*blob.Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "blobs")
	f, err := blob.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, dir
}

func TestContentComesBack(t *testing.T) {
	f, _ := newFolder(t)
	ctx := context.Background()
	for _, content := range [][]byte{{}, []byte("sku;name\n"), bytes.Repeat([]byte("0123456789"), 300_000)} {
		sum := sha256.Sum256(content)
		want := blob.Info{Hash: hex.EncodeToString(sum[:]), Size: int64(len(content))}
		var wg sync.WaitGroup
		for range 4 { // the same content from several sides at once
			wg.Go(func() {
				if info, err := f.Put(ctx, bytes.NewReader(content)); err != nil || info != want {
					t.Errorf("%+v, %v", info, err)
				}
			})
		}
		wg.Wait()
		r, err := f.Open(ctx, want.Hash)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, content) || r.Close() != nil {
			t.Errorf("%d bytes come back of %d, %v", len(got), len(content), err)
		}
		if info, err := f.Stat(ctx, want.Hash); err != nil || info != want {
			t.Errorf("%+v, %v", info, err)
		}
		for range 2 {
			if err := f.Delete(ctx, want.Hash); err != nil {
				t.Error(err)
			}
		}
		if _, err := f.Open(ctx, want.Hash); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("deleted content: %v", err)
		}
	}
}

func TestFailedPutLeavesNothing(t *testing.T) {
	f, dir := newFolder(t)
	ctx, cancel := context.WithCancel(context.Background())
	broken := io.MultiReader(strings.NewReader("begun"), iotest.ErrReader(errors.New("line cut")))
	if _, err := f.Put(ctx, broken); err == nil || !strings.Contains(err.Error(), "line cut") {
		t.Errorf("a cut upload: %v", err)
	}
	cancel()
	if _, err := f.Put(ctx, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancelling: %v", err)
	}
	files := 0
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, _ error) error {
		if !d.IsDir() {
			files++
		}
		return nil
	})
	if files != 0 {
		t.Errorf("%d files are left", files)
	}
}

func TestHashIsNoPath(t *testing.T) {
	f, dir := newFolder(t)
	if err := os.WriteFile(filepath.Join(dir, "..", "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{"", "../secret", strings.Repeat("../", 21) + "x", strings.Repeat("A", 64), strings.Repeat("a", 63) + "/"} {
		if r, err := f.Open(context.Background(), hash); err == nil || errors.Is(err, blob.ErrNotFound) {
			t.Errorf("%q opens %v, %v", hash, r, err)
		}
		if err := f.Delete(context.Background(), hash); err == nil {
			t.Errorf("%q is deleted", hash)
		}
	}
}
