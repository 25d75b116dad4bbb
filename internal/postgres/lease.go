package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	leaseTerm  = 3 * time.Second
	leaseRenew = time.Second
	// leaseRetry is how often a waiting node asks for a lease.
	leaseRetry = 500 * time.Millisecond
	// leaseGrace is how long before its end a holder that cannot renew gives up: his function has to
	// stop before another one starts.
	leaseGrace = 500 * time.Millisecond
)

// ErrLeaseLost is the cause with which the context of a lease's function ends when the lease could not
// be renewed.
var ErrLeaseLost = errors.New("the lease was lost")

// Lease is the right to do a job that one node at a time may do. It lasts three seconds, is renewed
// every second, and is reckoned by the database's clock alone.
type Lease struct {
	// Log takes changes of the holder and failures; nil means slog.Default().
	Log *slog.Logger

	pool         *pgxpool.Pool
	name, holder string
}

// NewLease prepares the lease called name for holder, who is shown to people (a node's name); two
// leases with the same holder are still two competitors.
func NewLease(pool *pgxpool.Pool, name, holder string) *Lease {
	return &Lease{pool: pool, name: name, holder: holder + " " + uuid.NewString()}
}

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
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		l.renew(held, end, token, asked)
	}()
	err = fn(held, token)
	lost := errors.Is(context.Cause(held), ErrLeaseLost)
	end(nil)
	<-renewed
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

func (l *Lease) log() *slog.Logger {
	if l.Log != nil {
		return l.Log
	}
	return slog.Default()
}
