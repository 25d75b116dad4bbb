package program

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

// Facts are what demo.json says; its keys are a promise.
type Facts struct {
	HTTP         string   `json:"http"`
	SFTP         string   `json:"sftp"`
	SFTPHostKeys []string `json:"sftp_host_keys"`
	Partner      struct {
		User           string `json:"user"`
		Password       string `json:"password"`
		PrivateKeyFile string `json:"private_key_file"`
		In             string `json:"in"`
		Out            string `json:"out"`
		Home           string `json:"home"`
	} `json:"partner"`
	Buyer, Admin Login
	API          struct {
		AdminURL      string `json:"admin_url"`
		StorefrontURL string `json:"storefront_url"`
		TokenURL      string `json:"token_url"`
		ClientID      string `json:"client_id"`
		ClientSecret  string `json:"client_secret"`
	} `json:"api"`
	DatabaseURL string    `json:"database_url"`
	Morning     time.Time `json:"morning"`
}

// Login is a person's.
type Login struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// Demo is a running demo.
type Demo struct {
	*Process
	Facts
	Data  string        // its folder
	Ready time.Duration // from its start until demo.json was there
}

// FreePorts are the arguments that keep demos out of each other's way.
func FreePorts() []string { return []string{"--http", "127.0.0.1:0", "--sftp", "127.0.0.1:0"} }

// StartDemo starts a demo in a data folder and waits until it is ready.
func StartDemo(t testing.TB, o Options, data string, args ...string) *Demo {
	t.Helper()
	_ = os.Remove(filepath.Join(data, "demo.json")) // one that a killed demo left is not this one's
	d := &Demo{Process: Start(t, o, append(append([]string{"demo", "--data", data}, FreePorts()...), args...)...), Data: data}
	if err := d.await(); err != nil {
		t.Fatal(err)
	}
	return d
}

// await waits for demo.json. Its presence is the promise that everything answers, so nothing is waited for after it.
func (d *Demo) await() error {
	path := filepath.Join(d.Data, "demo.json")
	deadline := time.Now().Add(2 * time.Minute)
	for {
		content, err := os.ReadFile(path) // #nosec G304 -- of the test's own demo
		if err == nil {
			d.Ready = time.Since(d.Started)
			return json.Unmarshal(content, &d.Facts)
		}
		select {
		case <-d.Ended():
			return fmt.Errorf("the demo ended: %w\n%s", d.err, d.Stderr.String())
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the demo is not ready\n%s", d.Stderr.String())
		}
	}
}

// Folder makes a new folder that the database's user can reach. Whatever runs or lies in it when the test ends goes with it.
func Folder(t testing.TB) string {
	t.Helper()
	dir, err := makeFolder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeFolder(t, dir) })
	return dir
}

func makeFolder() (string, error) {
	dir, err := os.MkdirTemp(postgrestest.TempDir(), "hanse-test-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755) // #nosec G302 -- the database's user has to pass through
}

func removeFolder(t testing.TB, dir string) {
	pids, _ := filepath.Glob(filepath.Join(dir, "*", "postgres", "postmaster.pid"))
	for _, path := range pids {
		content, err := os.ReadFile(path) // #nosec G304 -- of the test's own demo
		if err != nil {
			continue
		}
		first, _, _ := strings.Cut(string(content), "\n")
		pid, err := strconv.Atoi(first)
		if err != nil || !runsIn(pid, filepath.Dir(path)) {
			continue
		}
		if t != nil {
			t.Logf("a database was left running in %s", filepath.Dir(path))
		}
		_ = syscall.Kill(pid, syscall.SIGQUIT)
		for deadline := time.Now().Add(10 * time.Second); runsIn(pid, filepath.Dir(path)) && time.Now().Before(deadline); {
			time.Sleep(20 * time.Millisecond)
		}
	}
	if err := os.RemoveAll(dir); err != nil && t != nil {
		t.Errorf("removing the test's folder: %v", err)
	}
}

// runsIn tells whether a process works in a folder, as PostgreSQL does in its cluster's.
func runsIn(pid int, dir string) bool {
	at, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return err == nil && at == dir
}

// Listens tells whether anything answers at the host and port of a URL.
func Listens(address string) bool {
	u, err := url.Parse(address)
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

// Binary copies the program to a place where any user may run it.
func Binary(t testing.TB, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "hanse")
	err := os.Link(os.Args[0], path)
	if errors.Is(err, syscall.EXDEV) || errors.Is(err, syscall.EPERM) {
		var content []byte
		if content, err = os.ReadFile(os.Args[0]); err == nil { // #nosec G703 G306 -- the test binary, copied as a program
			err = os.WriteFile(path, content, 0o755)
		}
	}
	if err == nil {
		err = os.Chmod(path, 0o755) // #nosec G302 -- a program
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}
