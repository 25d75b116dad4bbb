package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

const (
	// migrateLock is the advisory lock under which one node migrates while others wait.
	migrateLock = 0x68616e7365 // "hanse"
	// lockTimeout bounds how long a migration may queue for a table, and with it every request
	// that would have to queue behind it.
	lockTimeout  = 3 * time.Second
	lockAttempts = 5
)

// Migrate brings the database to the newest state of all sources, of this package's own tables and
// of the job queue, and lets RequestRole at the tables. Nodes may call it at once: one works, the
// others wait for it. A migration that cannot have its lock within three seconds gives way to the
// running shop and is tried again, five times in all. Errors name the file; what was applied before
// stays applied. It needs a direct connection or a session pooler.
//
// A role that may not be created or granted is a warning in the log, not an error: see CheckRole.
func Migrate(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger, sources ...Source) error {
	if log == nil {
		log = slog.Default()
	}
	history, sources, err := readHistory(sources)
	if err != nil {
		return err
	}
	work, err := migrationPool(ctx, pool)
	if err != nil {
		return err
	}
	defer work.Close()
	unlock, err := lockMigrations(ctx, work)
	if err != nil {
		return err
	}
	defer unlock()
	if err := setDatabaseDefaults(ctx, work, log); err != nil {
		return err
	}
	if err := migrateRiver(ctx, work, log); err != nil {
		return err
	}
	roleErr := prepareRole(ctx, work)
	if err := migrateAreas(ctx, work, log, history); err != nil {
		return err
	}
	if roleErr == nil {
		roleErr = grantRole(ctx, work, sources)
	}
	var refused *RoleError
	if errors.As(roleErr, &refused) {
		log.Warn(refused.Error(), "advice", refused.Advice())
		return nil
	}
	return roleErr
}

func readHistory(sources []Source) (*merged, []Source, error) {
	first, err := own()
	if err != nil {
		return nil, nil, fmt.Errorf("read the migrations of postgres: %w", err)
	}
	all := append([]Source{first}, sources...)
	history, err := merge(all)
	return history, all, err
}

// migrationPool is a pool of its own for the migrations: they need a lock timeout on the session and
// must not wait for connections that requests hold.
func migrationPool(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Pool, error) {
	config := pool.Config()
	config.MaxConns, config.MinConns, config.MinIdleConns = 4, 0, 0
	config.ConnConfig.RuntimeParams["application_name"] = "hanse migrate"
	config.ConnConfig.RuntimeParams["lock_timeout"] = fmt.Sprint(lockTimeout.Milliseconds())
	work, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to migrate %s: %w", place(config.ConnConfig), err)
	}
	return work, nil
}

// lockMigrations waits until this node alone migrates. It asks again and again instead of queueing:
// a queued statement would hold a snapshot that CREATE INDEX CONCURRENTLY waits for.
func lockMigrations(ctx context.Context, work *pgxpool.Pool) (func(), error) {
	conn, err := work.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to migrate: %w", err)
	}
	for {
		var mine bool
		err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", int64(migrateLock)).Scan(&mine)
		if err == nil && mine {
			// Closing the session gives the lock back, whatever happened to it.
			return func() { _ = conn.Hijack().Close(context.WithoutCancel(ctx)) }, nil
		}
		if err == nil {
			err = pause(ctx, 50*time.Millisecond)
		}
		if err != nil {
			_ = conn.Hijack().Close(context.WithoutCancel(ctx))
			return nil, fmt.Errorf("wait for the other node that migrates: %w", err)
		}
	}
}

func migrateRiver(ctx context.Context, work *pgxpool.Pool, log *slog.Logger) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(work), &rivermigrate.Config{Logger: quiet(log)})
	if err != nil {
		return fmt.Errorf("prepare the job queue's migrations: %w", err)
	}
	result, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return fmt.Errorf("migrate the job queue's tables: %w", err)
	}
	for _, v := range result.Versions {
		log.Debug("migrated", "area", "river", "version", v.Version, "name", v.Name, "took", v.Duration)
	}
	return nil
}

func migrateAreas(ctx context.Context, work *pgxpool.Pool, log *slog.Logger, history *merged) error {
	db := stdlib.OpenDBFromPool(work)
	defer func() { _ = db.Close() }()
	provider, err := newProvider(db, history, log)
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		results, err := provider.Up(ctx)
		logResults(log, history, results)
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			logResults(log, history, partial.Applied)
		}
		if !lockMissed(err) || attempt == lockAttempts {
			return migrationError(history, err)
		}
		log.Warn("a migration gives way to running requests and tries again", "migration", failedFile(history, err), "attempt", attempt)
		if err := pause(ctx, time.Duration(attempt)*500*time.Millisecond); err != nil {
			return fmt.Errorf("migrate %s: %w", failedFile(history, err), err)
		}
	}
}

func logResults(log *slog.Logger, history *merged, results []*goose.MigrationResult) {
	for _, r := range results {
		m, _ := history.find(r.Source.Version)
		log.Info("migrated", "area", m.Area, "file", m.File, "took", r.Duration)
	}
}

func migrationError(history *merged, err error) error {
	if err == nil {
		return nil
	}
	var pg *pgconn.PgError
	hint := ""
	if errors.As(err, &pg) && pg.Hint != "" {
		hint = " (" + pg.Hint + ")"
	}
	if lockMissed(err) {
		hint = " (a long transaction holds the table: end it, then migrate again)"
	}
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		return fmt.Errorf("migrate %s: %w%s", failedFile(history, err), partial.Err, hint)
	}
	return fmt.Errorf("migrate: %w%s", err, hint)
}

func failedFile(history *merged, err error) string {
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		if m, ok := history.find(partial.Failed.Source.Version); ok {
			return m.String()
		}
	}
	return "the history"
}

func lockMissed(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "55P03"
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
