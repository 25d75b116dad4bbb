package sftp_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	wire "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
)

const password = "open sesame"

// partners is an Authenticator over a few partners with one password.
type partners struct {
	mu    sync.Mutex
	all   map[string]*sftp.Partner
	keys  map[string]string // marshalled key -> user
	asked int               // how often a password was looked at
}

func (p *partners) Password(_ context.Context, user, given string, _ net.Addr) (*sftp.Partner, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if subtle.ConstantTimeCompare([]byte(given), []byte(password)) == 0 || p.all[user] == nil {
		return nil, sftp.ErrLogin
	}
	return p.all[user], nil
}

func (p *partners) Key(_ context.Context, user string, key ssh.PublicKey, _ net.Addr) (*sftp.Partner, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if owner, ok := p.keys[string(key.Marshal())]; !ok || owner != user {
		return nil, sftp.ErrLogin
	}
	return p.all[user], nil
}

// port is a running server with all that happens at it.
type port struct {
	*sftp.Server
	addr     string
	disk     string // folder of the homes
	partners *partners
	stop     context.CancelFunc
	stopped  chan error

	mu     sync.Mutex
	clock  time.Time
	events []sftp.Event
	audits []sftp.AuditEntry
	news   chan struct{} // closed and renewed with each event or audit entry
}

// open starts a server with the partners acme and other, both at home on loopback.
func open(t testing.TB, change ...func(*sftp.Config)) *port {
	t.Helper()
	p := &port{
		disk:     t.TempDir(),
		partners: &partners{all: map[string]*sftp.Partner{}, keys: map[string]string{}},
		clock:    time.Date(2026, 11, 24, 6, 30, 0, 0, time.UTC),
		news:     make(chan struct{}),
	}
	for _, name := range []string{"acme", "other"} {
		p.partners.all[name] = &sftp.Partner{ID: uuid.New(), Code: strings.ToUpper(name), User: name, Home: name}
	}
	cfg := sftp.Config{
		Homes: home.Folders{Dir: p.disk}, Authenticator: p.partners, HostKeys: sftp.FolderKeys{Dir: t.TempDir()},
		Observer: p, Audit: p.audit, Attempts: sftp.NewMemoryAttempts(sftp.DefaultThrottle(), p.now),
		FailureDelay: time.Millisecond,
	}
	for _, f := range change {
		f(&cfg)
	}
	p.start(t, cfg)
	return p
}

func (p *port) start(t testing.TB, cfg sftp.Config) {
	t.Helper()
	server, err := sftp.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.Server, p.addr, p.stopped = server, listener.Addr().String(), make(chan error, 1)
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	go func() { p.stopped <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		select {
		case err := <-p.stopped:
			if err != nil {
				t.Errorf("serve: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the server did not stop")
		}
	})
}

func (p *port) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.clock
}

func (p *port) advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clock = p.clock.Add(d)
}

func (p *port) Observe(_ context.Context, e sftp.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
	close(p.news)
	p.news = make(chan struct{})
}

func (p *port) audit(_ context.Context, e sftp.AuditEntry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.audits = append(p.audits, e)
	close(p.news)
	p.news = make(chan struct{})
}

// await waits until a condition on what has happened is met.
func (p *port) await(t *testing.T, what string, met func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		p.mu.Lock()
		ok, news := met(), p.news
		p.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-news:
		case <-deadline:
			t.Fatalf("waited in vain for %s; events: %v; audit: %v", what, p.eventLines(), p.auditKinds())
		}
	}
}

// eventLines shows events as "closed in/a" or "renamed in/a in/b".
func (p *port) eventLines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var lines []string
	for _, e := range p.events {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Kind, e.Path, e.To)))
	}
	return lines
}

func (p *port) auditKinds() []sftp.AuditKind {
	p.mu.Lock()
	defer p.mu.Unlock()
	var kinds []sftp.AuditKind
	for _, e := range p.audits {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// expect compares the events with those wanted.
func (p *port) expect(t *testing.T, want ...string) {
	t.Helper()
	p.await(t, "events "+strings.Join(want, ", "), func() bool { return len(p.events) >= len(want) })
	if got := p.eventLines(); !slices.Equal(got, want) {
		t.Errorf("events\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// path is where a file of acme's home lies on disk.
func (p *port) path(parts ...string) string {
	return filepath.Join(append([]string{p.disk, "acme"}, parts...)...)
}

// lay lays a file into acme's home as Hanse does.
func (p *port) lay(t testing.TB, path, content string) {
	t.Helper()
	for _, dir := range home.Layout() {
		if err := os.MkdirAll(p.path(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(p.path(path), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// holds checks the content of a file of acme's home.
func (p *port) holds(t testing.TB, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(p.path(path)); err != nil || string(got) != want {
		t.Errorf("%s holds %.40q, %v; want %.40q", path, got, err, want)
	}
}

// gone checks that a file of acme's home does not exist.
func (p *port) gone(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Lstat(p.path(path)); !os.IsNotExist(err) {
		t.Errorf("%s: %v, want it not to exist", path, err)
	}
}

// dial logs in with a Go client.
func (p *port) dial(t testing.TB, user, password string) (*ssh.Client, error) {
	t.Helper()
	client, err := ssh.Dial("tcp", p.addr, &ssh.ClientConfig{
		User: user, Auth: []ssh.AuthMethod{ssh.Password(password)}, HostKeyCallback: p.knows(t), Timeout: 20 * time.Second,
	})
	if err == nil {
		t.Cleanup(func() { client.Close() })
	}
	return client, err
}

// knows accepts the server's host keys and no others.
func (p *port) knows(t testing.TB) ssh.HostKeyCallback {
	return func(_ string, _ net.Addr, key ssh.PublicKey) error {
		if line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))); !slices.Contains(p.HostKeyLines(), line) {
			t.Errorf("foreign host key %s", line)
		}
		return nil
	}
}

// client logs acme in with a Go client and starts SFTP.
func (p *port) client(t testing.TB) *wire.Client {
	t.Helper()
	conn, err := p.dial(t, "acme", password)
	if err != nil {
		t.Fatal(err)
	}
	client, err := wire.NewClient(conn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// key makes a key for a user and gives it to the partner.
func (p *port) key(t testing.TB, user string) ed25519.PrivateKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	p.partners.mu.Lock()
	defer p.partners.mu.Unlock()
	p.partners.keys[string(signer.PublicKey().Marshal())] = user
	return private
}

// only restricts a partner to a network.
func (p *port) only(user, network string) {
	p.partners.mu.Lock()
	defer p.partners.mu.Unlock()
	p.partners.all[user].Allowed = []netip.Prefix{netip.MustParsePrefix(network)}
}
