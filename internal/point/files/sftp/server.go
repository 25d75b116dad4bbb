// Package sftp is the SFTP server at which partners put and collect files, each locked into his own home.
package sftp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// Server is the SFTP server. Make it with New.
type Server struct {
	cfg       Config
	signers   []ssh.Signer
	verifying chan struct{}       // bounds password checks, which are costly on purpose
	greeting  *places[netip.Addr] // by network, before login
	seated    *places[string]     // by partner's code, after it
	now       func() time.Time
	crowded   atomic.Int64 // Unix time when it was last told that connections are turned away

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
	if cfg.Strict {
		signers = slices.DeleteFunc(signers, func(s ssh.Signer) bool { return nist(s.PublicKey().Type()) })
	}
	return &Server{
		cfg: cfg, signers: signers, now: time.Now,
		verifying: make(chan struct{}, 2*runtime.GOMAXPROCS(0)),
		greeting:  newPlaces[netip.Addr](maxGreeting, maxGreetingPerAddress),
		seated:    newPlaces[string](cfg.MaxSessions, cfg.MaxSessionsPerPartner),
		sessions:  map[*session]struct{}{},
	}, nil
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
