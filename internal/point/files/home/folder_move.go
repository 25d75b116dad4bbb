package home

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"
)

const (
	stampLayout = "20060102T150405Z"
	stampTries  = 1000 // names with the same second that are tried before giving up
	tempSuffix  = ".tmp"
)

// Rename implements Home. A file is linked to its new name and then removed from the old one, because renaming would
// replace what lies there (rename(2)); a folder, which cannot be linked, is renamed after a look.
func (f *Folder) Rename(_ context.Context, from, to string) error {
	doing := "rename to " + to + ":"
	info, err := f.look(from)
	if err != nil {
		return failed(doing, from, err)
	}
	if err := f.lookAbove(to); err != nil {
		return failed(doing, from, err)
	}
	if !info.IsDir() {
		return failed(doing, from, f.relink(info, from, to))
	}
	if _, err := f.root.Lstat(to); err == nil {
		return failed(doing, from, ErrExists)
	}
	return failed(doing, from, f.root.Rename(from, to))
}

// relink gives a file another name. If both names already are the same file, a crash came between the two steps.
func (f *Folder) relink(info fs.FileInfo, from, to string) error {
	err := f.link(from, to)
	if errors.Is(err, fs.ErrExist) && from != to {
		if there, lerr := f.root.Lstat(to); lerr == nil && os.SameFile(info, there) {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	return f.root.Remove(from)
}

func (f *Folder) link(from, to string) error {
	err := f.root.Link(from, to)
	if errors.Is(err, syscall.EXDEV) || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) {
		return fmt.Errorf("%w: homes need a file system with hard links, each home within one", err)
	}
	return err
}

// Move implements Home.
func (f *Folder) Move(ctx context.Context, from, to string) (string, error) {
	return f.firstFree(to, behind, func(p string) error { return f.Rename(ctx, from, p) })
}

// Place implements Home.
func (f *Folder) Place(ctx context.Context, dir, name string, taken Taken, write func(io.Writer) error) (string, error) {
	if err := CheckName(name); err != nil {
		return "", failed("place in "+dir+":", name, err)
	}
	final := dir + "/" + name
	if err := f.lookAbove(final); err != nil {
		return "", failed("place", final, err)
	}
	if _, err := f.root.Lstat(final); err == nil && taken == Refuse {
		return "", failed("place", final, ErrExists)
	}
	// The random part keeps two writers of one name from writing into one file.
	temp := dir + "/." + name + "." + rand.Text()[:8] + tempSuffix
	placed, err := f.place(ctx, temp, final, taken, write)
	if err != nil {
		return "", failed("place", final, errors.Join(err, f.discard(temp)))
	}
	return placed, nil
}

func (f *Folder) place(ctx context.Context, temp, final string, taken Taken, write func(io.Writer) error) (string, error) {
	if err := f.fill(ctx, temp, write); err != nil {
		return "", err
	}
	if taken == Refuse {
		return final, f.publish(temp, final)
	}
	return f.firstFree(final, before, func(p string) error { return f.publish(temp, p) })
}

// fill writes a new file and syncs it.
func (f *Folder) fill(ctx context.Context, temp string, write func(io.Writer) error) error {
	file, err := f.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriterSize(file, 64<<10)
	err = write(cancelled{ctx, buffer})
	if err == nil {
		err = buffer.Flush()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// publish shows a filled file under its name; the name is certain once its folder is synced.
func (f *Folder) publish(temp, final string) error {
	if err := f.link(temp, final); err != nil {
		return failed("publish", final, err)
	}
	err := f.discard(temp)
	if err == nil {
		err = f.syncDir(path.Dir(final))
	}
	if err != nil {
		return failed("publish", final, errors.Join(err, f.discard(final)))
	}
	return nil
}

func (f *Folder) discard(temp string) error {
	if err := f.root.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// firstFree tries a path, then the path with the time, then with a number too, until one is not taken.
func (f *Folder) firstFree(p string, stamped func(p, stamp string) string, try func(string) error) (string, error) {
	err := try(p)
	if err == nil || !errors.Is(err, ErrExists) {
		return p, err
	}
	stamp := f.now().UTC().Format(stampLayout)
	for n := 1; n <= stampTries; n++ {
		mark := stamp
		if n > 1 {
			mark = fmt.Sprintf("%s-%d", stamp, n)
		}
		next := stamped(p, mark)
		if err = try(next); err == nil || !errors.Is(err, ErrExists) {
			return next, err
		}
	}
	return "", err
}

// Sweep implements Home.
func (f *Folder) Sweep(ctx context.Context, dir string, age time.Duration) (int, error) {
	entries, err := f.List(ctx, dir)
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, e := range entries {
		temporary := strings.HasPrefix(e.Name, ".") && strings.HasSuffix(e.Name, tempSuffix)
		if e.Dir || !temporary || f.now().Sub(e.Modified) < age {
			continue
		}
		if err := f.discard(e.Path); err != nil {
			return removed, failed("sweep", e.Path, err)
		}
		removed++
	}
	return removed, nil
}

// cancelled stops a long write when its context ends.
type cancelled struct {
	ctx context.Context
	w   io.Writer
}

// Write implements io.Writer.
func (c cancelled) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}
