package postgrestest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

// cluster is the server that all tests of one binary share.
type cluster struct {
	server *postgres.Cluster
	admin  *pgxpool.Pool
	dir    string // data folder

	names     atomic.Int64
	mu        sync.Mutex
	templates map[string]string // key of the sources -> database
}

// started is package state because tests of one binary have nothing else in common; it is made once,
// when the first test asks.
var started = sync.OnceValues(start)

func shared(t testing.TB) *cluster {
	t.Helper()
	c, err := started()
	if errors.Is(err, postgres.ErrNoPrograms) {
		t.Skipf("skipped: %v", err)
	}
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	return c
}

func start() (*cluster, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp(TempDir(), "hanse-test-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the test database: %w", err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { // #nosec G302 -- the database's user has to pass through
		return nil, fmt.Errorf("open the folder of the test database: %w", err)
	}
	server, err := startServer(ctx, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := watch(server.Dir(), dir); err != nil {
		return nil, errors.Join(err, server.Stop(ctx), os.RemoveAll(dir))
	}
	admin, err := postgres.Open(ctx, server.URL("postgres"), postgres.PoolOptions{MaxConns: 4, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return &cluster{server: server, admin: admin, dir: dir, templates: map[string]string{}}, nil
}

func startServer(ctx context.Context, dir string) (*postgres.Cluster, error) {
	return postgres.Start(ctx, postgres.ClusterOptions{DataDir: dir, Throwaway: true, Log: slog.New(slog.DiscardHandler)})
}

// Restart stops the server of the test binary as its administrator would, calls while, and starts it again at the same
// address. It is for tests that do not run in parallel: all databases of the binary are away meanwhile.
func Restart(t testing.TB, while func()) {
	t.Helper()
	c := shared(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.server.Stop(ctx); err != nil {
		t.Fatalf("postgrestest: stop the server: %v", err)
	}
	while()
	server, err := startServer(ctx, c.dir)
	if err != nil {
		t.Fatalf("postgrestest: start the server again: %v", err)
	}
	c.server = server
}

// create makes a database that goes when the test ends.
func (c *cluster) create(t testing.TB, template string) string {
	t.Helper()
	ctx := context.Background()
	name := fmt.Sprintf("test_%d", c.names.Add(1))
	if _, err := c.admin.Exec(ctx, "create database "+name+" template "+template); err != nil {
		t.Fatalf("postgrestest: create the test's database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := c.admin.Exec(ctx, "drop database if exists "+name+" with (force)"); err != nil {
			t.Errorf("postgrestest: drop the test's database: %v", err)
		}
	})
	return c.server.URL(name)
}

// template gives the migrated database of a set of sources, made at the first call.
func (c *cluster) template(ctx context.Context, sources []postgres.Source) (string, error) {
	key, err := sourcesKey(sources)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if name, ok := c.templates[key]; ok {
		return name, nil
	}
	name := fmt.Sprintf("template_%d", c.names.Add(1))
	if err := c.server.CreateDatabase(ctx, name); err != nil {
		return "", err
	}
	log := slog.New(slog.DiscardHandler)
	pool, err := postgres.Open(ctx, c.server.URL(name), postgres.PoolOptions{Log: log})
	if err != nil {
		return "", err
	}
	defer pool.Close()
	if err := postgres.Migrate(ctx, pool, log, sources...); err != nil {
		return "", err
	}
	c.templates[key] = name
	return name, nil
}

// sourcesKey tells sets of sources apart by all they contain.
func sourcesKey(sources []postgres.Source) (string, error) {
	hash := sha256.New()
	for _, s := range sources {
		fmt.Fprintf(hash, "area %q private %q\n", s.Area, s.Private)
		err := fs.WalkDir(s.FS, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := fs.ReadFile(s.FS, path)
			fmt.Fprintf(hash, "file %q %d\n%s", path, len(content), content)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("read the migrations of %s: %w", s.Area, err)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
