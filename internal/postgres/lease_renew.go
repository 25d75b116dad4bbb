package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// renew prolongs the lease every second until ctx ends, and ends ctx itself with ErrLeaseLost when
// the lease went to somebody else or its term comes to an end unrenewed.
func (l *Lease) renew(ctx context.Context, end context.CancelCauseFunc, token int64, asked time.Time) {
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
		ours, err := l.renewals.prolong(ctx, last, l.name, l.holder, token)
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

// renewals is the connection on which all leases of a Leases are renewed. It is none of the pool's: a
// pool that requests have emptied must not cost a lease.
type renewals struct {
	pool *pgxpool.Pool
	// turn holds one value while nobody uses conn.
	turn    chan struct{}
	conn    *pgx.Conn
	holders int
}

func newRenewals(pool *pgxpool.Pool) *renewals {
	r := &renewals{pool: pool, turn: make(chan struct{}, 1)}
	r.turn <- struct{}{}
	return r
}

// enter and leave count the leases held; the connection is closed with the last one.
func (r *renewals) enter() {
	<-r.turn
	r.holders++
	r.turn <- struct{}{}
}

func (r *renewals) leave(ctx context.Context) {
	<-r.turn
	r.holders--
	if r.holders == 0 && r.conn != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseRenew)
		_ = r.conn.Close(ctx)
		cancel()
		r.conn = nil
	}
	r.turn <- struct{}{}
}

// prolong renews once, if it can be done before last, and says whether the lease is still the
// holder's. A broken connection is replaced at the next call.
func (r *renewals) prolong(ctx context.Context, last time.Time, name, holder string, token int64) (ours bool, err error) {
	ctx, cancel := context.WithDeadline(ctx, last)
	defer cancel()
	select {
	case <-r.turn:
		defer func() { r.turn <- struct{}{} }()
	case <-ctx.Done():
		return false, fmt.Errorf("renew lease %s: the connection is busy: %w", name, ctx.Err())
	}
	if r.conn == nil || r.conn.IsClosed() {
		config := r.pool.Config().ConnConfig
		config.RuntimeParams["application_name"] = "hanse lease"
		if r.conn, err = pgx.ConnectConfig(ctx, config); err != nil {
			return false, fmt.Errorf("connect to renew lease %s: %w", name, err)
		}
	}
	// A renewal need not survive a crash of the server, so it does not wait for the disk: a lease that
	// ends early is safe, its token does not change.
	tag, err := r.conn.Exec(ctx, `update lease set expires_at = clock_timestamp() + $4::interval
		where name = $1 and holder = $2 and token = $3 and (select set_config('synchronous_commit', 'off', true)) = 'off'`,
		name, holder, token, leaseTerm)
	if err != nil {
		return false, fmt.Errorf("renew lease %s: %w", name, err)
	}
	return tag.RowsAffected() == 1, nil
}
