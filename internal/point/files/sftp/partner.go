package sftp

import (
	"context"
	"errors"
	"net"
	"net/netip"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"
)

// Partner is a third party that has logged in.
type Partner struct {
	ID   uuid.UUID
	Code string // its natural key, as it stands in exchanges
	User string // its SFTP login
	Home string // name of its home
	// Allowed are the networks it may come from; empty means any.
	Allowed []netip.Prefix
}

// allows reports whether the partner may come from an address.
func (p *Partner) allows(addr netip.Addr) bool {
	for _, network := range p.Allowed {
		if network.Contains(addr) {
			return true
		}
	}
	return len(p.Allowed) == 0
}

// ErrLogin is the answer of an Authenticator to an unknown user, a wrong password or a key that is not the partner's. Any
// other error is an outage: the login is refused, but not counted as a failed try.
var ErrLogin = errors.New("unknown user, wrong password or unknown key")

// Authenticator knows the partners. The address a client comes from is checked by the server.
type Authenticator interface {
	// Password returns the partner with that user and password. It must do the same work for an unknown user (compare
	// with some hash) as for a known one; the server evens out what little remains.
	Password(ctx context.Context, user, password string, remote net.Addr) (*Partner, error)
	// Key returns the partner that has the key. It is asked for each key that a client offers, before the client has
	// shown to own it, and must change nothing.
	Key(ctx context.Context, user string, key ssh.PublicKey, remote net.Addr) (*Partner, error)
}

// address is the IP address of a connection, an IPv4 one in its short form; invalid if there is none.
func address(remote net.Addr) netip.Addr {
	if tcp, ok := remote.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
