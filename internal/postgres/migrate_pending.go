package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// Pending lists the migrations that the database still lacks, oldest first; those of the job queue
// stand under the area "river". It changes nothing.
func Pending(ctx context.Context, pool *pgxpool.Pool, sources ...Source) ([]Migration, error) {
	history, _, err := readHistory(sources)
	if err != nil {
		return nil, err
	}
	applied, err := appliedVersions(ctx, pool)
	if err != nil {
		return nil, err
	}
	pending, err := pendingRiver(ctx, pool)
	if err != nil {
		return nil, err
	}
	for _, m := range history.order {
		if !applied[m.Version] {
			pending = append(pending, m)
		}
	}
	return pending, nil
}

func appliedVersions(ctx context.Context, pool *pgxpool.Pool) (map[int64]bool, error) {
	applied := map[int64]bool{}
	var exists bool
	err := pool.QueryRow(ctx, "select to_regclass($1) is not null", goose.DefaultTablename).Scan(&exists)
	if err != nil {
		return nil, fmt.Errorf("look for the history of migrations: %w", err)
	}
	if !exists {
		return applied, nil
	}
	rows, err := pool.Query(ctx, `select distinct on (version_id) version_id, is_applied
		from goose_db_version order by version_id, id desc`)
	if err != nil {
		return nil, fmt.Errorf("read the history of migrations: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var version int64
		var is bool
		if err := rows.Scan(&version, &is); err != nil {
			return nil, fmt.Errorf("read the history of migrations: %w", err)
		}
		applied[version] = is
	}
	return applied, rows.Err()
}

func pendingRiver(ctx context.Context, pool *pgxpool.Pool) ([]Migration, error) {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("prepare the job queue's migrations: %w", err)
	}
	existing, err := migrator.ExistingVersions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the job queue's migrations: %w", err)
	}
	applied := map[int]bool{}
	for _, v := range existing {
		applied[v.Version] = true
	}
	var pending []Migration
	for _, v := range migrator.AllVersions() {
		if !applied[v.Version] {
			pending = append(pending, Migration{Version: int64(v.Version), Area: "river", File: v.Name})
		}
	}
	return pending, nil
}

func newProvider(db *sql.DB, history *merged, log *slog.Logger) (*goose.Provider, error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, history,
		goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true), goose.WithSlog(quiet(log)))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}
