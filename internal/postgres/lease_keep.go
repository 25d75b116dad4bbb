package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Keep waits for the lease and runs fn while it is held. The context of fn ends, with ErrLeaseLost as
// cause, in time before another holder can start; fn must then return. token is the fencing token:
// fn passes it to CheckFence in each of its transactions. After a loss or an error of fn, which is
// logged, Keep waits for the lease again; it returns nil when fn returned nil, and ctx's error when
// ctx ended. The lease is given back at once in both cases.
func (l *Lease) Keep(ctx context.Context, fn func(ctx context.Context, token int64) error) error {
	for {
		err := l.keepOnce(ctx, fn)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errLeaseTaken):
			err = pause(ctx, leaseRetry)
		default:
			l.log().Warn("lease: "+err.Error(), "lease", l.name)
			err = pause(ctx, leaseRenew)
		}
		if err != nil {
			return err
		}
	}
}

// errLeaseTaken says that another holder has the lease: no failure, only a reason to wait.
var errLeaseTaken = errors.New("another holder has the lease")

func (l *Lease) keepOnce(ctx context.Context, fn func(ctx context.Context, token int64) error) error {
	asked := time.Now()
	token, err := l.acquire(ctx)
	if err != nil {
		return err
	}
	l.log().Debug("lease acquired", "lease", l.name, "token", token)
	held, end := context.WithCancelCause(ctx)
	l.renewals.enter()
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		l.renew(held, end, token, asked)
	}()
	err = fn(held, token)
	lost := errors.Is(context.Cause(held), ErrLeaseLost)
	end(nil)
	<-renewed
	l.renewals.leave(ctx)
	l.release(ctx, token)
	switch {
	case lost:
		return fmt.Errorf("%s: %w", l.name, ErrLeaseLost)
	case err != nil:
		return fmt.Errorf("%s: %w", l.name, err)
	}
	return nil
}

// acquire takes the lease if it is free. A row whose holder still has a transaction open that checked
// the fence is skipped: that transaction may yet commit.
func (l *Lease) acquire(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, leaseTerm-leaseGrace)
	defer cancel()
	var token int64
	err := l.pool.QueryRow(ctx, `
		with ended as (
			select name from lease where name = $1 and expires_at <= clock_timestamp() for update skip locked
		), taken as (
			update lease set holder = $2, token = token + 1, expires_at = clock_timestamp() + $3::interval
			where name in (select name from ended) returning token
		), made as (
			insert into lease (name, holder, token, expires_at)
			select $1, $2, 1, clock_timestamp() + $3::interval where not exists (select from lease where name = $1)
			on conflict do nothing returning token
		)
		select token from taken union all select token from made`, l.name, l.holder, leaseTerm).Scan(&token)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, errLeaseTaken
	}
	if err != nil {
		return 0, fmt.Errorf("ask for lease %s: %w", l.name, err)
	}
	return token, nil
}

// release ends the lease now, so that a waiting node need not sit out its term. It works after ctx
// has ended; a failure is harmless.
func (l *Lease) release(ctx context.Context, token int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseRenew)
	defer cancel()
	_, err := l.pool.Exec(ctx, `update lease set expires_at = clock_timestamp()
		where name = $1 and holder = $2 and token = $3 and expires_at > clock_timestamp()`, l.name, l.holder, token)
	if err != nil {
		l.log().Debug("lease not given back, it ends by itself", "lease", l.name, "error", err)
	}
}
