package home

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Folders keeps homes as folders of the file system: Dir/NAME/{in,out,archive,error,result}.
type Folders struct {
	// Dir holds one folder for each home.
	Dir string
	// Now tells the time that is put into names; time.Now if nil.
	Now func() time.Time
}

var homeName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$`)

// Open opens the home of that name, an ASCII word of at most 64 letters, digits and "_.@-", and creates it at need.
func (f Folders) Open(_ context.Context, name string) (Home, error) {
	if !homeName.MatchString(name) {
		return nil, fmt.Errorf("open home %q: %w: use at most 64 letters, digits and _.@-", name, ErrName)
	}
	dir := filepath.Join(f.Dir, name)
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return nil, fmt.Errorf("create home %q: %w", name, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open home %q: %w", name, err)
	}
	for _, sub := range Layout() {
		if err := root.Mkdir(sub, folderMode); err != nil && !os.IsExist(err) {
			_ = root.Close() // the first error tells more
			return nil, fmt.Errorf("create folder %s of home %q: %w", sub, name, err)
		}
	}
	now := f.Now
	if now == nil {
		now = time.Now
	}
	return &Folder{root: root, now: now}, nil
}
