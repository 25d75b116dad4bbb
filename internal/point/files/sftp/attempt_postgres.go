package sftp

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// NewPostgresAttempts returns Attempts that all nodes on a database share and that outlive them. Time is the database's.
func NewPostgresAttempts(pool *pgxpool.Pool, throttle Throttle) Attempts {
	return &postgresAttempts{pool: pool, throttle: throttle}
}

type postgresAttempts struct {
	pool     *pgxpool.Pool
	throttle Throttle

	mu     sync.Mutex
	purged time.Time // when this node last deleted what no longer matters
}

// Banned implements Attempts.
func (p *postgresAttempts) Banned(ctx context.Context, from netip.Addr, user string) (time.Time, error) {
	var until time.Time
	err := p.pool.QueryRow(ctx,
		`select banned_until from sftp_attempt where network = $1 and login = $2 and banned_until > now()`,
		network(from), user).Scan(&until)
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("look up the ban of SFTP user %q: %w", user, err)
	}
	return until, nil
}

// Failed implements Attempts. A try that comes after the window starts a new one; the last one allowed sets the ban.
func (p *postgresAttempts) Failed(ctx context.Context, from netip.Addr, user string) (until time.Time, brought bool, err error) {
	if err := p.purge(ctx); err != nil {
		return time.Time{}, false, err
	}
	var banned *time.Time
	err = p.pool.QueryRow(ctx, `
		insert into sftp_attempt as a (network, login, tries, since, banned_until)
		values ($1, $2, 1, now(), case when $3 <= 1 then now() + $5::interval end)
		on conflict (network, login) do update set
			tries = case when a.since > now() - $4::interval then a.tries + 1 else 1 end,
			since = case when a.since > now() - $4::interval then a.since else now() end,
			banned_until = case
				when a.banned_until > now() then a.banned_until
				when a.since > now() - $4::interval and a.tries + 1 >= $3 then now() + $5::interval
			end
		returning banned_until, coalesce(banned_until = now() + $5::interval, false)`,
		network(from), user, p.throttle.Tries, p.throttle.Window, p.throttle.Ban).Scan(&banned, &brought)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("count a failed login of SFTP user %q: %w", user, err)
	}
	if banned == nil {
		return time.Time{}, false, nil
	}
	return *banned, brought, nil
}

// Succeeded implements Attempts.
func (p *postgresAttempts) Succeeded(ctx context.Context, from netip.Addr, user string) error {
	_, err := p.pool.Exec(ctx, `delete from sftp_attempt where network = $1 and login = $2`, network(from), user)
	if err != nil {
		return fmt.Errorf("forget the failed logins of SFTP user %q: %w", user, err)
	}
	return nil
}

// purge deletes, once a window and node, the rows that no longer matter.
func (p *postgresAttempts) purge(ctx context.Context) error {
	p.mu.Lock()
	due := time.Since(p.purged) > p.throttle.Window
	if due {
		p.purged = time.Now()
	}
	p.mu.Unlock()
	if !due {
		return nil
	}
	_, err := p.pool.Exec(ctx,
		`delete from sftp_attempt where since < now() - $1::interval and coalesce(banned_until, since) < now()`, p.throttle.Window)
	if err != nil {
		return fmt.Errorf("delete old failed logins: %w", err)
	}
	return nil
}
