package channel

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

const (
	sweepEvery = time.Minute
	// brokenOff is how old an exchange without an end has to be to be that of a process that died: longer than any call may take.
	brokenOff = 5 * time.Minute
)

// sweepSQL looks by organization, since the ledger's index of states begins with it.
const sweepSQL = `update exchange e set status = 'refused', reason_code = 'broken_off', failed = 1, read = 1,
  reason = 'The process that was to record the end stopped before; what the outside system did is not known from this exchange.',
  finished_at = clock_timestamp(), updated_at = now(), revision = e.revision + 1
from organization o
where e.organization_id = o.id and e.status = 'processing' and e.point = 'module' and e.started_at < clock_timestamp() - $1::interval`

// Run ends, every minute, the exchanges whose process died before it could. Any number of nodes do so.
func (h *Host) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if n, err := h.sweep(ctx); err != nil && ctx.Err() == nil {
			h.Log.Warn("exchanges that broke off were not ended", "error", err)
		} else if n > 0 {
			h.Log.Warn("exchanges of modules broke off", "count", n)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (h *Host) sweep(ctx context.Context) (n int64, err error) {
	err = pgx.BeginFunc(ctx, h.DB, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sweepSQL, brokenOff)
		n = tag.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("end the exchanges that broke off: %w", err)
	}
	return n, nil
}
