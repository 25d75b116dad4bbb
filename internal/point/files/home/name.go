package home

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxName  = 200  // bytes that a partner may give; what Hanse appends (time, suffixes) comes on top
	maxOwn   = 240  // bytes of a name with that; a temporary one is a little longer, and file systems end at 255
	maxPath  = 1000 // bytes
	maxDepth = 16   // parts
)

// CheckPath refuses, with ErrName, a path that could leave the home or could not be stored, shown or moved later: an
// absolute one, "." and "..", empty parts, backslashes, NUL and other control characters, bytes that are not UTF-8, parts
// above 240 bytes (a partner's own: 200), a path above 1,000 bytes or 16 parts. "" is the home itself.
func CheckPath(p string) error {
	if p == "" {
		return nil
	}
	if len(p) > maxPath {
		return fmt.Errorf("path of %d bytes: %w: at most %d bytes", len(p), ErrName, maxPath)
	}
	if strings.HasPrefix(p, "/") {
		return fmt.Errorf("path %q: %w: it must be relative to the home", p, ErrName)
	}
	parts := strings.Split(p, "/")
	if len(parts) > maxDepth {
		return fmt.Errorf("path %q: %w: at most %d folders deep", p, ErrName, maxDepth)
	}
	for _, part := range parts {
		if err := CheckName(part); err != nil {
			return err
		}
	}
	return nil
}

// CheckName refuses, with ErrName, what cannot be one part of a path; see CheckPath.
func CheckName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("empty name: %w", ErrName)
	case name == "." || name == "..":
		return fmt.Errorf("name %q: %w: it stands for another folder", name, ErrName)
	case len(name) > maxOwn:
		return fmt.Errorf("name of %d bytes: %w: at most %d bytes", len(name), ErrName, maxName)
	case !utf8.ValidString(name):
		return fmt.Errorf("name %q: %w: it must be UTF-8", name, ErrName)
	}
	for _, r := range name {
		if r == '/' || r == '\\' || unicode.IsControl(r) {
			return fmt.Errorf("name %q: %w: slashes, backslashes and control characters are refused", name, ErrName)
		}
	}
	return nil
}

// checkGiven refuses names that are longer than a partner may give.
func checkGiven(p string) error {
	for _, part := range strings.Split(p, "/") {
		if len(part) > maxName {
			return fmt.Errorf("name of %d bytes: %w: at most %d bytes", len(part), ErrName, maxName)
		}
	}
	return nil
}

// Split parts a path into its first folder and the rest: "in/a/b" is "in" and "a/b".
func Split(p string) (top, rest string) {
	top, rest, _ = strings.Cut(p, "/")
	return top, rest
}

// behind appends a time behind a whole name, so that an archive shows the name as the partner sent it.
func behind(p, stamp string) string { return p + "." + stamp }

// before puts a time before the extension, so that a partner who collects by "*.xml" still finds the file.
func before(p, stamp string) string {
	ext := path.Ext(p)
	return strings.TrimSuffix(p, ext) + "." + stamp + ext
}

// Temporary reports whether a name is one that senders give to files they are still writing: .tmp, .part, .partial and
// .filepart behind it, or a dot before it.
func Temporary(name string) bool {
	if strings.HasPrefix(name, ".") {
		return true
	}
	lower := strings.ToLower(name)
	for _, suffix := range []string{".tmp", ".part", ".partial", ".filepart"} {
		if strings.HasSuffix(lower, suffix) {
			return true
		}
	}
	return false
}
