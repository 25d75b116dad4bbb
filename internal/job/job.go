// Package job runs work that must happen after a transaction committed: jobs are rows, inserted in the transaction that
// asks for them and worked by any node.
package job

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// Client inserts jobs and, once started, works them.
type Client = river.Client[pgx.Tx]

// Options tune a client; the zero value suits a server of two cores.
type Options struct {
	Workers *river.Workers // nil: a client that only inserts
	Running int            // jobs worked at once, 4 if 0
	Node    string         // tells the client from all others on the database; Revive knows it by that
	// PollOnly does without LISTEN, which a transaction pooler does not carry.
	PollOnly bool
	Log      *slog.Logger
}

// NewClient makes a client; Start it to work jobs.
func NewClient(pool *pgxpool.Pool, o Options) (*Client, error) {
	config := &river.Config{ID: o.Node, Logger: o.Log, PollOnly: o.PollOnly, JobTimeout: time.Minute}
	if o.Workers != nil {
		running := o.Running
		if running == 0 {
			running = 4
		}
		config.Workers = o.Workers
		config.FetchPollInterval = time.Second
		config.FetchCooldown = 50 * time.Millisecond
		config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: running}}
		config.ErrorHandler = &reporter{o.Log}
	}
	client, err := river.NewClient(riverpgxv5.New(pool), config)
	if err != nil {
		return nil, fmt.Errorf("setting up jobs: %w", err)
	}
	return client, nil
}

// reporter logs what jobs fail of; River tries them again with growing pauses.
type reporter struct{ log *slog.Logger }

func (r *reporter) HandleError(ctx context.Context, j *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	r.log.WarnContext(ctx, "job failed, it will be tried again", "job", j.Kind, "id", j.ID, "attempt", j.Attempt, "error", err)
	return nil
}

func (r *reporter) HandlePanic(ctx context.Context, j *rivertype.JobRow, v any, trace string) *river.ErrorHandlerResult {
	r.log.ErrorContext(ctx, "job panicked, it will be tried again", "job", j.Kind, "id", j.ID, "attempt", j.Attempt, "panic", v, "trace", trace)
	return nil
}
