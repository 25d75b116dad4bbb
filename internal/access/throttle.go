package access

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

// Throttle counts failed logins by address and name on all nodes and bans for a while whoever fails too often. Others, and
// the same name from elsewhere, do not suffer.
type Throttle struct {
	// Tries within Window bring a ban that lasts Ban.
	Tries       int
	Window, Ban time.Duration

	pool   *pgxpool.Pool
	mu     sync.Mutex
	purged time.Time
}

// NewThrottle bans for 15 minutes after 6 failed logins within a minute.
func NewThrottle(pool *pgxpool.Pool) *Throttle {
	return &Throttle{Tries: 6, Window: time.Minute, Ban: 15 * time.Minute, pool: pool}
}

// Banned tells until when logins are refused; the zero time if they are not.
func (t *Throttle) Banned(ctx context.Context, from netip.Addr, login string) (until time.Time, err error) {
	err = t.pool.QueryRow(ctx, `select banned_until from login_attempt where network = $1 and login = $2 and banned_until > now()`,
		neighbourhood(from), clipLogin(login)).Scan(&until)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return until, fmt.Errorf("look up the ban of a login: %w", err)
	}
	return until, nil
}

// Failed counts a failed login.
func (t *Throttle) Failed(ctx context.Context, from netip.Addr, login string) error {
	_, err := t.pool.Exec(ctx, `insert into login_attempt as a (network, login, tries, since) values ($1, $2, 1, now())
		on conflict (network, login) do update set
			tries = case when a.since > now() - $4::interval then a.tries + 1 else 1 end,
			since = case when a.since > now() - $4::interval then a.since else now() end,
			banned_until = case when a.since > now() - $4::interval and a.tries + 1 >= $3 then now() + $5::interval
				when a.banned_until > now() then a.banned_until end`,
		neighbourhood(from), clipLogin(login), t.Tries, t.Window, t.Ban)
	if err != nil {
		return fmt.Errorf("count a failed login: %w", err)
	}
	return t.purge(ctx)
}

// Succeeded forgets the failed logins.
func (t *Throttle) Succeeded(ctx context.Context, from netip.Addr, login string) error {
	_, err := t.pool.Exec(ctx, "delete from login_attempt where network = $1 and login = $2", neighbourhood(from), clipLogin(login))
	if err != nil {
		return fmt.Errorf("forget the failed logins: %w", err)
	}
	return nil
}

// purge deletes what no longer matters, once a window and node.
func (t *Throttle) purge(ctx context.Context) error {
	t.mu.Lock()
	due := time.Since(t.purged) > t.Window
	if due {
		t.purged = time.Now()
	}
	t.mu.Unlock()
	if !due {
		return nil
	}
	_, err := t.pool.Exec(ctx, `delete from login_attempt where since < now() - $1::interval and coalesce(banned_until, since) < now()`, t.Window)
	if err != nil {
		return fmt.Errorf("delete old failed logins: %w", err)
	}
	return nil
}

// clipLogin keeps a made-up name from filling the table.
func clipLogin(login string) string { return login[:min(len(login), 254)] }
