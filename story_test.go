package hanse_test

import (
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/test/program"
)

// The story is Acme's day, played from outside; each of its steps compares values. It is not parallel: some of its steps
// have promised times.
func TestStory(t *testing.T) {
	r := program.Run(t, program.Options{}, "demo", "--story")
	t.Logf("\n%s", r.Stdout)
	if r.Code != 0 || strings.Contains(r.Stdout, "FAIL") || !strings.Contains(r.Stdout, ", 0 failed") {
		t.Fatalf("the story ends with code %d\n%s", r.Code, r.Stderr)
	}
}
