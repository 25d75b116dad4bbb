package hanse

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
)

// partnerLogin lets partners into the SFTP server by what the directory knows of them.
type partnerLogin struct{ directory *access.Directory }

func (l partnerLogin) Password(ctx context.Context, user, password string, _ net.Addr) (*sftp.Partner, error) {
	p, err := l.directory.PartnerByPassword(ctx, user, password)
	return known(p, err)
}

func (l partnerLogin) Key(ctx context.Context, user string, key ssh.PublicKey, _ net.Addr) (*sftp.Partner, error) {
	p, err := l.directory.PartnerByKey(ctx, user, ssh.FingerprintSHA256(key))
	return known(p, err)
}

func known(p access.PartnerLogin, err error) (*sftp.Partner, error) {
	switch {
	case errors.Is(err, access.ErrLogin):
		return nil, sftp.ErrLogin
	case err != nil:
		return nil, err
	}
	id, err := uuid.Parse(p.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the id of partner %s: %w", p.Code, err)
	}
	return &sftp.Partner{ID: id, Code: p.Code, User: p.Login, Home: p.Home, Allowed: []netip.Prefix(p.Networks)}, nil
}
