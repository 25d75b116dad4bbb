// Package sftp is the SFTP server at which partners put and collect files, each locked into his own home.
package sftp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

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

// Server is the SFTP server. Make it with New.
type Server struct {
	cfg       Config
	signers   []ssh.Signer
	verifying chan struct{}       // bounds password checks, which are costly on purpose
	greeting  *places[netip.Addr] // by network, before login
	seated    *places[string]     // by partner's code, after it
	now       func() time.Time

	mu       sync.Mutex
	sessions map[*session]struct{}
	running  sync.WaitGroup
}

// New checks the settings and loads the host keys, which are created at need.
func New(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Homes == nil || cfg.Authenticator == nil || cfg.HostKeys == nil {
		return nil, errors.New("set up SFTP server: homes, authenticator and host keys must be set")
	}
	cfg.fillIn()
	signers, err := cfg.HostKeys.Signers(ctx)
	if err != nil {
		return nil, fmt.Errorf("set up SFTP server: %w", err)
	}
	return &Server{
		cfg: cfg, signers: signers, now: time.Now,
		verifying: make(chan struct{}, 2*runtime.GOMAXPROCS(0)),
		greeting:  newPlaces[netip.Addr](maxGreeting, maxGreetingPerAddress),
		seated:    newPlaces[string](cfg.MaxSessions, cfg.MaxSessionsPerPartner),
		sessions:  map[*session]struct{}{},
	}, nil
}

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

// HostKeyLines returns the public host keys as lines of a known_hosts file without the host: "ssh-ed25519 AAAA…".
func (s *Server) HostKeyLines() []string {
	lines := make([]string, 0, len(s.signers))
	for _, signer := range s.signers {
		lines = append(lines, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))))
	}
	return lines
}

// Serve accepts connections until ctx ends. It then takes no new ones, lets open transfers finish within StopGrace, ends
// all sessions and returns nil.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	stopped := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stopped()
	// Sessions outlive ctx by the grace.
	sessions, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	err := s.accept(ctx, sessions, listener)
	s.drain()
	end()
	s.running.Wait()
	return err
}

func (s *Server) accept(ctx, sessions context.Context, listener net.Listener) error {
	const pause = 50 * time.Millisecond // when the system has no file descriptor left
	for {
		conn, err := listener.Accept()
		switch {
		case err == nil:
			s.running.Go(func() { s.welcome(sessions, conn) })
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accept SFTP connections: %w", err)
		default:
			s.cfg.Log.Error("SFTP connection not accepted", "error", err)
			wait(ctx, pause)
		}
	}
}

// drain ends sessions that transfer nothing, and all of them after the grace.
func (s *Server) drain() {
	const look = 20 * time.Millisecond
	deadline := time.Now().Add(s.cfg.StopGrace)
	for {
		left := 0
		late := time.Now().After(deadline)
		for _, session := range s.current() {
			if late || session.resting() {
				session.close()
			} else {
				left++
			}
		}
		if left == 0 {
			return
		}
		time.Sleep(look)
	}
}

func (s *Server) current() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*session, 0, len(s.sessions))
	for session := range s.sessions {
		all = append(all, session)
	}
	return all
}

// wait pauses, or returns at once when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
