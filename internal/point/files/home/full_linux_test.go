package home_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

// fullDisk opens a home on a file system of 256 KiB; where none can be mounted it returns false.
func fullDisk(t *testing.T) (home.Home, bool) {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Logf("no small file system (%v): a full disk is told by the writer only", err)
		return nil, false
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	h, err := home.Folders{Dir: filepath.Join(dir, "homes")}.Open(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h, true
}

// Case 5 of the reliability anchors: a full disk leaves no partial final name, and the file is placed once there is space.
func TestPlaceOnAFullDisk(t *testing.T) {
	big := make([]byte, 1<<20)
	whole := func(w io.Writer) error { _, err := w.Write(big); return err }
	h, small := fullDisk(t)
	if !small {
		h, _ = newHome(t)
		whole = func(w io.Writer) error {
			return errors.Join(write("half")(w), &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
		}
	}
	if _, err := h.Place(t.Context(), "out", "o.xml", home.Refuse, whole); !errors.Is(err, home.ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	if got := names(t, h, "out"); got != "" {
		t.Errorf("out/ holds %q", got)
	}
	if _, err := h.Place(t.Context(), "out", "o.xml", home.Refuse, write("<o/>")); err != nil {
		t.Errorf("once there is space: %v", err)
	}
}

// An upload that met a full disk stays partial even if the client closes it as if nothing had happened.
func TestUploadOnAFullDisk(t *testing.T) {
	h, small := fullDisk(t)
	if !small {
		return
	}
	u, err := h.Write(t.Context(), "in/big", home.Mode{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.WriteAt(make([]byte, 1<<20), 0); !errors.Is(err, home.ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	if err := u.Close(); err == nil {
		t.Error("closed well")
	}
	if e, err := h.Stat(t.Context(), "in/big"); err != nil || !e.Partial {
		t.Errorf("left %+v, %v", e, err)
	}
}
