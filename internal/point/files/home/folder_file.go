package home

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync/atomic"
)

// Open implements Home.
func (f *Folder) Open(_ context.Context, p string) (File, error) {
	file, err := f.open(p, os.O_RDONLY)
	if err != nil {
		return nil, failed("read", p, err)
	}
	return &opened{File: file, path: p}, nil
}

// Write implements Home. It never opens with O_APPEND: the offsets of a resumed upload count, and the system ignores
// them there (open(2)).
func (f *Folder) Write(_ context.Context, p string, mode Mode) (Upload, error) {
	file, err := f.create(p, mode)
	if errors.Is(err, fs.ErrNotExist) || (errors.Is(err, fs.ErrExist) && !mode.Exclusive) {
		if file, err = f.open(p, os.O_RDWR); err == nil {
			err = reopen(file, mode)
		}
	}
	if err != nil {
		return nil, failed("write", p, err)
	}
	return &upload{file: file, path: p}, nil
}

// Truncate implements Home.
func (f *Folder) Truncate(_ context.Context, p string, size int64) error {
	file, err := f.open(p, os.O_WRONLY)
	if err != nil {
		return failed("resize", p, err)
	}
	return failed("resize", p, errors.Join(file.Truncate(size), file.Close()))
}

// create makes a new file, marked as partial before its first byte.
func (f *Folder) create(p string, mode Mode) (*os.File, error) {
	if !mode.Create {
		return nil, fs.ErrNotExist
	}
	if err := f.lookAbove(p); err != nil {
		return nil, err
	}
	file, err := f.root.OpenFile(p, os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return nil, err
	}
	if err := file.Chmod(partialMode); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// open opens an existing regular file, and makes sure that it is the one that was looked at, not one reached by a link
// that came in between.
func (f *Folder) open(p string, flag int) (*os.File, error) {
	info, err := f.look(p)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New("it is a folder, not a file")
	}
	file, err := f.root.OpenFile(p, flag, 0)
	if err != nil {
		return nil, err
	}
	now, err := file.Stat()
	if err == nil && !os.SameFile(info, now) {
		err = ErrLink
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// reopen prepares an existing file for another upload.
func reopen(file *os.File, mode Mode) error {
	err := file.Chmod(partialMode)
	if err == nil && mode.Truncate {
		err = file.Truncate(0)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	return nil
}

// opened is a file opened to read.
type opened struct {
	*os.File
	path string
}

// Stat implements File.
func (o *opened) Stat() (Entry, error) {
	info, err := o.File.Stat()
	if err != nil {
		return Entry{}, failed("look at", o.path, err)
	}
	return entry(o.path, info), nil
}

// upload is a file opened to write.
type upload struct {
	file   *os.File
	path   string
	broken atomic.Bool // a write failed, so what lies there is not what the client has
}

// ReadAt implements io.ReaderAt.
func (u *upload) ReadAt(p []byte, off int64) (int, error) { return u.file.ReadAt(p, off) }

// WriteAt implements io.WriterAt.
func (u *upload) WriteAt(p []byte, off int64) (int, error) {
	n, err := u.file.WriteAt(p, off)
	if err != nil {
		u.broken.Store(true)
		return n, failed("write", u.path, err)
	}
	return n, nil
}

// Close implements Upload.
func (u *upload) Close() error {
	if u.broken.Load() {
		err := errors.New("a write failed, so the file stays partial: send it again or resume it")
		return errors.Join(u.Cut(), failed("close", u.path, err))
	}
	err := u.file.Sync()
	if err == nil {
		err = u.file.Chmod(fileMode)
	}
	return failed("close", u.path, errors.Join(err, u.file.Close()))
}

// Cut implements Upload.
func (u *upload) Cut() error { return failed("close", u.path, u.file.Close()) }
