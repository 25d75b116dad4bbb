package sftp

import (
	"context"
	"log/slog"
	"time"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

// Config is what a Server needs. Homes, Authenticator and HostKeys must be set; zero numbers take the default.
type Config struct {
	Homes         home.Homes
	Authenticator Authenticator
	HostKeys      HostKeys
	// Attempts counts failed logins; nodes that share a database share one. In memory if nil.
	Attempts Attempts
	// Observer learns what partners do with files; may be nil.
	Observer Observer
	// Audit learns who came, who was refused and why; may be nil. It must not block.
	Audit func(context.Context, AuditEntry)
	Log   *slog.Logger
	// Strict leaves out the curves of NIST, which auditors of SSH call weak: key exchanges and the ECDSA host key. Old
	// Java clients can then not connect.
	Strict bool

	HandshakeTimeout time.Duration // until a client is logged in; 30 s
	IdleTimeout      time.Duration // without any file operation; 5 min
	StopGrace        time.Duration // for open transfers when the server stops; 10 s
	// FailureDelay is the step to which the time of each refused login is rounded up, so that it does not tell an unknown
	// user from a wrong password; 100 ms.
	FailureDelay time.Duration

	MaxSessions           int   // logged in at once; 1,000
	MaxSessionsPerPartner int   // 50
	MaxOpenFiles          int   // of one session; 128
	MaxFileSize           int64 // bytes; 16 GiB
}

// Limits that nobody needs to set: connections that have not logged in, and channels of one connection.
const (
	maxGreeting           = 256
	maxGreetingPerAddress = 64
	maxChannels           = 10 // as OpenSSH's MaxSessions
)

func (c *Config) fillIn() {
	if c.Attempts == nil {
		c.Attempts = NewMemoryAttempts(DefaultThrottle(), time.Now)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	orDefault(&c.HandshakeTimeout, 30*time.Second)
	orDefault(&c.IdleTimeout, 5*time.Minute)
	orDefault(&c.StopGrace, 10*time.Second)
	orDefault(&c.FailureDelay, 100*time.Millisecond)
	orDefault(&c.MaxSessions, 1000)
	orDefault(&c.MaxSessionsPerPartner, 50)
	orDefault(&c.MaxOpenFiles, 128)
	orDefault(&c.MaxFileSize, 16<<30)
}

func orDefault[T comparable](value *T, usual T) {
	var zero T
	if *value == zero {
		*value = usual
	}
}
