package tour_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// pages are those whose commands run against one demo, in this order.
var pages = []string{"README.md", "docs/guides/files.md", "docs/guides/api.md", "docs/guides/modules.md", "docs/guides/payments.md", "docs/guides/shipping.md",
	"docs/guides/tax.md", "docs/guides/replica.md"}

// patience is how long a page's promise of "a moment later" may take.
const patience = 20 * time.Second

func TestDocumentation(t *testing.T) {
	for _, program := range []string{"bash", "curl", "jq", "psql", "sftp"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is missing, which the documentation uses", program)
		}
	}
	dir := demo(t)
	for _, page := range pages {
		t.Run(filepath.Base(page), func(t *testing.T) {
			todo, err := blocks(filepath.Join("../..", page))
			if err != nil {
				t.Fatal(err)
			}
			if len(todo) == 0 {
				t.Fatalf("%s has no commands", page)
			}
			sh := newShell(t, dir)
			for _, b := range todo {
				follow(t, sh, page, b)
			}
		})
	}
	t.Run("browser", func(t *testing.T) { browse(t, dir) })
}

// follow runs a block; one with output is run again until that comes, since files are taken and orders answered a moment
// later than a reader types.
func follow(t *testing.T, sh *shell, page string, b block) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		printed, code, err := sh.run(b.script)
		if err != nil {
			t.Fatalf("%s:%d: %v\n%s", page, b.line, err, printed)
		}
		if code == "0" && (b.output == "" || matches(b.output, printed)) {
			return
		}
		if b.output == "" || time.Now().After(deadline) {
			t.Fatalf("%s:%d ended with %s and printed\n%s\nthe page shows\n%s", page, b.line, code, printed, b.output)
		}
	}
}

// folder is one that PostgreSQL's own user can pass through, so that the database lies in it and goes with it.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tour-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil { // #nosec G302 -- to pass through, not to read
		t.Fatal(err)
	}
	return dir
}

// demo starts the program in a folder of its own and gives that folder when it is ready.
func demo(t *testing.T) string {
	t.Helper()
	dir := folder(t)
	program := filepath.Join(dir, "hanse")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../cmd/hanse") // #nosec G204 -- our own
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	var said bytes.Buffer
	cmd := exec.Command(program, "demo", "--http", "127.0.0.1:0", "--sftp", "127.0.0.1:0") // #nosec G204 -- our own
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Errorf("the demo ended with %v and said\n%s", err, &said)
		}
	})
	for deadline := time.Now().Add(2 * time.Minute); ; {
		if _, err := os.Stat(filepath.Join(dir, "hanse-data", "demo.json")); err == nil {
			return dir
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the demo did not start: %v\n%s", err, &said)
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("the demo is not ready after two minutes\n%s", &said)
		}
	}
}
