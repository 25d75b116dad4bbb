package page_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

func dirs(names ...string) []fs.FS {
	var list []fs.FS
	for _, n := range names {
		list = append(list, os.DirFS(n))
	}
	return list
}

// TestIcons: the sprite holds what pages use and no more; each page load pays for it.
func TestIcons(t *testing.T) {
	sprite, err := os.ReadFile("assets/icon/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, pattern := range []string{"templates/*.html", "../*/templates/*.html", "../*/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`icon" "([a-z0-9-]+)"|icon "([a-z0-9-]+)"|Icon: "([a-z0-9-]+)"|"[a-z]+": "([a-z0-9-]+)"`).FindAllStringSubmatch(string(content), -1) {
				used[m[1]+m[2]+m[3]+m[4]] = true
			}
		}
	}
	for _, m := range regexp.MustCompile(`symbol id="([^"]+)"`).FindAllStringSubmatch(string(sprite), -1) {
		if !used[m[1]] {
			t.Errorf("no page uses the icon %s", m[1])
		}
	}
}
