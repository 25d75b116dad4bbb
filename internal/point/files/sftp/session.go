package sftp

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

// restTime is how long a session without open files must have been quiet to count as resting: an upload under a temporary
// name is followed by its rename.
const restTime = time.Second

// session is one connection of a partner that has logged in.
type session struct {
	server  *Server
	ctx     context.Context
	partner *Partner
	remote  net.Addr
	conn    ssh.Conn
	guest   home.Guest

	channels atomic.Int64
	open     atomic.Int64 // files
	active   atomic.Int64 // time of the last operation, in nanoseconds since start
	start    time.Time
}

func (s *Server) enter(session *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[session] = struct{}{}
}

func (s *Server) leave(session *session) {
	s.mu.Lock()
	delete(s.sessions, session)
	s.mu.Unlock()
	s.audit(session.ctx, AuditEntry{
		Kind: SessionEnded, User: session.conn.User(), Partner: session.partner.Code, Remote: session.remote.String(),
		Detail: "after " + time.Since(session.start).Round(time.Second).String(),
	})
}

// watchIdle closes the session when there was no file operation for the idle time. Keep-alives do not count.
func (c *session) watchIdle() {
	limit := c.server.cfg.IdleTimeout
	for c.ctx.Err() == nil {
		left := limit - c.quiet()
		if left <= 0 {
			c.server.cfg.Log.Info("SFTP session idle, closed", "partner", c.partner.Code, "remote", c.remote.String())
			c.close()
			return
		}
		wait(c.ctx, left)
	}
}

func (c *session) touch()               { c.active.Store(int64(time.Since(c.start))) }
func (c *session) quiet() time.Duration { return time.Since(c.start) - time.Duration(c.active.Load()) }
func (c *session) resting() bool        { return c.open.Load() == 0 && c.quiet() > restTime }
func (c *session) close()               { _ = c.conn.Close() }
