package hanse_test

import (
	"os"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/test/program"
)

// The story is Acme's day, played from outside; each of its steps compares values. It is not parallel: some of its steps
// have promised times.
func TestStory(t *testing.T) {
	dir := program.Folder(t)
	r := program.Run(t, program.Options{Env: []string{"TMPDIR=" + dir}}, "demo", "--story")
	t.Logf("\n%s", r.Stdout)
	if r.Code != 0 || strings.Contains(r.Stdout, "FAIL") || !strings.Contains(r.Stdout, ", 0 failed") {
		t.Fatalf("the story ends with code %d\n%s", r.Code, r.Stderr)
	}
	if strings.Contains(r.Stderr, "The database lies in") {
		t.Errorf("the story's database lies outside of its folder:\n%s", r.Stderr)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("the story leaves %v behind (%v)", left, err)
	}
}
