package house_test

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

// nextSentence finds a sentence that follows another; "e.g. Foo" and the like are not used in package comments.
var nextSentence = regexp.MustCompile(`[.!?]\s+\p{Lu}`)

func TestEachPackageSaysInOneSentenceWhatItIsFor(t *testing.T) {
	comments, names := map[string][]string{}, map[string]string{}
	for _, s := range allSources(t) {
		if s.test {
			continue
		}
		names[s.pkg] = s.syntax.Name.Name
		if s.syntax.Doc == nil {
			continue
		}
		comments[s.pkg] = append(comments[s.pkg], strings.TrimSpace(s.syntax.Doc.Text()))
		text := comments[s.pkg][0]
		if s.syntax.Name.Name == "main" {
			text, _, _ = strings.Cut(text, "\n\n") // how a program is called may follow
		}
		switch {
		case len(comments[s.pkg]) > 1:
			t.Errorf("%s: the package's comment stands in another file already; one place is enough to keep true", s.name)
		case s.syntax.Name.Name == "main" && !strings.HasPrefix(text, "Command "+path.Base(s.pkg)+" "),
			s.syntax.Name.Name != "main" && !strings.HasPrefix(text, "Package "+s.syntax.Name.Name+" "):
			t.Errorf("%s: the package's comment begins %.40q; go doc expects \"Package %s …\"", s.name, text, s.syntax.Name.Name)
		case !strings.HasSuffix(text, "."), nextSentence.MatchString(text):
			t.Errorf("%s: the package's comment is not one sentence; what takes more belongs to the types and functions", s.name)
		}
	}
	for pkg, name := range names {
		if comments[pkg] == nil {
			t.Errorf("package %s (%s) has no comment; a reader has to guess what it is for", name, pkg)
		}
	}
}
