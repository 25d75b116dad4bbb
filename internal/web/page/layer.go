package page

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// Layers is a file system made of several: a file is taken from the first
// layer that has it. A theme lies on top of what is built in, so a theme
// holds only the files that it changes.
type Layers []fs.FS

// Over puts an owner's folder, which may be nil, over the built-in files.
func Over(theme, builtIn fs.FS) Layers {
	if theme == nil {
		return Layers{builtIn}
	}
	return Layers{theme, builtIn}
}

// Open returns the topmost file of that name.
func (l Layers) Open(name string) (fs.File, error) {
	for _, layer := range l {
		f, err := layer.Open(name)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadDir lists the union of a folder over all layers, sorted by name.
func (l Layers) ReadDir(name string) ([]fs.DirEntry, error) {
	var entries []fs.DirEntry
	seen, found := map[string]bool{}, false
	for _, layer := range l {
		list, err := fs.ReadDir(layer, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = true
		for _, e := range list {
			if !seen[e.Name()] {
				seen[e.Name()] = true
				entries = append(entries, e)
			}
		}
	}
	if !found {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}
