package house_test

import (
	"bytes"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unfinished finds marks of work left for later; they are put together here so that this file has none.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b|panic\("(not |un)impl`)

// foreign finds what a reader elsewhere cannot have: paths of one machine, and talk about who wrote a file and when.
var foreign = []*regexp.Regexp{
	regexp.MustCompile(`(^|[^\w.~-])/(work|root)/`),
	regexp.MustCompile(`(^|[^\w.~-])/tmp/h`),
	regexp.MustCompile(`(?i)\b(this|that|an earlier|the earlier|another|previous|the next|my|our) session\b.*\b(wrote|built|made|left|will)\b`),
	regexp.MustCompile(`(?i)\b(sub-?agent|coding agent|other agents?|language model)s?\b`),
}

func TestNothingIsLeftForLater(t *testing.T) {
	for _, s := range allSources(t) {
		for i, line := range bytes.Split(s.content, []byte("\n")) {
			if m := unfinished.Find(line); m != nil {
				t.Errorf("%s:%d: %q: what is not done is an issue, not a comment that nobody reads", s.name, i+1, m)
			}
		}
	}
}

func TestTreeSpeaksOfItselfOnly(t *testing.T) {
	for _, name := range allFiles(t) {
		if within(name, "test/house") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name))) // #nosec G304 -- of this repository
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(content[:min(len(content), 8000)], 0) >= 0 {
			continue // a picture or a font
		}
		for i, line := range bytes.Split(content, []byte("\n")) {
			for _, f := range foreign {
				if m := f.Find(line); m != nil {
					t.Errorf("%s:%d: %q means nothing where others build this", name, i+1, strings.TrimSpace(string(m)))
				}
			}
		}
	}
}

func TestOnlyModulesRegisterThemselves(t *testing.T) {
	for _, s := range allSources(t) {
		if within(s.pkg, "module", "examples") {
			continue
		}
		for _, d := range s.syntax.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: func init runs unasked and hides an order; only modules register in one, into the default registry",
					positions.Position(f.Pos()))
			}
		}
	}
}

// selectors gives the places where a name is selected (x.name).
func selectors(file *ast.File, names ...string) []token.Pos {
	var at []token.Pos
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(names, s.Sel.Name) {
			at = append(at, s.Sel.Pos())
		}
		return true
	})
	return at
}
