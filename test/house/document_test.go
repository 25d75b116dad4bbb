package house_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are the Markdown files of the project.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range allFiles(t) {
		if strings.HasSuffix(name, ".md") && !strings.Contains(name, "/testdata/") {
			content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name))) // #nosec G304 -- of this repository
			if err != nil {
				t.Fatal(err)
			}
			all[name] = string(content)
		}
	}
	return all
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}

var markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	for name, text := range pages(t) {
		for _, m := range markdownLink.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			if !exists(path.Join(path.Dir(name), target)) {
				t.Errorf("%s links to %s, which is not there: a reader who follows it is lost", name, m[1])
			}
		}
	}
}

// namedFolder and namedFile are what a page names of the tree; a file may be named by the end of its path.
var (
	namedFolder = regexp.MustCompile("`((?:cmd|docs|format|internal|module|test)/[A-Za-z0-9_./-]+)`")
	namedFile   = regexp.MustCompile("`([a-z0-9_/]+\\.go)`")
)

func TestPagesNameFilesThatExist(t *testing.T) {
	ends := "\n/" + strings.Join(allFiles(t), "\n/") + "\n"
	for name, text := range pages(t) {
		for _, m := range namedFolder.FindAllStringSubmatch(text, -1) {
			if !exists(m[1]) {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
		for _, m := range namedFile.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(ends, "/"+m[1]+"\n") {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
	}
}

func TestMapNamesEveryPackage(t *testing.T) {
	const page = "docs/architecture.md"
	text := pages(t)[page]
	if text == "" {
		t.Fatalf("%s is missing", page)
	}
	var folders []string
	for _, s := range allSources(t) {
		if s.syntax.Name.Name != "main" && !s.test {
			folders = append(folders, s.pkg)
		}
	}
	slices.Sort(folders)
	for _, folder := range slices.Compact(folders) {
		if !strings.Contains(text, "`"+folder+"`") {
			t.Errorf("%s does not name the package %s: a reader finds it by its place on the map", page, folder)
		}
	}
}
