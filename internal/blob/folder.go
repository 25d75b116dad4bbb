package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// Folder keeps content as files of a folder, DIR/ab/cdef…, which nodes may share over a network file system.
type Folder struct{ root *os.Root }

// temporary is where content lies until its hash is known.
const temporary = "tmp"

// OpenFolder keeps content in a folder, which is made if it is missing. What an earlier process left unfinished stays in
// its tmp folder; it is never taken for content.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of contents: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder of contents: %w", err)
	}
	if err := root.Mkdir(temporary, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, errors.Join(fmt.Errorf("make the folder of contents: %w", err), root.Close())
	}
	return &Folder{root}, nil
}

// Close gives the folder back.
func (f *Folder) Close() error { return f.root.Close() }

// Put implements Store.
func (f *Folder) Put(ctx context.Context, r io.Reader) (Info, error) {
	name := path.Join(temporary, rand.Text())
	info, err := f.write(ctx, name, r)
	if err == nil {
		err = f.place(name, info.Hash)
	}
	if err != nil {
		_ = f.root.Remove(name)
		return Info{}, fmt.Errorf("keep content: %w", err)
	}
	return info, nil
}

func (f *Folder) write(ctx context.Context, name string, r io.Reader) (info Info, err error) {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Info{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(file, sum), reader{ctx, r})
	if err != nil {
		return Info{}, err
	}
	return Info{hex.EncodeToString(sum.Sum(nil)), n}, file.Sync()
}

// place gives finished content its name. The same content twice is the same file, so replacing it changes nothing.
func (f *Folder) place(name, hash string) error {
	dir, base := split(hash)
	if err := f.root.Mkdir(dir, 0o700); err != nil {
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
	} else if err := f.sync("."); err != nil {
		return err
	}
	if err := f.root.Rename(name, path.Join(dir, base)); err != nil {
		return err
	}
	return f.sync(dir)
}

// sync makes the names in a folder survive a crash.
func (f *Folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open implements Store.
func (f *Folder) Open(_ context.Context, hash string) (io.ReadCloser, error) {
	file, err := f.open(hash)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (f *Folder) open(hash string) (*os.File, error) {
	if err := checkHash(hash); err != nil {
		return nil, err
	}
	dir, base := split(hash)
	file, err := f.root.Open(path.Join(dir, base))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("content %s: %w", hash, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read content %s: %w", hash, err)
	}
	return file, nil
}

// Stat implements Store.
func (f *Folder) Stat(_ context.Context, hash string) (Info, error) {
	file, err := f.open(hash)
	if err != nil {
		return Info{}, err
	}
	stat, err := file.Stat()
	if err = errors.Join(err, file.Close()); err != nil {
		return Info{}, fmt.Errorf("look at content %s: %w", hash, err)
	}
	return Info{hash, stat.Size()}, nil
}

// Delete implements Store.
func (f *Folder) Delete(_ context.Context, hash string) error {
	if err := checkHash(hash); err != nil {
		return err
	}
	dir, base := split(hash)
	if err := f.root.Remove(path.Join(dir, base)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete content %s: %w", hash, err)
	}
	return nil
}

// split spreads contents over 256 folders.
func split(hash string) (dir, base string) { return hash[:2], hash[2:] }

// reader stops when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
