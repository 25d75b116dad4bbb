package home

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Guest is what a partner may do in his home, whatever the protocol he comes by: he writes, reads, renames and deletes
// within in/; reads and deletes in out/ and result/ and renames from there into archive/; reads in archive/ and error/.
// The home itself and its folders cannot be changed. What Hanse is still writing (dot files outside in/) is not there.
type Guest struct{ home Home }

// Visit lets a partner into his home.
func Visit(h Home) Guest { return Guest{home: h} }

// Stat tells what lies at path; "" is the home itself.
func (g Guest) Stat(ctx context.Context, path string) (Entry, error) {
	if err := g.visible("look at", path); err != nil {
		return Entry{}, err
	}
	return g.home.Stat(ctx, path)
}

// List returns what lies in a folder, by name.
func (g Guest) List(ctx context.Context, dir string) ([]Entry, error) {
	if err := g.visible("list", dir); err != nil {
		return nil, err
	}
	entries, err := g.home.List(ctx, dir)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(entries, func(e Entry) bool { return g.visible("list", e.Path) != nil }), nil
}

// Open opens a file to read.
func (g Guest) Open(ctx context.Context, path string) (File, error) {
	if err := g.visible("read", path); err != nil {
		return nil, err
	}
	return g.home.Open(ctx, path)
}

// Write opens a file of in/ to write.
func (g Guest) Write(ctx context.Context, path string, mode Mode) (Upload, error) {
	if err := g.within("write", path, In); err != nil {
		return nil, err
	}
	return g.home.Write(ctx, path, mode)
}

// Truncate cuts or extends a file of in/.
func (g Guest) Truncate(ctx context.Context, path string, size int64) error {
	if err := g.within("resize", path, In); err != nil {
		return err
	}
	return g.home.Truncate(ctx, path, size)
}

// SetAttributes accepts a change of mode, owner or times in in/ and does nothing: clients set them after each upload, and
// Hanse keeps its own.
func (g Guest) SetAttributes(ctx context.Context, path string) error {
	if top, _ := Split(path); top != In {
		return denied("set attributes of", path, "only files in in/ may be changed")
	}
	_, err := g.home.Stat(ctx, path)
	return err
}

// Mkdir creates a folder within in/.
func (g Guest) Mkdir(ctx context.Context, path string) error {
	if err := g.within("create folder", path, In); err != nil {
		return err
	}
	return g.home.Mkdir(ctx, path)
}

// Rename renames within in/, or takes a file of out/ or result/ into archive/, which says that it was collected. A name
// that is taken is never replaced.
func (g Guest) Rename(ctx context.Context, from, to string) error {
	if err := g.within("rename", from, In, Out, Result); err != nil {
		return err
	}
	into := Archive
	top, _ := Split(from)
	if top == In {
		into = In
	}
	if err := g.within("rename to", to, into); err != nil {
		return err
	}
	if top != In {
		if e, err := g.home.Stat(ctx, from); err != nil {
			return err
		} else if e.Dir {
			return denied("rename", from, "only files are collected")
		}
	}
	return g.home.Rename(ctx, from, to)
}

// Remove deletes a file of in/, out/ or result/; in the latter two it was collected by that.
func (g Guest) Remove(ctx context.Context, path string) error {
	if err := g.within("delete", path, In, Out, Result); err != nil {
		return err
	}
	return g.home.Remove(ctx, path)
}

// RemoveDir deletes an empty folder within in/.
func (g Guest) RemoveDir(ctx context.Context, path string) error {
	if err := g.within("delete folder", path, In); err != nil {
		return err
	}
	return g.home.RemoveDir(ctx, path)
}

// visible refuses paths that do not exist for a partner.
func (g Guest) visible(doing, path string) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	if path == "" {
		return nil
	}
	top, rest := Split(path)
	hidden := top != In && (strings.HasPrefix(rest, ".") || strings.Contains(rest, "/."))
	if hidden || !slices.Contains(Layout(), top) {
		return fmt.Errorf("%s %q: %w", doing, path, fs.ErrNotExist)
	}
	return nil
}

// within refuses paths that do not lie below one of the folders.
func (g Guest) within(doing, path string, tops ...string) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	top, rest := Split(path)
	if rest == "" || !slices.Contains(tops, top) {
		return denied(doing, path, "possible only within "+strings.Join(tops, "/, ")+"/")
	}
	if top == In {
		if err := checkGiven(rest); err != nil {
			return err
		}
	}
	return g.visible(doing, path)
}

func denied(doing, path, why string) error {
	return fmt.Errorf("%s %q: %w: %s", doing, path, ErrDenied, why)
}
