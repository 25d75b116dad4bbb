package postgres

import (
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
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

// Leases are one node's leases; they share the connection on which they are renewed.
type Leases struct {
	pool     *pgxpool.Pool
	holder   string
	log      *slog.Logger
	renewals *renewals
}

// NewLeases prepares leases for holder, who is shown to people (a node's name); two Leases with the
// same holder are still two competitors. log takes changes of the holder and failures; nil means
// slog.Default().
func NewLeases(pool *pgxpool.Pool, holder string, log *slog.Logger) *Leases {
	if log == nil {
		log = slog.Default()
	}
	return &Leases{pool: pool, holder: holder + " " + uuid.NewString(), log: log, renewals: newRenewals(pool)}
}

// Lease prepares the lease called name.
func (ls *Leases) Lease(name string) *Lease {
	return &Lease{Log: ls.log, pool: ls.pool, name: name, holder: ls.holder, renewals: ls.renewals}
}

// Lease is the right to do a job that one node at a time may do. It lasts three seconds, is renewed
// every second, and is reckoned by the database's clock alone.
type Lease struct {
	// Log takes changes of the holder and failures; nil means slog.Default().
	Log *slog.Logger

	pool         *pgxpool.Pool
	name, holder string
	renewals     *renewals
}

// NewLease prepares a single lease; a node with many of them uses NewLeases, which spares connections.
func NewLease(pool *pgxpool.Pool, name, holder string) *Lease {
	return NewLeases(pool, holder, nil).Lease(name)
}

func (l *Lease) log() *slog.Logger {
	if l.Log != nil {
		return l.Log
	}
	return slog.Default()
}
