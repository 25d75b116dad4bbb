package sftp

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Throttle says how many failed logins of one user from one address bring a ban, and how long that is.
type Throttle struct {
	Tries  int
	Window time.Duration
	Ban    time.Duration
}

// DefaultThrottle is a ban of 15 minutes after 6 failed tries within a minute.
func DefaultThrottle() Throttle {
	return Throttle{Tries: 6, Window: time.Minute, Ban: 15 * time.Minute}
}

// Attempts counts failed logins by address and user, so that neither other partners nor the same partner from elsewhere
// suffer from an attack. An IPv6 address counts as its /64.
type Attempts interface {
	// Banned tells until when logins are refused, the zero time if they are not.
	Banned(ctx context.Context, from netip.Addr, user string) (time.Time, error)
	// Failed counts a failed try and tells until when logins are now refused, the zero time if they are not, and whether it
	// was this try that brought the ban: of several at the same time one does.
	Failed(ctx context.Context, from netip.Addr, user string) (until time.Time, brought bool, err error)
	// Succeeded forgets the failed tries.
	Succeeded(ctx context.Context, from netip.Addr, user string) error
}

// NewMemoryAttempts returns Attempts for a single node, lost at its end.
func NewMemoryAttempts(throttle Throttle, now func() time.Time) Attempts {
	return &memoryAttempts{throttle: throttle, now: now, tries: map[attemptKey]attempt{}}
}

type memoryAttempts struct {
	throttle Throttle
	now      func() time.Time

	mu     sync.Mutex
	tries  map[attemptKey]attempt
	purged time.Time
}

type attemptKey struct {
	from netip.Addr
	user string
}

type attempt struct {
	count  int
	since  time.Time // of the first try counted
	banned time.Time // until
}

// Banned implements Attempts.
func (m *memoryAttempts) Banned(_ context.Context, from netip.Addr, user string) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if until := m.tries[keyOf(from, user)].banned; m.now().Before(until) {
		return until, nil
	}
	return time.Time{}, nil
}

// Failed implements Attempts.
func (m *memoryAttempts) Failed(_ context.Context, from netip.Addr, user string) (until time.Time, brought bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, key := m.now(), keyOf(from, user)
	m.purge(now)
	a := m.tries[key]
	if now.Sub(a.since) >= m.throttle.Window {
		a = attempt{since: now, banned: a.banned}
	}
	a.count++
	if a.count >= m.throttle.Tries {
		brought = !now.Before(a.banned)
		a = attempt{banned: now.Add(m.throttle.Ban)}
	}
	m.tries[key] = a
	if now.Before(a.banned) {
		return a.banned, brought, nil
	}
	return time.Time{}, false, nil
}

// Succeeded implements Attempts.
func (m *memoryAttempts) Succeeded(_ context.Context, from netip.Addr, user string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.tries, keyOf(from, user))
	return nil
}

// purge forgets, once a window, what no longer matters.
func (m *memoryAttempts) purge(now time.Time) {
	if now.Sub(m.purged) < m.throttle.Window {
		return
	}
	m.purged = now
	for key, a := range m.tries {
		if now.Sub(a.since) >= m.throttle.Window && !now.Before(a.banned) {
			delete(m.tries, key)
		}
	}
}

func keyOf(from netip.Addr, user string) attemptKey {
	return attemptKey{from: network(from), user: user}
}

// network is what one attacker can move within: an IPv4 address, an IPv6 /64.
func network(from netip.Addr) netip.Addr {
	if !from.Is6() || from.Is4In6() {
		return from.Unmap()
	}
	prefix, err := from.Prefix(64)
	if err != nil {
		return from
	}
	return prefix.Addr()
}
