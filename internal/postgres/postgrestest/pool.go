// Package postgrestest gives each test a PostgreSQL database of its own, migrated and empty.
package postgrestest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

// testConns lets a test hold several connections at once without waiting for itself.
const testConns = 16

// Pool gives the test a database of its own with the migrations of sources (and those of package
// postgres and the job queue) applied, and drops it when the test ends. The first call in a test
// binary starts a server (half a second), the first with a set of sources migrates a template; each
// further database is a copy, made in some 60 ms. Without PostgreSQL on the machine the test is
// skipped.
func Pool(t testing.TB, sources ...postgres.Source) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.Open(context.Background(), URL(t, sources...), postgres.PoolOptions{MaxConns: testConns, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() { closePool(t, pool) })
	return pool
}

// URL is Pool for a program that connects by itself: it gives the address of the test's new database,
// as the owner.
func URL(t testing.TB, sources ...postgres.Source) string {
	t.Helper()
	ctx := context.Background()
	c := shared(t)
	template, err := c.template(ctx, sources)
	if err != nil {
		t.Fatalf("postgrestest: make the template database: %v", err)
	}
	return c.create(t, template)
}

// Empty gives the address of a new database without any table.
func Empty(t testing.TB) string {
	t.Helper()
	return shared(t).create(t, "template0")
}

// closePool does not wait for ever for a connection that the test forgot to give back.
func closePool(t testing.TB, pool *pgxpool.Pool) {
	closed := make(chan struct{})
	go func() {
		pool.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Errorf("postgrestest: %d connections were not given back to the pool", pool.Stat().AcquiredConns())
	}
}
