package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

// TestMain lets the test binary play another Hanse process: with HANSE_TEST_OWNER it starts the
// cluster of that data folder, says so and waits for its end.
func TestMain(m *testing.M) {
	dir := os.Getenv("HANSE_TEST_OWNER")
	if dir == "" {
		os.Exit(m.Run())
	}
	c, err := postgres.Start(context.Background(), postgres.ClusterOptions{DataDir: dir, Throwaway: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println("ready", c.PID())
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := c.Stop(context.Background()); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// another is another Hanse process that holds a data folder.
type another struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	server int // the database's process
}

func startAnother(t testing.TB, dir string, change func(*exec.Cmd)) *another {
	t.Helper()
	program, err := os.Executable()
	must(t, err)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "HANSE_TEST_OWNER="+dir)
	if change != nil {
		change(cmd)
	}
	stdin, err := cmd.StdinPipe()
	must(t, err)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	a := &another{cmd: cmd, stdin: stdin}
	t.Cleanup(func() { a.kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "ready ") {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	a.server, err = strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "ready ")))
	must(t, err)
	return a
}

// kill ends the process as kill -9 does.
func (a *another) kill() {
	_ = a.cmd.Process.Kill()
	_ = a.cmd.Wait()
}

// end lets the process stop its cluster.
func (a *another) end(t testing.TB) {
	t.Helper()
	must(t, a.stdin.Close())
	must(t, a.cmd.Wait())
}

func TestClusterIsAdoptedAfterKill(t *testing.T) {
	t.Parallel()
	needPrograms(t)
	dir := dataDir(t)
	owner := startAnother(t, dir, nil)
	url, err := postgres.Running(dir)
	must(t, err)
	ask(t, url, "create table kept as select 1 as n")
	owner.kill()
	if syscall.Kill(owner.server, 0) != nil {
		t.Fatal("the database died with its owner")
	}

	var progress []string
	c := start(t, dir, &progress)
	if c.PID() != owner.server || len(progress) != 0 {
		t.Errorf("process %d, progress %q; want the running process %d taken over", c.PID(), progress, owner.server)
	}
	if got := ask(t, c.URL(postgres.Database), "select n from kept"); got != "1" {
		t.Errorf("got %s", got)
	}
	stop(t, c)
	if _, err := os.Stat(filepath.Join(c.Dir(), "postmaster.pid")); !os.IsNotExist(err) {
		t.Errorf("the adopted database was not shut down: %v", err)
	}
}

func TestClusterRecoversWhenAllWasKilled(t *testing.T) {
	t.Parallel()
	needPrograms(t)
	dir := dataDir(t)
	owner := startAnother(t, dir, nil)
	url, err := postgres.Running(dir)
	must(t, err)
	ask(t, url, "create table kept as select 1 as n")
	ask(t, url, "checkpoint") // a throwaway cluster writes late
	owner.kill()
	must(t, syscall.Kill(owner.server, syscall.SIGKILL))
	c := start(t, dir, nil)
	if got := ask(t, c.URL(postgres.Database), "select n from kept"); got != "1" {
		t.Errorf("got %s", got)
	}
}

func TestClusterRefusesSecondProcess(t *testing.T) {
	t.Parallel()
	needPrograms(t)
	dir := dataDir(t)
	owner := startAnother(t, dir, nil)
	_, err := postgres.Start(context.Background(), postgres.ClusterOptions{DataDir: dir})
	var inUse *postgres.InUseError
	if !errors.Is(err, postgres.ErrInUse) || !errors.As(err, &inUse) || inUse.PID != owner.cmd.Process.Pid {
		t.Fatalf("got %v, want process %d named", err, owner.cmd.Process.Pid)
	}
	if url, err := postgres.Running(dir); err != nil || ask(t, url, "select 1") != "1" {
		t.Errorf("the refusal hurt the running database: %v", err)
	}
	owner.end(t)
	start(t, dir, nil)
}

func TestClusterOfAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	needPrograms(t)
	if os.Geteuid() != 0 {
		t.Skip("skipped: the other tests run as an ordinary user already")
	}
	const nobody = 65534
	dir := dataDir(t)
	must(t, os.Chown(dir, nobody, nobody))
	program := filepath.Join(dir, "hanse.test")
	copyFile(t, os.Args[0], program)
	data := filepath.Join(dir, "data")
	owner := startAnother(t, data, func(cmd *exec.Cmd) {
		cmd.Path, cmd.Dir = program, dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	})
	info, err := os.Stat(filepath.Join(data, "postgres"))
	must(t, err)
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Uid != nobody {
		t.Errorf("the cluster does not lie in the data folder as its user's: %+v", info.Sys())
	}
	owner.end(t)
	begun := time.Now()
	c := start(t, data, nil) // root after the ordinary user: the cluster keeps its owner
	t.Logf("root's start of the user's cluster took %v", time.Since(begun))
	ask(t, c.URL(postgres.Database), "select 1")
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, content, 0o755))
}
