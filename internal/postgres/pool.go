package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	pgxdecimal "github.com/jackc/pgx-shopspring-decimal"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// PoolOptions tune Open; the zero value is right for a server.
type PoolOptions struct {
	// MaxConns is the largest number of connections; 0 means twice the number of cores, which
	// keeps the slowest answers short: more connections only queue inside PostgreSQL.
	MaxConns int
	// Log takes the server's notices and warnings; nil means slog.Default().
	Log *slog.Logger
}

// Open connects to the database at url (postgres://…) and returns a pool whose connections know
// shopspring decimals and keep prepared statements. It fails when no connection can be made within
// ten seconds or before ctx ends; the error never shows the password. Nothing is set on the
// sessions beyond what a URL says, so the pool works behind a transaction pooler.
func Open(ctx context.Context, url string, o PoolOptions) (*pgxpool.Pool, error) {
	config, err := poolConfig(url, o)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open a pool to %s: %w", place(config.ConnConfig), err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to %s: %w (is PostgreSQL running there, and are user and password right?)",
			place(config.ConnConfig), err)
	}
	return pool, nil
}

func poolConfig(url string, o PoolOptions) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database URL: %w (it looks like postgres://user:password@host:5432/database)", err)
	}
	log := o.Log
	if log == nil {
		log = slog.Default()
	}
	config.MaxConns = int32(min(max(o.MaxConns, 0), 10_000)) // #nosec G115 -- bounded to 10,000 just here
	if config.MaxConns == 0 {
		config.MaxConns = int32(min(2*runtime.GOMAXPROCS(0), 10_000)) // #nosec G115 -- bounded just here
	}
	config.MaxConnLifetime = time.Hour
	config.MaxConnLifetimeJitter = 10 * time.Minute
	config.MaxConnIdleTime = 10 * time.Minute
	config.HealthCheckPeriod = 30 * time.Second
	config.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		pgxdecimal.Register(c.TypeMap())
		return nil
	}
	setConnDefaults(config.ConnConfig, log)
	return config, nil
}
