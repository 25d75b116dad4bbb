package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/point/files/filestest"
	"github.com/hanse-commerce/hanse/internal/postgres"
)

// merge is the baseline: COPY into a staging table and a merge by join, update first, then insert what is missing.
//
//go:embed merge.sql
var merge string

// merging measures psql.
func (b *bench) merging(ctx context.Context, url string) (f figures, err error) {
	pool, err := postgres.Open(ctx, url, postgres.PoolOptions{MaxConns: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return f, err
	}
	defer pool.Close()
	used, err := newUsage(ctx, pool)
	if err != nil {
		return f, err
	}
	for _, pass := range []struct {
		file string
		took *timing
	}{{b.file, &f.first}, {b.file, &f.unchanged}, {b.changed(), &f.tenth}} {
		cmd := exec.CommandContext(ctx, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", // #nosec G204 -- our own files
			"\\copy stage ("+filestest.Columns+") from '"+pass.file+"' with (format csv, header)")
		begun := time.Now()
		before, err := used.server()
		if err != nil {
			return f, err
		}
		if err := b.psql(ctx, url, "begin", "create unlogged table stage (n bigint generated always as identity, "+stageColumns+"); commit"); err != nil {
			return f, err
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return f, fmt.Errorf("psql: %w\n%s", err, out)
		}
		if err := b.psql(ctx, url, merge); err != nil {
			return f, err
		}
		after, err := used.server()
		if err != nil {
			return f, err
		}
		*pass.took = timing{time.Since(begun), after - before}
		if pass.took == &f.first {
			if err := analyze(ctx, pool); err != nil {
				return f, err
			}
		}
	}
	var n int
	if err := pool.QueryRow(ctx, "SELECT count(*) FROM product p JOIN price c ON c.product_id = p.id JOIN inventory_level l ON l.product_id = p.id").Scan(&n); err != nil || n != b.rows {
		return f, errors.Join(err, fmt.Errorf("the merge left %d rows, want %d", n, b.rows))
	}
	return f, nil
}

const stageColumns = `sku text, name text, name_de text, description text, category text, unit text, gtin text, brand text, weight numeric,
  price numeric, currency text, stock numeric`

func (b *bench) psql(ctx context.Context, url string, scripts ...string) error {
	args := []string{"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url}
	for _, s := range scripts {
		args = append(args, "-c", s)
	}
	if out, err := exec.CommandContext(ctx, "psql", args...).CombinedOutput(); err != nil { // #nosec G204 -- our own statements
		return fmt.Errorf("psql: %w\n%s", err, out)
	}
	return nil
}

// analyze does between the passes, on both sides and outside the measured time, what autovacuum does sooner or later.
func analyze(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, "VACUUM ANALYZE")
	return err
}

// measure runs one side on a database of its own.
func (b *bench) measure(ctx context.Context, side string) (f figures, err error) {
	admin, err := postgres.Open(ctx, b.cluster.URL("postgres"), postgres.PoolOptions{MaxConns: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return f, err
	}
	defer admin.Close()
	name := "bench_" + side
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)", "CREATE DATABASE " + name + " TEMPLATE " + template, "CHECKPOINT"} {
		if _, err := admin.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			return f, err
		}
	}
	if side == "hanse" {
		f, err = b.importing(ctx, b.cluster.URL(name))
	} else {
		f, err = b.merging(ctx, b.cluster.URL(name))
	}
	if !b.keep {
		_, dropped := admin.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)", pgx.QueryExecModeSimpleProtocol)
		err = errors.Join(err, dropped)
	}
	return f, err
}

// logPlans turns auto_explain on for all later connections.
func (b *bench) logPlans(ctx context.Context) error {
	admin, err := postgres.Open(ctx, b.cluster.URL("postgres"), postgres.PoolOptions{MaxConns: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer admin.Close()
	for _, sql := range []string{"LOAD 'auto_explain'", "ALTER SYSTEM SET session_preload_libraries = 'auto_explain'",
		fmt.Sprintf("ALTER SYSTEM SET auto_explain.log_min_duration = %d", b.plans.Milliseconds()), "ALTER SYSTEM SET auto_explain.log_analyze = on",
		"ALTER SYSTEM SET auto_explain.log_triggers = on", "SELECT pg_reload_conf()"} {
		if _, err := admin.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			return fmt.Errorf("turning auto_explain on: %w", err)
		}
	}
	return nil
}
