package postgres

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	// superuser owns the private cluster; Database is its main database.
	superuser = "hanse"
	// Database is the name of the database that a private cluster has from the start.
	Database = "hanse"
	// secretFile keeps what a data folder knows of its cluster, runningFile the address while it runs.
	secretFile  = "postgres.secret.json"
	runningFile = "postgres.json"
)

// ErrNotRunning says that no cluster of the data folder is running.
var ErrNotRunning = errors.New("no database is running for this data folder")

// secret is kept in the data folder as long as its cluster lives.
type secret struct {
	Password string `json:"password"`
	// Directory is where the cluster lies.
	Directory string `json:"directory"`
	// Port is the last one used: a restart takes it again if it is free.
	Port int `json:"port,omitempty"`
}

// running is written when the cluster answers and removed when it stops.
type running struct {
	URL       string `json:"url"`
	PID       int    `json:"pid"`
	Directory string `json:"directory"`
}

// Running gives the URL of the main database of the cluster that another process runs for dataDir. It
// is ErrNotRunning when there is none, or when nothing listens at its address any more.
func Running(dataDir string) (string, error) {
	var r running
	err := readJSON(filepath.Join(dataDir, runningFile), &r)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: %s (start it with hanse demo, or name a database with --database)", ErrNotRunning, dataDir)
	}
	if err != nil {
		return "", fmt.Errorf("read where the database of %s runs: %w", dataDir, err)
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return "", fmt.Errorf("read where the database of %s runs: its URL is damaged", dataDir)
	}
	conn, err := net.DialTimeout("tcp", u.Host, 2*time.Second)
	if err != nil {
		return "", fmt.Errorf("%w: %s (it ended without saying so; start it again with hanse demo)", ErrNotRunning, dataDir)
	}
	_ = conn.Close()
	return r.URL, nil
}

// databaseURL is a URL of the private cluster.
func databaseURL(password string, port int, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func newPassword() string { return rand.Text() }

func readJSON(path string, into any) error {
	content, err := os.ReadFile(path) // #nosec G304 -- a fixed name in the data folder
	if err != nil {
		return err
	}
	return json.Unmarshal(content, into)
}

// writeJSON writes by rename, so that a reader never sees half a file; only the owner may read it.
func writeJSON(path string, from any) error {
	content, err := json.MarshalIndent(from, "", "  ")
	if err != nil {
		return err
	}
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, append(content, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
