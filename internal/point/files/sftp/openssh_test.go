package sftp_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// openssh runs OpenSSH's programs as the user acme.
type openssh struct {
	p    *port
	dir  string   // with the files of the client
	args []string // common to all programs
	env  []string
}

// newOpenSSH prepares a client that logs in by key, or by password if key is false.
func newOpenSSH(t testing.TB, p *port, key bool) *openssh {
	t.Helper()
	for _, program := range []string{"sftp", "ssh", "scp"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("OpenSSH's %s is missing", program)
		}
	}
	c := &openssh{p: p, dir: t.TempDir()}
	host, port, _ := net.SplitHostPort(p.addr)
	var known strings.Builder
	for _, line := range p.HostKeyLines() {
		fmt.Fprintf(&known, "[%s]:%s %s\n", host, port, line)
	}
	c.file(t, "known_hosts", known.String())
	c.args = []string{"-F", "/dev/null", "-o", "Port=" + port, "-o", "UserKnownHostsFile=" + filepath.Join(c.dir, "known_hosts"),
		"-o", "StrictHostKeyChecking=yes", "-o", "User=acme", "-o", "ConnectTimeout=20", "-o", "IdentityAgent=none"}
	if key {
		block, err := ssh.MarshalPrivateKey(p.key(t, "acme"), "")
		if err != nil {
			t.Fatal(err)
		}
		id := c.file(t, "id", string(pem.EncodeToMemory(block)))
		c.args = append(c.args, "-o", "IdentityFile="+id, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes")
		return c
	}
	ask := c.file(t, "ask", "#!/bin/sh\necho '"+password+"'\n")
	if err := os.Chmod(ask, 0o700); err != nil {
		t.Fatal(err)
	}
	c.env = append(os.Environ(), "SSH_ASKPASS="+ask, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=:0")
	c.args = append(c.args, "-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1", "-o", "BatchMode=no")
	return c
}

func (c *openssh) file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (c *openssh) run(t testing.TB, program, input string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, append(append([]string{}, c.args...), args...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = c.dir, c.env, strings.NewReader(input)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// sftp runs a batch of commands, which stops at the first that fails.
func (c *openssh) sftp(t testing.TB, commands ...string) (string, error) {
	t.Helper()
	return c.run(t, "sftp", strings.Join(commands, "\n")+"\n", "-b", "-", "127.0.0.1")
}

func TestOpenSSHPutsAndCollects(t *testing.T) {
	for login, byKey := range map[string]bool{"key": true, "password": false} {
		t.Run(login, func(t *testing.T) {
			p := open(t)
			p.lay(t, "out/order.xml", "<order/>")
			p.lay(t, "result/p.csv.result.csv", "line\n")
			c := newOpenSSH(t, p, byKey)
			local := c.file(t, "p.csv", "sku;name\n1;Rod\n")
			out, err := c.sftp(t, "ls -1", "cd in", "put p.csv p.csv.tmp", "rename p.csv.tmp p.csv", "get p.csv back.csv",
				"mkdir sub", "put -p p.csv sub/q.csv", "chmod 600 sub/q.csv", "rm sub/q.csv", "rmdir sub",
				"cd /out", "get order.xml", "rename order.xml /archive/order.xml", "rm /result/p.csv.result.csv", "ls -l /archive")
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, want := range []string{"archive/", "-rw-r--r--", "order.xml"} {
				if !strings.Contains(out, strings.TrimSuffix(want, "/")) {
					t.Errorf("output lacks %s:\n%s", want, out)
				}
			}
			sent, _ := os.ReadFile(local)
			p.holds(t, "in/p.csv", string(sent))
			p.holds(t, "archive/order.xml", "<order/>")
			p.gone(t, "result/p.csv.result.csv")
			if back, _ := os.ReadFile(filepath.Join(c.dir, "back.csv")); !bytes.Equal(back, sent) {
				t.Errorf("read back %q", back)
			}
			p.expect(t, "closed in/p.csv.tmp", "renamed in/p.csv.tmp in/p.csv", "read in/p.csv", "closed in/sub/q.csv",
				"removed in/sub/q.csv", "read out/order.xml", "renamed out/order.xml archive/order.xml", "removed result/p.csv.result.csv")
			collected := 0
			for _, e := range p.events {
				if e.Collected() {
					collected++
				}
				if e.Partner.Code != "ACME" || e.At.IsZero() {
					t.Errorf("event %+v", e)
				}
			}
			if collected != 2 {
				t.Errorf("%d files collected, want 2", collected)
			}
		})
	}
}

func TestOpenSSHIsRefused(t *testing.T) {
	p := open(t)
	c := newOpenSSH(t, p, true)
	c.file(t, "x", "x")
	p.lay(t, "in/a", "a")
	p.lay(t, "in/b", "b")
	p.lay(t, "out/o", "o")
	p.lay(t, "archive/o", "old")
	for command, want := range map[string]string{
		"put x /x":                  "Permission denied",
		"put x /out/x":              "Permission denied",
		"put x /archive/x":          "Permission denied",
		"put x ../../../etc/x":      "Permission denied",
		"get ../../etc/passwd":      "not found",
		"get /etc/passwd":           "not found",
		`put x "/in/..\\..\\x"`:     "Permission denied",
		"rename /in/a /in/b":        "Failure",
		"rename /out/o /archive/o":  "Failure",
		"rename /in/a /out/a":       "Permission denied",
		"rename /in /in2":           "Permission denied",
		"rm /archive/o":             "Permission denied",
		"rmdir /in":                 "Permission denied",
		"mkdir /new":                "Permission denied",
		"chmod 777 /out/o":          "Permission denied",
		"symlink /etc/passwd /in/l": "unsupported",
		"ln /in/a /in/l":            "unsupported",
	} {
		out, err := c.sftp(t, command)
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("%s: %v, want %q in\n%s", command, err, want, out)
		}
	}
	for path, content := range map[string]string{"in/a": "a", "in/b": "b", "out/o": "o", "archive/o": "old"} {
		p.holds(t, path, content)
	}
	if out, err := c.sftp(t, "ls -1 ../../.."); err != nil || !strings.Contains(out, "result") {
		t.Errorf("listing above the root: %v\n%s", err, out)
	}
	p.expect(t)
}

func TestOpenSSHGetsNoShellAndNoForwarding(t *testing.T) {
	p := open(t)
	c := newOpenSSH(t, p, true)
	for name, args := range map[string][]string{
		"exec":           {"127.0.0.1", "id"},
		"shell":          {"-T", "127.0.0.1"},
		"pty":            {"-tt", "127.0.0.1"},
		"other":          {"-s", "127.0.0.1", "netconf"},
		"remote forward": {"-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1", "127.0.0.1"},
		"local forward":  {"-W", "127.0.0.1:1", "127.0.0.1"},
	} {
		if out, err := c.run(t, "ssh", "", args...); err == nil || strings.Contains(out, "uid=") {
			t.Errorf("%s was granted: %s", name, out)
		}
	}
	if out, err := c.run(t, "ssh", "", "-A", "-o", "SetEnv=A=b", "127.0.0.1", "env"); err == nil {
		t.Errorf("env was granted: %s", out)
	}
}

func TestScpOverSFTP(t *testing.T) {
	p := open(t)
	p.lay(t, "out/o.xml", "<o/>")
	c := newOpenSSH(t, p, true)
	c.file(t, "p.csv", "sku\n")
	if out, err := c.run(t, "scp", "", "-s", "p.csv", "127.0.0.1:/in/p.csv"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := c.run(t, "scp", "", "-s", "127.0.0.1:/out/o.xml", "o.xml"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p.holds(t, "in/p.csv", "sku\n")
	if got, _ := os.ReadFile(filepath.Join(c.dir, "o.xml")); string(got) != "<o/>" {
		t.Errorf("fetched %q", got)
	}
	if out, err := c.run(t, "scp", "", "-O", "p.csv", "127.0.0.1:/in/old.csv"); err == nil {
		t.Errorf("the old protocol, which runs a program, was granted: %s", out)
	}
}

func TestOpenSSHResumesAnUpload(t *testing.T) {
	p := open(t)
	c := newOpenSSH(t, p, true)
	whole := noise(1 << 20)
	c.file(t, "big", whole)
	p.lay(t, "in/big", whole[:300_000])
	if out, err := c.sftp(t, "reput big /in/big"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p.holds(t, "in/big", whole)
	p.expect(t, "closed in/big")
}

func TestOpenSSHMovesManyBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 128 MiB")
	}
	p := open(t)
	c := newOpenSSH(t, p, true)
	whole := noise(64 << 20)
	c.file(t, "big", whole)
	if out, err := c.sftp(t, "put big /in/big", "get /in/big back"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p.holds(t, "in/big", whole)
	if back, _ := os.ReadFile(filepath.Join(c.dir, "back")); string(back) != whole {
		t.Errorf("got %d other bytes back", len(back))
	}
}

// noise is content that differs everywhere, the same in each run.
func noise(size int) string {
	random := rand.NewChaCha8([32]byte{1})
	b := make([]byte, size)
	_, _ = random.Read(b) // never fails
	return string(b)
}
