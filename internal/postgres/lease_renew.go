package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// renew prolongs the lease every second until ctx ends, and ends ctx itself with ErrLeaseLost when
// the lease went to somebody else or its term comes to an end unrenewed. It has a connection of its
// own: a pool that requests have emptied must not cost the lease.
func (l *Lease) renew(ctx context.Context, end context.CancelCauseFunc, token int64, asked time.Time) {
	var conn *pgx.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close(context.WithoutCancel(ctx))
		}
	}()
	wait := leaseRenew
	for {
		last := asked.Add(leaseTerm - leaseGrace)
		if err := pause(ctx, min(wait, time.Until(last))); err != nil {
			return
		}
		if !time.Now().Before(last) {
			end(ErrLeaseLost)
			return
		}
		begun := time.Now()
		ours, err := l.prolong(ctx, last, &conn, token)
		switch {
		case err == nil && ours:
			asked, wait = begun, leaseRenew
		case err == nil:
			end(ErrLeaseLost)
			return
		case ctx.Err() == nil:
			l.log().Warn("lease not renewed, trying again", "lease", l.name, "error", err)
			wait = leaseRenew / 5
		}
	}
}

// prolong renews once and says whether the lease is still ours. A broken connection is replaced at
// the next call.
func (l *Lease) prolong(ctx context.Context, last time.Time, conn **pgx.Conn, token int64) (ours bool, err error) {
	ctx, cancel := context.WithDeadline(ctx, last)
	defer cancel()
	if *conn == nil || (*conn).IsClosed() {
		config := l.pool.Config().ConnConfig
		config.RuntimeParams["application_name"] = "hanse lease"
		if *conn, err = pgx.ConnectConfig(ctx, config); err != nil {
			return false, fmt.Errorf("connect to renew lease %s: %w", l.name, err)
		}
	}
	tag, err := (*conn).Exec(ctx, `update lease set expires_at = clock_timestamp() + $4::interval
		where name = $1 and holder = $2 and token = $3`, l.name, l.holder, token, leaseTerm)
	if err != nil {
		return false, fmt.Errorf("renew lease %s: %w", l.name, err)
	}
	return tag.RowsAffected() == 1, nil
}
