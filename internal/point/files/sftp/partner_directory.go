package sftp

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Partners is the Authenticator over the partners' logins in PostgreSQL.
func Partners(d *access.Directory) Authenticator { return directory{d} }

type directory struct{ *access.Directory }

// Password implements Authenticator.
func (d directory) Password(ctx context.Context, user, password string, _ net.Addr) (*Partner, error) {
	return known(d.PartnerByPassword(ctx, user, password))
}

// Key implements Authenticator. Keys are kept by their SHA-256 fingerprint.
func (d directory) Key(ctx context.Context, user string, key ssh.PublicKey, _ net.Addr) (*Partner, error) {
	return known(d.PartnerByKey(ctx, user, ssh.FingerprintSHA256(key)))
}

func known(p access.PartnerLogin, err error) (*Partner, error) {
	if errors.Is(err, access.ErrLogin) {
		return nil, ErrLogin
	}
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(p.ID)
	if err != nil {
		return nil, fmt.Errorf("partner %q: read its id: %w", p.Code, err)
	}
	return &Partner{ID: id, Code: p.Code, User: p.Login, Home: p.Home, Allowed: p.Networks}, nil
}
