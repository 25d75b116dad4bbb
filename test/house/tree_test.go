package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const modulePath = "github.com/hanse-commerce/hanse"

// root is the top of the repository, seen from this folder.
const root = "../.."

// source is one Go file.
type source struct {
	name    string // slash-separated, from the top of the repository
	test    bool
	pkg     string   // folder, "." at the top
	imports []string // of our own, as folders
	syntax  *ast.File
	content []byte
}

// files are the names of all files of the project, slash-separated, without folders that only a build or a run leaves.
var files = sync.OnceValues(func() ([]string, error) {
	var all []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, p)
		switch name = filepath.ToSlash(name); {
		case err != nil:
			return err
		case d.IsDir() && (name == ".git" || name == "hanse-data"):
			return fs.SkipDir
		case d.Type().IsRegular() && name != ".git":
			all = append(all, name)
		}
		return nil
	})
	return all, err
})

var positions = token.NewFileSet()

// sources are all Go files of the module, parsed.
var sources = sync.OnceValues(func() ([]source, error) {
	names, err := files()
	if err != nil {
		return nil, err
	}
	var all []source
	for _, name := range names {
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "/testdata/") || strings.HasPrefix(name, ".") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name))) // #nosec G304 -- of this repository
		if err != nil {
			return nil, err
		}
		syntax, err := parser.ParseFile(positions, name, content, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s := source{name: name, test: strings.HasSuffix(name, "_test.go"), pkg: path.Dir(name), syntax: syntax, content: content}
		for _, i := range syntax.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return nil, err
			}
			if imported == modulePath {
				s.imports = append(s.imports, ".")
			} else if own, ok := strings.CutPrefix(imported, modulePath+"/"); ok {
				s.imports = append(s.imports, own)
			}
		}
		all = append(all, s)
	}
	return all, nil
})

func allFiles(t *testing.T) []string {
	t.Helper()
	all, err := files()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func allSources(t *testing.T) []source {
	t.Helper()
	all, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d Go files found below %s; is this the repository?", len(all), root)
	}
	return all
}

// within says whether a folder is one of those, or below it.
func within(folder string, of ...string) bool {
	for _, f := range of {
		if folder == f || strings.HasPrefix(folder, f+"/") {
			return true
		}
	}
	return false
}
