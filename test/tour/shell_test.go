package tour_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// shell is one bash in which the blocks of a page run one after another, as in a reader's terminal.
type shell struct {
	in  io.WriteCloser
	out *bufio.Reader
}

const sentinel = "--- that was the block: "

func newShell(t *testing.T, dir string) *shell {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH")) // the built program is called hanse
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	return &shell{in, bufio.NewReader(out)}
}

// run gives what a block printed and how its last command ended.
func (s *shell) run(script string) (printed string, code string, err error) {
	if _, err := fmt.Fprintf(s.in, "{\n%s\n} </dev/null\nprintf '\\n%s%%s\\n' $?\n", script, sentinel); err != nil {
		return "", "", err
	}
	var b strings.Builder
	for {
		line, err := s.out.ReadString('\n')
		if err != nil {
			return b.String(), "", fmt.Errorf("the shell ended: %w", err)
		}
		if rest, ok := strings.CutPrefix(line, sentinel); ok {
			return strings.TrimSuffix(b.String(), "\n"), strings.TrimSpace(rest), nil
		}
		b.WriteString(line)
	}
}
