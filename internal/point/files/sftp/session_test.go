package sftp_test

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	wire "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
)

func TestSessionsHaveLimits(t *testing.T) {
	p := open(t, func(c *sftp.Config) { c.MaxSessionsPerPartner, c.MaxSessions = 2, 3 })
	alive := func(user string) *ssh.Client {
		conn, err := p.dial(t, user, password)
		if err != nil {
			return nil
		}
		client, err := wire.NewClient(conn)
		if err != nil {
			return nil
		}
		if _, err := client.ReadDir("/"); err != nil {
			return nil
		}
		return conn
	}
	first := alive("acme")
	if first == nil || alive("acme") == nil {
		t.Fatal("two sessions were not let in")
	}
	if alive("acme") != nil {
		t.Error("a third session was let in")
	}
	if alive("other") == nil {
		t.Error("another partner found no place")
	}
	if alive("other") != nil {
		t.Error("a fourth session in all was let in")
	}
	first.Close()
	p.await(t, "the end of a session", func() bool {
		return slices.ContainsFunc(p.audits, func(e sftp.AuditEntry) bool { return e.Kind == sftp.SessionEnded })
	})
	if n := count(p.auditKinds(), sftp.LimitReached); n != 2 {
		t.Errorf("%d refusals audited, want 2", n)
	}
}

func TestChannelsHaveALimit(t *testing.T) {
	p := open(t)
	conn, err := p.dial(t, "acme", password)
	if err != nil {
		t.Fatal(err)
	}
	opened := 0
	for range 20 {
		if channel, requests, err := conn.OpenChannel("session", nil); err == nil {
			opened++
			go ssh.DiscardRequests(requests)
			defer channel.Close()
		}
	}
	if opened != 10 {
		t.Errorf("%d channels were opened, want 10", opened)
	}
}

func TestIdleSessionsEnd(t *testing.T) {
	p := open(t, func(c *sftp.Config) { c.IdleTimeout = 300 * time.Millisecond })
	conn, err := p.dial(t, "acme", password)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- conn.Wait() }()
	go func() { // keep-alives do not count as work
		for {
			if _, _, err := conn.SendRequest("keepalive@openssh.com", true, nil); err != nil {
				return
			}
		}
	}()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("an idle session did not end")
	}
}

func TestSlowHandshakesEnd(t *testing.T) {
	p := open(t, func(c *sftp.Config) { c.HandshakeTimeout = 200 * time.Millisecond })
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, conn); err != nil && strings.Contains(err.Error(), "timeout") {
		t.Error("a client that says nothing was not sent away")
	}
}

func TestStopLetsTransfersFinish(t *testing.T) {
	p := open(t)
	working, resting := p.client(t), p.client(t)
	f, err := working.Create("in/a.tmp")
	if err != nil {
		t.Fatal(err)
	}
	p.stop()
	if err := resting.Wait(); err == nil {
		t.Log("the resting session ended without an error")
	}
	if _, err := net.Dial("tcp", p.addr); err == nil {
		t.Error("a new connection was accepted")
	}
	for offset := range 5 {
		if _, err := f.WriteAt([]byte("x"), int64(offset)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Errorf("the transfer was broken off: %v", err)
	}
	if err := working.Rename("in/a.tmp", "in/a"); err != nil {
		t.Errorf("no time was left for the rename: %v", err)
	}
	p.holds(t, "in/a", "xxxxx")
	if err := <-p.stopped; err != nil {
		t.Error(err)
	}
	p.stopped <- nil
	p.expect(t, "closed in/a.tmp", "renamed in/a.tmp in/a")
}

func TestStopBreaksOffWhatTakesTooLong(t *testing.T) {
	p := open(t, func(c *sftp.Config) { c.StopGrace = 100 * time.Millisecond })
	if _, err := p.client(t).Create("in/a"); err != nil {
		t.Fatal(err)
	}
	p.stop()
	if err := <-p.stopped; err != nil {
		t.Error(err)
	}
	p.stopped <- nil
	p.expect(t, "cut in/a")
}
