package sftp

import (
	"context"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

// welcome leads a connection from its first byte to its end.
func (s *Server) welcome(ctx context.Context, raw net.Conn) {
	defer raw.Close()
	remote := raw.RemoteAddr()
	leave, ok := s.greeting.take(network(address(remote)))
	defer leave()
	if !ok {
		s.auditCrowd(ctx, remote.String())
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
