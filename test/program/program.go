// Package program runs the real program in processes of its own, so that tests meet what an administrator would.
package program

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse"
	_ "github.com/hanse-commerce/hanse/module/all" // the program as it is shipped
)

// variable makes a test binary be the program.
const variable = "RUN_AS_HANSE"

// Main lets the test binary be the program where it is started as such; call it first in TestMain. Such tests mostly wait
// for other processes, so more of them run at once than there are processors.
func Main() {
	if os.Getenv(variable) == "" {
		_ = flag.Set("test.parallel", "6") // a default, which go test -parallel changes
		return
	}
	go leaveWithTests()
	os.Exit(hanse.Main())
}

// watched is the file descriptor whose other end the tests hold.
const watched = 3

// leaveWithTests stops the program when the tests have ended without stopping it: they panicked or were killed.
func leaveWithTests() {
	pipe := os.NewFile(watched, "tests")
	_, err := io.Copy(io.Discard, pipe)
	if err == nil {
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	}
}

// Options change how the program is started.
type Options struct {
	Path string    // the program, if it is not the test binary where it lies
	Dir  string    // working directory
	Env  []string  // besides the tests' own environment, which is cleaned of HANSE_ settings
	User int       // user and group id to run as, if not 0
	Echo io.Writer // gets what the program writes to both outputs, as it comes
}

// Process is a run of the program.
type Process struct {
	Stdout, Stderr Output
	Started        time.Time

	cmd   *exec.Cmd
	hold  *os.File
	ended chan struct{}
	err   error
}

// Output is what a process wrote so far.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
	echo io.Writer
}

// Write implements io.Writer.
func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.echo != nil {
		_, _ = o.echo.Write(b)
	}
	return o.text.Write(b)
}

// String is all of it.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Start starts the program in a process group of its own, as a shell does. It is stopped when the test ends.
func Start(t testing.TB, o Options, args ...string) *Process {
	t.Helper()
	p, err := start(o, args...)
	if err != nil {
		t.Fatalf("starting hanse %s: %v", strings.Join(args, " "), err)
	}
	t.Cleanup(func() { p.end(t) })
	return p
}

func start(o Options, args ...string) (*Process, error) {
	if o.Path == "" {
		o.Path = os.Args[0]
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = reader.Close() }()
	p := &Process{Started: time.Now(), hold: writer, ended: make(chan struct{})}
	p.Stdout.echo, p.Stderr.echo = o.Echo, o.Echo
	p.cmd = exec.CommandContext(context.Background(), o.Path, args...) // #nosec G204 G702 -- the test binary itself
	p.cmd.Dir, p.cmd.Env = o.Dir, environment(o.Env)
	p.cmd.Stdout, p.cmd.Stderr = &p.Stdout, &p.Stderr
	p.cmd.ExtraFiles = []*os.File{reader} // becomes watched
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if o.User != 0 {
		p.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(o.User), Gid: uint32(o.User)} // #nosec G115 -- a user's id
	}
	if err := p.cmd.Start(); err != nil {
		_ = writer.Close()
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		_ = writer.Close()
		close(p.ended)
	}()
	return p, nil
}

// environment is the tests' own without what would steer the program.
func environment(more []string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HANSE_") || strings.HasPrefix(v, "PG") })
	return append(append(env, variable+"=1"), more...)
}

// PID is the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Interrupt does what Ctrl-C at a terminal does: the whole process group gets the signal.
func (p *Process) Interrupt() { _ = syscall.Kill(-p.PID(), syscall.SIGINT) }

// Kill ends the process, and it alone, without a chance to clean up.
func (p *Process) Kill(t testing.TB) {
	t.Helper()
	_ = p.cmd.Process.Kill()
	p.Wait(t)
}

// patience is how long anything may take that a process is waited for.
const patience = 60 * time.Second

// Wait waits for the end and gives the exit code, -1 for a process that was killed.
func (p *Process) Wait(t testing.TB) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("hanse %s has not ended\n%s", strings.Join(p.cmd.Args[1:], " "), p.Stderr.String())
	}
	var exit *exec.ExitError
	if p.err != nil && !errors.As(p.err, &exit) {
		t.Fatalf("hanse %s: %v", strings.Join(p.cmd.Args[1:], " "), p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// Stop interrupts the program, which must end with code 0.
func (p *Process) Stop(t testing.TB) {
	t.Helper()
	p.Interrupt()
	if code := p.Wait(t); code != 0 {
		t.Errorf("hanse %s ends with code %d after Ctrl-C\n%s", strings.Join(p.cmd.Args[1:], " "), code, p.Stderr.String())
	}
}

// end leaves nothing running behind a test, whatever it did.
func (p *Process) end(t testing.TB) {
	p.Interrupt()
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
	}
	if t != nil && t.Failed() {
		t.Logf("hanse %s wrote\n%s", strings.Join(p.cmd.Args[1:], " "), p.Stderr.String())
	}
}

// Result is what a finished run gave.
type Result struct {
	Code           int
	Stdout, Stderr string
}

// Run runs the program to its end.
func Run(t testing.TB, o Options, args ...string) Result {
	t.Helper()
	p := Start(t, o, args...)
	code := p.Wait(t)
	return Result{code, p.Stdout.String(), p.Stderr.String()}
}

// Eventually tries until f gives no error; it fails the test after a minute.
func Eventually(t testing.TB, f func() error) {
	t.Helper()
	if err := Await(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// Await is Eventually for goroutines, which must not end a test: it gives the last error.
func Await(ctx context.Context, f func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := f()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
