package sftp

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	wire "github.com/pkg/sftp"
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

// welcome leads a connection from its first byte to its end.
func (s *Server) welcome(ctx context.Context, raw net.Conn) {
	defer raw.Close()
	remote := raw.RemoteAddr()
	leave, ok := s.greeting.take(network(address(remote)))
	defer leave()
	if !ok {
		s.audit(ctx, AuditEntry{Kind: LimitReached, Remote: remote.String(), Detail: "too many connections that have not logged in"})
		return
	}
	conn, channels, requests, err := s.handshake(ctx, raw)
	if err != nil {
		s.cfg.Log.Debug("SFTP handshake failed", "remote", remote.String(), "error", err)
		return
	}
	leave()
	defer conn.Close()
	go ssh.DiscardRequests(requests) // forwarding is refused, keep-alives are answered
	partner, ok := conn.Permissions.ExtraData[partnerKey{}].(*Partner)
	if !ok {
		return
	}
	free, ok := s.seated.take(partner.Code)
	defer free()
	if !ok {
		s.audit(ctx, AuditEntry{Kind: LimitReached, User: conn.User(), Partner: partner.Code, Remote: remote.String(), Detail: "too many sessions"})
		return
	}
	s.host(ctx, partner, conn, channels)
}

// handshake agrees on keys and logs the client in, within the time set.
func (s *Server) handshake(ctx context.Context, raw net.Conn) (*ssh.ServerConn, <-chan ssh.NewChannel, <-chan *ssh.Request, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.HandshakeTimeout)
	defer cancel()
	// Closing rather than a deadline: it also ends what writes.
	late := context.AfterFunc(ctx, func() { _ = raw.Close() })
	remote := raw.RemoteAddr()
	l := &login{server: s, ctx: ctx, remote: remote, from: address(remote)}
	conn, channels, requests, err := ssh.NewServerConn(raw, l.config())
	if !late() && err == nil {
		_ = conn.Close()
		err = context.Cause(ctx)
	}
	return conn, channels, requests, err
}

// host serves a partner until he leaves, is idle too long, or the server stops.
func (s *Server) host(ctx context.Context, partner *Partner, conn *ssh.ServerConn, channels <-chan ssh.NewChannel) {
	h, err := s.cfg.Homes.Open(ctx, partner.Home)
	if err != nil {
		s.cfg.Log.Error("SFTP home not opened", "partner", partner.Code, "error", err)
		return
	}
	defer h.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	session := &session{
		server: s, ctx: ctx, partner: partner, remote: conn.RemoteAddr(), conn: conn,
		guest: home.Visit(h), start: time.Now(),
	}
	s.enter(session)
	defer s.leave(session)
	context.AfterFunc(ctx, session.close)
	var serving sync.WaitGroup
	serving.Go(session.watchIdle)
	for offered := range session.sessionsOnly(channels) {
		channel, requests, err := offered.Accept()
		if err != nil {
			break
		}
		session.channels.Add(1)
		serving.Go(func() {
			defer session.channels.Add(-1)
			session.serve(channel, requests)
		})
	}
	cancel()
	serving.Wait()
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

func (s *Server) audit(ctx context.Context, entry AuditEntry) {
	if s.cfg.Audit == nil {
		return
	}
	entry.At = s.now()
	s.cfg.Audit(context.WithoutCancel(ctx), entry)
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

// sessionsOnly passes on the channels that may carry SFTP and refuses the others: forwarded ports, agents, X11.
func (c *session) sessionsOnly(channels <-chan ssh.NewChannel) func(yield func(ssh.NewChannel) bool) {
	return func(yield func(ssh.NewChannel) bool) {
		for offered := range channels {
			if offered.ChannelType() != "session" {
				_ = offered.Reject(ssh.Prohibited, "only the sftp subsystem is served") // the connection's end shows
				continue
			}
			if c.channels.Load() >= maxChannels {
				_ = offered.Reject(ssh.ResourceShortage, "too many channels")
				continue
			}
			if !yield(offered) {
				return
			}
		}
	}
}

// serve answers the requests of one channel: one of the subsystem sftp is granted, all else is refused (shell, exec, pty,
// env, agent forwarding; RFC 4254 section 6).
func (c *session) serve(channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	var serving sync.WaitGroup
	started := false
	for request := range requests {
		granted := !started && isSFTP(request)
		if request.WantReply {
			if err := request.Reply(granted, nil); err != nil {
				break
			}
		}
		if granted {
			started = true
			serving.Go(func() { c.transfer(channel) })
		}
	}
	serving.Wait()
}

func isSFTP(request *ssh.Request) bool {
	var subsystem struct{ Name string }
	return request.Type == "subsystem" && ssh.Unmarshal(request.Payload, &subsystem) == nil && subsystem.Name == "sftp"
}

// transfer speaks SFTP on a channel until the client ends it.
func (c *session) transfer(channel ssh.Channel) {
	defer channel.Close()
	h := &handler{session: c}
	server := wire.NewRequestServer(&watched{Channel: channel, session: c},
		wire.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h}, wire.WithRSAllocator())
	err := server.Serve()
	c.server.cfg.Log.Debug("SFTP channel ended", "partner", c.partner.Code, "error", err)
	_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{0})) // the client may be gone
}

// watched notes each packet of a channel.
type watched struct {
	ssh.Channel
	session *session
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Channel.Read(p)
	w.session.touch()
	return n, err
}

// Write implements io.Writer.
func (w *watched) Write(p []byte) (int, error) {
	n, err := w.Channel.Write(p)
	w.session.touch()
	return n, err
}
