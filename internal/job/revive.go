package job

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

const (
	// reviveEvery is how often jobs of dead nodes are looked for.
	reviveEvery = time.Second
	// leasePrefix stands before a node's name in the lease by which it says that it lives.
	leasePrefix = "node/"
)

// A job is freed when the node that works it holds no lease any more, some four seconds behind its death, so that an order's
// file is there within five. One that has just begun is left alone: its node may not have said yet that it lives.
const reviveSQL = `UPDATE river_job SET state = 'available', scheduled_at = now()
WHERE state = 'running' AND attempted_at < now() - interval '3 seconds' AND NOT EXISTS (
  SELECT FROM lease WHERE name = $1 || attempted_by[array_upper(attempted_by, 1)] AND expires_at > clock_timestamp())`

const forgetSQL = `DELETE FROM lease WHERE starts_with(name, $1) AND expires_at < clock_timestamp() - interval '1 day'`

// Revive says, until ctx ends, that the node lives, and gives the jobs of nodes that were killed back to all others; River
// itself would wait for an hour. A node that is cut off from the database may be taken for dead: jobs can be worked twice.
func Revive(ctx context.Context, pool *pgxpool.Pool, node string, log *slog.Logger) error {
	lease := postgres.NewLease(pool, leasePrefix+node, node)
	lease.Log = log
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return lease.Keep(ctx, func(ctx context.Context, _ int64) error {
			<-ctx.Done()
			return ctx.Err()
		})
	})
	g.Go(func() error {
		tick := time.NewTicker(reviveEvery)
		defer tick.Stop()
		for {
			if err := revive(ctx, pool, log); err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "jobs of dead nodes cannot be looked for, trying again", "error", err)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-tick.C:
			}
		}
	})
	return g.Wait()
}

func revive(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger) error {
	tag, err := pool.Exec(ctx, reviveSQL, leasePrefix)
	if err != nil {
		return fmt.Errorf("freeing jobs of dead nodes: %w", err)
	}
	if tag.RowsAffected() > 0 {
		log.WarnContext(ctx, "jobs of a node that died are worked again", "jobs", tag.RowsAffected())
	}
	if _, err := pool.Exec(ctx, forgetSQL, leasePrefix); err != nil {
		return fmt.Errorf("forgetting dead nodes: %w", err)
	}
	return nil
}
