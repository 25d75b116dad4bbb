package sftp

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"net"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// byKey knows partners by their keys alone.
type byKey map[string]*Partner

func (b byKey) Password(context.Context, string, string, net.Addr) (*Partner, error) {
	return nil, ErrLogin
}

func (b byKey) Key(_ context.Context, _ string, key ssh.PublicKey, _ net.Addr) (*Partner, error) {
	if p, ok := b[string(key.Marshal())]; ok {
		return p, nil
	}
	return nil, ErrLogin
}

// user is what the callbacks get to know of a connection.
type user struct {
	ssh.ConnMetadata
	name string
}

func (u user) User() string { return u.name }

// CVE-2024-45337: who offers the key of another last, but has proved his own, is himself.
func TestOnlyTheProvedKeyCounts(t *testing.T) {
	known := byKey{}
	newKey := func(code string) ssh.PublicKey {
		public, _, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key, err := ssh.NewPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		known[string(key.Marshal())] = &Partner{Code: code}
		return key
	}
	own, foreign := newKey("OWN"), newKey("FOREIGN")
	var accepted []string
	cfg := Config{Authenticator: known, Audit: func(_ context.Context, e AuditEntry) { accepted = append(accepted, string(e.Kind)+" "+e.Partner) }}
	cfg.fillIn()
	l := &login{server: &Server{cfg: cfg, now: time.Now}, ctx: t.Context(), remote: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}
	meta := user{name: "u"}
	ownPermissions, err := l.offeredKey(meta, own)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.offeredKey(meta, foreign); err != nil {
		t.Fatal(err)
	}
	if len(accepted) != 0 {
		t.Errorf("an offer alone was audited: %v", accepted)
	}
	permissions, err := l.provedKey(meta, own, ownPermissions, ssh.KeyAlgoED25519)
	if err != nil {
		t.Fatal(err)
	}
	if p := permissions.ExtraData[partnerKey{}].(*Partner); p.Code != "OWN" || len(accepted) != 1 || accepted[0] != "loginAccepted OWN" {
		t.Errorf("let in as %s; audit %v", p.Code, accepted)
	}
}
