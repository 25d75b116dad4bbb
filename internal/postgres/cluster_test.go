package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

// dataDir makes a data folder that the database's user can reach.
func dataDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(postgrestest.TempDir(), "hanse-cluster-")
	must(t, err)
	must(t, os.Chmod(dir, 0o711))
	dir, err = filepath.EvalSymlinks(dir)
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// start starts a throwaway cluster and stops it when the test ends. progress, if not nil, collects what
// was told.
func start(t testing.TB, dir string, progress *[]string) *postgres.Cluster {
	t.Helper()
	o := postgres.ClusterOptions{DataDir: dir, Throwaway: true, Progress: func(s string) {
		if progress != nil {
			*progress = append(*progress, s)
		}
	}}
	return startWith(t, o)
}

func startWith(t testing.TB, o postgres.ClusterOptions) *postgres.Cluster {
	t.Helper()
	needPrograms(t)
	o.Log = slog.New(slog.DiscardHandler)
	c, err := postgres.Start(context.Background(), o)
	must(t, err)
	t.Cleanup(func() { stop(t, c) })
	return c
}

func stop(t testing.TB, c *postgres.Cluster) {
	t.Helper()
	if err := c.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func needPrograms(t testing.TB) {
	t.Helper()
	_, err := postgres.FindPrograms(context.Background(), 0)
	if errors.Is(err, postgres.ErrNoPrograms) {
		t.Skipf("skipped: %v", err)
	}
	must(t, err)
}

// ask runs one statement and gives its one value as text.
func ask(t testing.TB, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	must(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	var value any
	err = conn.QueryRow(context.Background(), sql).Scan(&value)
	if !errors.Is(err, pgx.ErrNoRows) {
		must(t, err)
	}
	return fmt.Sprint(value)
}

func TestClusterStartsStopsAndStartsAgain(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	c := startWith(t, postgres.ClusterOptions{DataDir: dir})
	url := c.URL(postgres.Database)
	ask(t, url, "create table kept as select 1 as n")
	if got, err := postgres.Running(dir); err != nil || got != url {
		t.Errorf("Running gives %q, %v, want %q", got, err, url)
	}
	if got := ask(t, url, "select string_agg(setting, ' ' order by name) from pg_settings where name in ('wal_level', 'jit', 'client_connection_check_interval', 'server_encoding', 'fsync')"); got != "2000 on off UTF8 logical" {
		t.Errorf("settings are %s", got)
	}
	if got := ask(t, url, "select upper('straße äöü') || (select count(*) from (values ('a' collate \"default\"), ('B')) v(x) where x < 'a')"); !strings.HasPrefix(got, "STRA") || !strings.Contains(got, "ÄÖÜ1") {
		t.Errorf("the locale gives %q: letters beyond ASCII must have capitals and the order must be bytewise", got)
	}
	group, err := syscall.Getpgid(c.PID())
	must(t, err)
	if group != c.PID() {
		t.Errorf("the server is in process group %d: Ctrl-C would reach it", group)
	}
	stop(t, c)
	if syscall.Kill(c.PID(), 0) == nil {
		t.Error("the server still runs after Stop")
	}
	if _, err := postgres.Running(dir); !errors.Is(err, postgres.ErrNotRunning) {
		t.Errorf("Running after Stop gives %v", err)
	}

	var progress []string
	begun := time.Now()
	again := startWith(t, postgres.ClusterOptions{DataDir: dir, Progress: func(s string) { progress = append(progress, s) }})
	t.Logf("second start took %v", time.Since(begun))
	if len(progress) != 1 || !strings.HasPrefix(progress[0], "Starting") {
		t.Errorf("the second start told %q", progress)
	}
	if again.URL(postgres.Database) != url {
		t.Errorf("the address changed without need")
	}
	if got := ask(t, again.URL(postgres.Database), "select n from kept"); got != "1" {
		t.Errorf("the data is gone: %s", got)
	}
}

func TestClusterSecretsAreForTheOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	c := start(t, dir, nil)
	for _, name := range []string{"postgres.json", "postgres.secret.json", "postgres.log"} {
		info, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	conn, err := pgx.Connect(context.Background(), strings.Replace(c.URL("postgres"), "hanse:", "hanse:wrong", 1))
	if err == nil {
		_ = conn.Close(context.Background())
		t.Error("a wrong password was taken")
	}
}

func TestClusterStartsBesideStalePidFile(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	c := start(t, dir, nil)
	stop(t, c)
	// The number of a living process that is no PostgreSQL, as after a restart of the machine.
	stale := strings.Join([]string{strconv.Itoa(os.Getpid()), c.Dir(), "1700000000", "5432", "", "127.0.0.1", "1 2", "ready   "}, "\n")
	must(t, os.WriteFile(filepath.Join(c.Dir(), "postmaster.pid"), []byte(stale), 0o600))
	info, err := os.Stat(c.Dir())
	must(t, err)
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		must(t, os.Chown(filepath.Join(c.Dir(), "postmaster.pid"), int(stat.Uid), int(stat.Gid)))
	}
	again := start(t, dir, nil)
	if again.PID() == os.Getpid() {
		t.Error("it adopted the test")
	}
}

func TestClusterTakesAnotherPortWhenItsOwnIsTaken(t *testing.T) {
	t.Parallel()
	first := start(t, dataDir(t), nil)
	dir := dataDir(t)
	second := start(t, dir, nil)
	stop(t, second)
	secret, err := os.ReadFile(filepath.Join(dir, "postgres.secret.json"))
	must(t, err)
	of := func(c *postgres.Cluster) string {
		return strings.Split(strings.Split(c.URL(""), "127.0.0.1:")[1], "/")[0]
	}
	secret = []byte(strings.Replace(string(secret), `"port": `+of(second), `"port": `+of(first), 1))
	must(t, os.WriteFile(filepath.Join(dir, "postgres.secret.json"), secret, 0o600))
	again := start(t, dir, nil)
	if of(again) == of(first) {
		t.Errorf("both use port %s", of(first))
	}
}

func TestClusterSetUpThatWasCutOffIsBegunAnew(t *testing.T) {
	t.Parallel()
	needPrograms(t)
	dir := dataDir(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := postgres.Start(ctx, postgres.ClusterOptions{DataDir: dir, Throwaway: true, Log: slog.New(slog.DiscardHandler), Progress: func(string) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	must(t, os.MkdirAll(filepath.Join(dir, "postgres.new", "half"), 0o700))
	start(t, dir, nil)
	if _, err := os.Stat(filepath.Join(dir, "postgres.new")); !os.IsNotExist(err) {
		t.Errorf("the unfinished set-up is still there: %v", err)
	}
}

func TestClusterOutsideAnUnreachableFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("skipped: only root starts PostgreSQL as another user")
	}
	dir := filepath.Join(t.TempDir(), "hanse-data") // t.TempDir has mode 700
	c := start(t, dir, nil)
	t.Cleanup(func() {
		matches, _ := filepath.Glob(c.Dir() + "*")
		for _, m := range matches {
			_ = os.RemoveAll(m)
		}
	})
	if !strings.HasPrefix(c.Dir(), "/var/lib/hanse/") || !strings.Contains(c.Notice(), c.Dir()) || !strings.Contains(c.Notice(), dir) {
		t.Errorf("the cluster lies in %s; notice: %q", c.Dir(), c.Notice())
	}
	ask(t, c.URL(postgres.Database), "create table kept as select 1 as n")
	stop(t, c)

	again := start(t, dir, nil)
	if again.Dir() != c.Dir() || again.Notice() == "" {
		t.Errorf("the second start uses %s; notice: %q", again.Dir(), again.Notice())
	}
	ask(t, again.URL(postgres.Database), "select n from kept")
	stop(t, again)

	must(t, os.RemoveAll(dir))
	fresh := start(t, dir, nil)
	if got := ask(t, fresh.URL(postgres.Database), "select to_regclass('kept') is null"); got != "true" {
		t.Error("the cluster of a deleted folder came back")
	}
	if matches, _ := filepath.Glob(c.Dir() + ".*Z"); len(matches) != 1 {
		t.Errorf("the old cluster was not moved aside: %v", matches)
	}
}
