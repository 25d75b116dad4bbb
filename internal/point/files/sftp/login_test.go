package sftp_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
)

func TestBadLoginsAreThrottled(t *testing.T) {
	p := open(t)
	for range 16 {
		if _, err := p.dial(t, "acme", "guess"); err == nil {
			t.Fatal("a guess was let in")
		}
	}
	if _, err := p.dial(t, "acme", password); err == nil {
		t.Error("the right password was let in during the ban")
	}
	if p.partners.asked != 6 {
		t.Errorf("%d passwords were looked at, want 6", p.partners.asked)
	}
	if _, err := p.dial(t, "other", password); err != nil {
		t.Errorf("another partner suffers: %v", err)
	}
	kinds := p.auditKinds()
	if n := count(kinds, sftp.LoginRefused); n != 5 {
		t.Errorf("%d refusals audited, want 5", n)
	}
	if n := count(kinds, sftp.LoginBanned); n != 1 {
		t.Errorf("%d bans audited, want 1", n)
	}
	p.advance(15*time.Minute - time.Second)
	if _, err := p.dial(t, "acme", password); err == nil {
		t.Error("let in a second before the ban ended")
	}
	p.advance(2 * time.Second)
	if _, err := p.dial(t, "acme", password); err != nil {
		t.Errorf("refused after the ban: %v", err)
	}
}

func count[T comparable](all []T, one T) (n int) {
	for _, each := range all {
		if each == one {
			n++
		}
	}
	return n
}

func TestGuessesAtTheSameTimeBringNoMore(t *testing.T) {
	p := open(t)
	var guessing sync.WaitGroup
	for range 30 {
		guessing.Go(func() {
			if _, err := ssh.Dial("tcp", p.addr, &ssh.ClientConfig{
				User: "acme", Auth: []ssh.AuthMethod{ssh.Password("guess")}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), //#nosec G106 -- a test
			}); err == nil {
				t.Error("a guess was let in")
			}
		})
	}
	guessing.Wait()
	if _, err := p.dial(t, "acme", password); err == nil {
		t.Error("the right password was let in during the ban")
	}
}

func TestFewBadLoginsAreForgiven(t *testing.T) {
	p := open(t)
	for range 3 {
		for range 5 {
			p.dial(t, "acme", "guess")
		}
		if _, err := p.dial(t, "acme", password); err != nil {
			t.Fatalf("five typing errors brought a ban: %v", err)
		}
	}
	for range 3 {
		for range 5 {
			p.dial(t, "acme", "guess")
		}
		p.advance(time.Minute)
	}
	if _, err := p.dial(t, "acme", password); err != nil {
		t.Errorf("five bad logins a minute brought a ban: %v", err)
	}
}

func TestTheBanIsTold(t *testing.T) {
	p := open(t)
	told := ""
	for range 7 {
		_, err := ssh.Dial("tcp", p.addr, &ssh.ClientConfig{
			User: "acme", Auth: []ssh.AuthMethod{ssh.Password("guess")}, HostKeyCallback: p.knows(t),
			BannerCallback: func(message string) error { told = message; return nil },
		})
		if err == nil {
			t.Fatal("a guess was let in")
		}
	}
	if want := "banned until 2026-11-24T06:45:00Z"; !strings.Contains(told, want) {
		t.Errorf("told %q, want %q in it", told, want)
	}
}

func TestAddressesAreChecked(t *testing.T) {
	p := open(t)
	p.only("acme", "192.0.2.0/24")
	p.only("other", "127.0.0.0/8")
	if _, err := p.dial(t, "acme", password); err == nil {
		t.Error("let in by password from a foreign network")
	}
	if _, err := p.dial(t, "other", password); err != nil {
		t.Errorf("refused from his own network: %v", err)
	}
	if _, err := p.dialKey(t, "acme", p.key(t, "acme")); err == nil {
		t.Error("let in by key from a foreign network")
	}
	if n := count(p.auditKinds(), sftp.AddressRefused); n != 2 {
		t.Errorf("%d refusals audited, want 2", n)
	}
}

// dialKey logs in with a Go client by keys, offered in turn.
func (p *port) dialKey(t *testing.T, user string, keys ...any) (*ssh.Client, error) {
	t.Helper()
	var signers []ssh.Signer
	for _, key := range keys {
		signer, err := ssh.NewSignerFromKey(key)
		if err != nil {
			t.Fatal(err)
		}
		signers = append(signers, signer)
	}
	client, err := ssh.Dial("tcp", p.addr, &ssh.ClientConfig{User: user, Auth: []ssh.AuthMethod{ssh.PublicKeys(signers...)}, HostKeyCallback: p.knows(t)})
	if err == nil {
		t.Cleanup(func() { client.Close() })
	}
	return client, err
}

func TestKeysAreThePartnersOwn(t *testing.T) {
	p := open(t)
	mine, theirs := p.key(t, "acme"), p.key(t, "other")
	if _, err := p.dialKey(t, "acme", theirs); err == nil {
		t.Error("let in by another partner's key")
	}
	if _, err := p.dialKey(t, "acme", theirs, theirs, mine); err != nil {
		t.Errorf("refused though the third key was good: %v", err)
	}
	if n := count(p.auditKinds(), sftp.LoginRefused); n != 2 {
		t.Errorf("%d tries counted, want one for each connection", n)
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(weak)
	if err != nil {
		t.Fatal(err)
	}
	p.partners.keys[string(signer.PublicKey().Marshal())] = "acme"
	if _, err := p.dialKey(t, "acme", weak); err == nil {
		t.Error("let in by an RSA key of 1,024 bits")
	}
}

func TestUnknownUsersTakeAsLong(t *testing.T) {
	p := open(t, func(c *sftp.Config) { c.FailureDelay = 50 * time.Millisecond })
	for _, user := range []string{"acme", "nobody", strings.Repeat("x", 10_000)} {
		started := time.Now()
		if _, err := p.dial(t, user, "guess"); err == nil {
			t.Fatal("a guess was let in")
		}
		if took := time.Since(started); took < 50*time.Millisecond {
			t.Errorf("user %.10s was refused after %v already", user, took)
		}
	}
	for _, e := range p.audits {
		if len(e.User) > 64 {
			t.Errorf("a user of %d bytes was audited", len(e.User))
		}
	}
}

func TestAttemptsInMemory(t *testing.T) {
	now := time.Date(2026, 11, 24, 6, 30, 0, 0, time.UTC)
	testAttempts(t, sftp.NewMemoryAttempts(sftp.DefaultThrottle(), func() time.Time { return now }), func(d time.Duration) { now = now.Add(d) })
}

// testAttempts is what all implementations of Attempts must do; pass lets time pass for them.
func testAttempts(t *testing.T, a sftp.Attempts, pass func(time.Duration)) {
	ctx := t.Context()
	from, near, far := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::ffff"), netip.MustParseAddr("192.0.2.1")
	fail := func(from netip.Addr, user string) bool {
		until, _, err := a.Failed(ctx, from, user)
		if err != nil {
			t.Fatal(err)
		}
		return !until.IsZero()
	}
	banned := func(from netip.Addr, user string) bool {
		until, err := a.Banned(ctx, from, user)
		if err != nil {
			t.Fatal(err)
		}
		return !until.IsZero()
	}
	for i := range 6 {
		if banned(from, "u") {
			t.Fatalf("banned after %d tries", i)
		}
		if got, want := fail([]netip.Addr{from, near}[i%2], "u"), i == 5; got != want {
			t.Errorf("try %d: banned %v", i+1, got)
		}
	}
	if !banned(from, "u") || !banned(near, "u") || banned(far, "u") || banned(from, "v") {
		t.Error("the ban holds for the wrong ones")
	}
	pass(14 * time.Minute)
	if !banned(from, "u") {
		t.Error("the ban ended early")
	}
	pass(2 * time.Minute)
	if banned(from, "u") || fail(from, "u") {
		t.Error("the ban did not end")
	}
	for range 4 {
		fail(from, "u")
	}
	if err := a.Succeeded(ctx, from, "u"); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if fail(from, "u") {
			t.Errorf("banned after a good login and %d tries", i+1)
		}
	}
	pass(2 * time.Minute)
	if fail(from, "u") {
		t.Error("tries of long ago were counted")
	}
}

func TestAnOutageIsNoBadLogin(t *testing.T) {
	p := open(t, func(c *sftp.Config) { c.Attempts = broken{} })
	if _, err := p.dial(t, "acme", password); err == nil {
		t.Error("let in though bans cannot be looked up")
	}
	if slices.Contains(p.auditKinds(), sftp.LoginAccepted) {
		t.Error("audited as let in")
	}
}

// broken is a store of attempts that is out of order.
type broken struct{ sftp.Attempts }

func (broken) Banned(_ context.Context, _ netip.Addr, _ string) (time.Time, error) {
	return time.Time{}, errors.New("no database")
}
