package hanse_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse"
	_ "github.com/hanse-commerce/hanse/module/all"
)

// TestMain lets the test binary be the program, so that tests run the real thing in processes of its own.
func TestMain(m *testing.M) {
	if os.Getenv("HANSE_TEST_PROGRAM") != "" {
		os.Exit(hanse.Main())
	}
	os.Exit(m.Run())
}

// program prepares a run of the real program.
func program(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "HANSE_TEST_PROGRAM=1")
	out := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, out
	return cmd, out
}

type demoFacts struct {
	HTTP        string `json:"http"`
	SFTP        string `json:"sftp"`
	DatabaseURL string `json:"database_url"`
}

// folder is a data folder that the database's user can reach.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hanse-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "data")
}

// start runs a demo until its facts are there.
func start(t *testing.T, data string, args ...string) (*exec.Cmd, demoFacts, *bytes.Buffer) {
	t.Helper()
	cmd, out := program(t, append([]string{"demo", "--data", data, "--http", "127.0.0.1:0", "--sftp", "127.0.0.1:0"}, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
		}
	})
	var f demoFacts
	path := filepath.Join(data, "demo.json")
	deadline := time.Now().Add(90 * time.Second)
	for {
		if b, err := os.ReadFile(path); err == nil && json.Unmarshal(b, &f) == nil {
			return cmd, f, out
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the demo ended: %v\n%s", err, out)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("the demo is not ready\n%s", out)
		}
	}
}

func gone(t *testing.T, pid int) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for syscall.Kill(pid, 0) == nil {
		if time.Now().After(deadline) {
			t.Fatalf("process %d has not ended", pid)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func answers(t *testing.T, address string) {
	t.Helper()
	response, err := http.Get(address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("/readyz answers %s", response.Status)
	}
}

func listening(databaseURL string) bool {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return false
	}
	conn, err := net.DialTimeout("tcp", u.Host, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// A demo survives kill -9, refuses a second one in its folder, and takes its database with it when it is stopped.
func TestDemoLife(t *testing.T) {
	data := folder(t)
	first, f, _ := start(t, data, "--no-simulators")
	answers(t, f.HTTP)
	info, err := os.Stat(filepath.Join(data, "demo.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("demo.json: %v, %v, expected mode 0600", info.Mode(), err)
	}
	second, out := program(t, "demo", "--data", data)
	if err := second.Run(); err == nil || !strings.Contains(out.String(), "in use") {
		t.Errorf("a second demo in the same folder: %v\n%s", err, out)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	gone(t, first.Process.Pid)
	if !listening(f.DatabaseURL) {
		t.Log("the database went with its process")
	}
	began := time.Now()
	again, g, _ := start(t, data, "--no-simulators")
	t.Logf("start after kill -9: %s", time.Since(began).Round(time.Millisecond))
	answers(t, g.HTTP)
	if err := again.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	gone(t, again.Process.Pid)
	if listening(g.DatabaseURL) {
		t.Error("the database still listens after the demo was stopped")
	}
}

// The story is Acme's day, played from outside; each of its steps compares values.
func TestStory(t *testing.T) {
	cmd, out := program(t, "demo", "--story")
	err := cmd.Run()
	if err != nil || strings.Contains(out.String(), "FAIL") || !strings.Contains(out.String(), " 0 failed") {
		t.Fatalf("the story fails: %v\n%s", err, out)
	}
	t.Logf("\n%s", out)
}
