package home

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	folderMode = 0o750
	fileMode   = 0o640
	// partialMode marks a file whose upload was not closed well. The sticky bit means nothing on a file, is set by no
	// other program, and says so after a crash and on every node that shares the file system.
	partialMode = fileMode | fs.ModeSticky
)

// Folder is a home in a folder of the file system. os.Root keeps every path inside; on top of that no link is followed.
type Folder struct {
	root *os.Root
	now  func() time.Time
}

// Stat implements Home.
func (f *Folder) Stat(_ context.Context, p string) (Entry, error) {
	info, err := f.look(p)
	if err != nil {
		return Entry{}, failed("look at", p, err)
	}
	return entry(p, info), nil
}

// List implements Home.
func (f *Folder) List(ctx context.Context, dir string) ([]Entry, error) {
	sub, err := f.enter(dir)
	if err != nil {
		return nil, failed("list", dir, err)
	}
	defer sub.Close()
	d, err := sub.Open(".")
	if err != nil {
		return nil, failed("list", dir, err)
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return nil, failed("list", dir, err)
	}
	slices.Sort(names)
	entries := make([]Entry, 0, len(names))
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, failed("list", dir, err)
		}
		info, err := sub.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // went away meanwhile
		}
		if err != nil {
			return nil, failed("list", dir, err)
		}
		if info.IsDir() || info.Mode().IsRegular() {
			entries = append(entries, entry(path.Join(dir, name), info))
		}
	}
	return entries, nil
}

// Mkdir implements Home.
func (f *Folder) Mkdir(_ context.Context, p string) error {
	if err := f.lookAbove(p); err != nil {
		return failed("create folder", p, err)
	}
	return failed("create folder", p, f.root.Mkdir(p, folderMode))
}

// Remove implements Home.
func (f *Folder) Remove(_ context.Context, p string) error {
	info, err := f.look(p)
	if err == nil && info.IsDir() {
		err = fmt.Errorf("it is a folder: %w", ErrDenied)
	}
	if err == nil {
		err = f.root.Remove(p)
	}
	return failed("delete", p, err)
}

// RemoveDir implements Home.
func (f *Folder) RemoveDir(_ context.Context, p string) error {
	info, err := f.look(p)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("it is a file: %w", ErrDenied)
	}
	if err == nil {
		err = f.root.Remove(p)
	}
	return failed("delete folder", p, err)
}

// Close implements Home.
func (f *Folder) Close() error { return f.root.Close() }

// look tells what lies at a path, having refused a link at any part of it.
func (f *Folder) look(p string) (fs.FileInfo, error) {
	if err := CheckPath(p); err != nil {
		return nil, err
	}
	if p == "" {
		return f.root.Lstat(".")
	}
	var info fs.FileInfo
	for end := 0; end < len(p); end++ {
		if next := strings.IndexByte(p[end:], '/'); next >= 0 {
			end += next
		} else {
			end = len(p)
		}
		if info != nil && !info.IsDir() {
			return nil, fs.ErrNotExist
		}
		var err error
		if info, err = f.root.Lstat(p[:end]); err != nil {
			return nil, err
		}
		if !info.IsDir() && !info.Mode().IsRegular() {
			return nil, ErrLink
		}
	}
	return info, nil
}

// lookAbove checks the folder that holds a path which itself may not exist.
func (f *Folder) lookAbove(p string) error {
	if err := CheckPath(p); err != nil {
		return err
	}
	dir := path.Dir(p)
	if dir == "." {
		return nil
	}
	info, err := f.look(dir)
	if err == nil && !info.IsDir() {
		err = fs.ErrNotExist
	}
	return err
}

// enter opens a folder of the home as a root of its own.
func (f *Folder) enter(dir string) (*os.Root, error) {
	info, err := f.look(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, errors.New("it is a file, not a folder")
	}
	if dir == "" {
		dir = "."
	}
	return f.root.OpenRoot(dir)
}

// syncDir makes the names of a folder durable.
func (f *Folder) syncDir(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func entry(p string, info fs.FileInfo) Entry {
	e := Entry{Path: p, Name: path.Base(p), Modified: info.ModTime(), Dir: info.IsDir(), Identity: identity(info)}
	if !e.Dir {
		e.Size = info.Size()
		e.Partial = info.Mode()&fs.ModeSticky != 0
	}
	return e
}

// failed says what was done to which path and keeps only what tells something of the system's error.
func failed(doing, p string, err error) error {
	if err == nil {
		return nil
	}
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		err = pathErr.Err
	case errors.As(err, &linkErr):
		err = linkErr.Err
	}
	switch {
	case errors.Is(err, fs.ErrExist) && !errors.Is(err, syscall.ENOTEMPTY):
		err = ErrExists
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		err = fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("%s %q: %w", doing, p, err)
}
