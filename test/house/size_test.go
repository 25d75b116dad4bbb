package house_test

import (
	"bytes"
	"testing"
)

// A file holds one subject; beyond these lines it holds two.
const (
	mostLines     = 400
	mostTestLines = 600
)

func TestFilesAreShort(t *testing.T) {
	for _, s := range allSources(t) {
		most := mostLines
		if s.test {
			most = mostTestLines
		}
		if lines := bytes.Count(s.content, []byte("\n")); lines > most {
			t.Errorf("%s has %d lines, more than %d: split it by subject, so that each file can be read at once", s.name, lines, most)
		}
	}
}
