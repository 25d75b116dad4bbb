package sftp

import (
	"context"
	"time"
)

// AuditKind is what an AuditEntry tells of.
type AuditKind string

// The kinds of audit entries.
const (
	LoginAccepted  AuditKind = "loginAccepted"
	LoginRefused   AuditKind = "loginRefused"   // unknown user, wrong password, unknown key
	LoginBanned    AuditKind = "loginBanned"    // this refusal brought a ban; what comes during it is not audited
	AddressRefused AuditKind = "addressRefused" // good login from a network that is not allowed
	LimitReached   AuditKind = "limitReached"   // too many sessions, or too many connections (told once a minute)
	PathRefused    AuditKind = "pathRefused"    // a link, or a name that could lead out of the home
	SessionEnded   AuditKind = "sessionEnded"
)

// AuditEntry is one line for the audit of logins. It never holds a password.
type AuditEntry struct {
	At      time.Time
	Kind    AuditKind
	User    string // as the client gave it, at most 64 bytes
	Partner string // code, once known
	Remote  string // host:port
	Method  string // password or publickey
	Detail  string
}

func (s *Server) audit(ctx context.Context, entry AuditEntry) {
	if s.cfg.Audit == nil {
		return
	}
	entry.At = s.now()
	s.cfg.Audit(context.WithoutCancel(ctx), entry)
}

// auditCrowd tells, at most once a minute, that connections are turned away: a flood must not flood the audit too.
func (s *Server) auditCrowd(ctx context.Context, remote string) {
	now := s.now().Unix()
	if last := s.crowded.Load(); now-last < 60 || !s.crowded.CompareAndSwap(last, now) {
		return
	}
	s.audit(ctx, AuditEntry{Kind: LimitReached, Remote: remote, Detail: "too many connections that have not logged in"})
}
