package sftp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

const maxUser = 64 // bytes of a user name; no partner has a longer one

// errRefused is all that a client learns of a refused login.
var errRefused = errors.New("login refused")

// partnerKey is where Permissions keep the partner. They belong to the credential that was verified last, which a field
// of the login would not (CVE-2024-45337: a client may offer one key after another and prove only one of them).
type partnerKey struct{}

// login is the authentication of one connection.
type login struct {
	server *Server
	ctx    context.Context // ends with the handshake
	remote net.Addr
	from   netip.Addr
	// keyCounted is set once a foreign key was counted as a failed try: clients offer all they have, one by one.
	keyCounted bool
}

// config makes the connection's settings, with this login's callbacks.
func (l *login) config() *ssh.ServerConfig {
	cfg := &ssh.ServerConfig{
		Config:                    transport(l.server.cfg.Strict),
		PublicKeyAuthAlgorithms:   loginKeys(),
		ServerVersion:             serverVersion,
		PasswordCallback:          l.password,
		PublicKeyCallback:         l.offeredKey,
		VerifiedPublicKeyCallback: l.provedKey,
	}
	for _, signer := range l.server.signers {
		cfg.AddHostKey(signer)
	}
	return cfg
}

// password checks a password.
func (l *login) password(meta ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
	started := time.Now()
	user := meta.User()
	partner, err := l.check(user, "password", func() (*Partner, error) {
		select {
		case l.server.verifying <- struct{}{}:
			defer func() { <-l.server.verifying }()
		case <-l.ctx.Done():
			return nil, l.ctx.Err()
		}
		return l.server.cfg.Authenticator.Password(l.ctx, user, string(password), l.remote)
	})
	if err == nil {
		err = l.accept(user, "password", partner)
	} else if errors.Is(err, ErrLogin) {
		err = l.count(user, "password")
	}
	return l.answer(partner, err, started)
}

// offeredKey answers whether a key would do. The client has not yet shown to own it.
func (l *login) offeredKey(meta ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	started := time.Now()
	user := meta.User()
	partner, err := l.check(user, "publickey", func() (*Partner, error) {
		if err := usable(key); err != nil {
			return nil, err
		}
		return l.server.cfg.Authenticator.Key(l.ctx, user, key, l.remote)
	})
	if errors.Is(err, ErrLogin) {
		err = errRefused
		if !l.keyCounted {
			l.keyCounted = true
			err = l.count(user, "publickey")
		}
	}
	return l.answer(partner, err, started)
}

// provedKey lets the partner in whose key was verified.
func (l *login) provedKey(meta ssh.ConnMetadata, _ ssh.PublicKey, permissions *ssh.Permissions, _ string) (*ssh.Permissions, error) {
	partner, ok := permissions.ExtraData[partnerKey{}].(*Partner)
	if !ok {
		return nil, errRefused
	}
	if err := l.accept(meta.User(), "publickey", partner); err != nil {
		return nil, err
	}
	return permissions, nil
}

// check asks for the partner unless logins are banned, and looks at where he comes from.
func (l *login) check(user, method string, verify func() (*Partner, error)) (*Partner, error) {
	if err := l.banned(short(user)); err != nil {
		return nil, err
	}
	if user != short(user) {
		return nil, ErrLogin // no partner is called that
	}
	partner, err := verify()
	if err != nil && !errors.Is(err, ErrLogin) {
		l.server.cfg.Log.Error("SFTP login not checked", "user", user, "remote", l.remote.String(), "error", err)
		return nil, errRefused
	}
	if err != nil {
		return nil, err
	}
	if !partner.allows(l.from) {
		l.audit(AuditEntry{Kind: AddressRefused, User: user, Partner: partner.Code, Method: method, Detail: "no allowed network holds this address"})
		return nil, ErrLogin
	}
	return partner, nil
}

// accept lets a verified partner in, unless a ban came meanwhile from tries at the same time.
func (l *login) accept(user, method string, partner *Partner) error {
	if err := l.banned(user); err != nil {
		return err
	}
	if err := l.server.cfg.Attempts.Succeeded(l.ctx, l.from, user); err != nil {
		l.server.cfg.Log.Error("SFTP login not counted", "user", user, "error", err)
		return errRefused
	}
	l.audit(AuditEntry{Kind: LoginAccepted, User: user, Partner: partner.Code, Method: method})
	return nil
}

// banned refuses, and tells so, while logins are banned. Who cannot be looked up is refused too.
func (l *login) banned(user string) error {
	until, err := l.server.cfg.Attempts.Banned(l.ctx, l.from, user)
	if err != nil {
		if l.ctx.Err() == nil { // else the client has gone, or the server stops
			l.server.cfg.Log.Error("SFTP ban not looked up", "user", user, "error", err)
		}
		return errRefused
	}
	return banned(until)
}

// count counts a failed try.
func (l *login) count(user, method string) error {
	user = short(user)
	until, brought, err := l.server.cfg.Attempts.Failed(l.ctx, l.from, user)
	if err != nil {
		l.server.cfg.Log.Error("SFTP login not counted", "user", user, "error", err)
	}
	if err := banned(until); err != nil {
		if !brought {
			return err
		}
		l.audit(AuditEntry{Kind: LoginBanned, User: user, Method: method, Detail: err.Error()})
		return err
	}
	l.audit(AuditEntry{Kind: LoginRefused, User: user, Method: method})
	return errRefused
}

// banned tells the client of a ban; whether there is such a user it does not tell.
func banned(until time.Time) error {
	if until.IsZero() {
		return nil
	}
	err := fmt.Errorf("%w: too many failed logins: banned until %s", errRefused, until.UTC().Format(time.RFC3339))
	return &ssh.BannerError{Err: err, Message: err.Error() + "\r\n"}
}

// answer gives permissions, or the refusal after a time that does not depend on what was wrong.
func (l *login) answer(partner *Partner, err error, started time.Time) (*ssh.Permissions, error) {
	if err == nil {
		return &ssh.Permissions{ExtraData: map[any]any{partnerKey{}: partner}}, nil
	}
	step := l.server.cfg.FailureDelay
	wait(l.ctx, step-time.Since(started)%step)
	return nil, err
}

func (l *login) audit(entry AuditEntry) {
	entry.Remote = l.remote.String()
	l.server.audit(l.ctx, entry)
}

// short makes of what a client calls itself something that can be stored and shown.
func short(user string) string {
	if len(user) > maxUser {
		user = user[:maxUser]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(user, "\x00", "?"), "?")
}
