package sftp_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkTransfer moves files with OpenSSH's client to and from this server, and the same to and from OpenSSH's own,
// where its sshd is installed and may run, by turns. One round (repeat it five times; -count would not alternate):
//
//	go test -run '^$' -bench Transfer -benchtime 1x ./internal/point/files/sftp
func BenchmarkTransfer(b *testing.B) {
	p := open(b)
	p.lay(b, "in/none", "")
	hanse := newOpenSSH(b, p, true)
	hanse.file(b, "big", noise(256<<20))
	for _, dir := range []string{"small", "back"} {
		if err := os.Mkdir(filepath.Join(hanse.dir, dir), 0o700); err != nil {
			b.Fatal(err)
		}
	}
	for i := range 500 {
		hanse.file(b, fmt.Sprintf("small/%d", i), noise(10<<10))
	}
	servers := []struct {
		name   string
		client *openssh
		root   string
	}{{"hanse", hanse, "/"}, {"openssh", sshd(b, hanse), b.TempDir() + "/"}}
	if err := os.Mkdir(servers[1].root+"in", 0o700); err != nil {
		b.Fatal(err)
	}
	for _, cipher := range []string{"aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com"} {
		for _, way := range []struct {
			name  string
			bytes int64
			batch string
		}{
			{"up", 256 << 20, "put big %sin/big"},
			{"down", 256 << 20, "get %sin/big back/big"},
			{"500-up", 500 * 10 << 10, "put small/* %sin/"},
			{"500-down", 500 * 10 << 10, "get %sin/[0-9]* back/"},
		} {
			for _, server := range servers {
				b.Run(strings.Join([]string{cipher[:6], way.name, server.name}, "/"), func(b *testing.B) {
					if server.client == nil {
						b.Skip("OpenSSH's sshd is missing or does not start")
					}
					b.SetBytes(way.bytes)
					for b.Loop() {
						out, err := server.client.run(b, "sftp", fmt.Sprintf(way.batch, server.root)+"\n", "-o", "Ciphers="+cipher, "-b", "-", "127.0.0.1")
						if err != nil {
							b.Fatalf("%v\n%s", err, out)
						}
					}
				})
			}
		}
	}
}

// sshd starts OpenSSH's server for the same key and returns a client of it, nil if it does not start.
func sshd(b *testing.B, like *openssh) *openssh {
	b.Helper()
	program, err := exec.LookPath("sshd")
	if err != nil {
		return nil
	}
	keygen := func(args ...string) []byte {
		out, err := exec.CommandContext(b.Context(), "ssh-keygen", args...).Output()
		if err != nil {
			b.Fatalf("ssh-keygen: %v", err)
		}
		return out
	}
	id, host := filepath.Join(like.dir, "id"), filepath.Join(like.dir, "host")
	like.file(b, "authorized", string(keygen("-y", "-f", id)))
	keygen("-q", "-t", "ed25519", "-N", "", "-f", host)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := free.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	free.Close()
	config := like.file(b, "sshd_config", fmt.Sprintf("ListenAddress %s\nHostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\n"+
		"PidFile none\nSubsystem sftp internal-sftp\n", addr, host, filepath.Join(like.dir, "authorized")))
	server := exec.CommandContext(b.Context(), program, "-D", "-e", "-f", config)
	if err := server.Start(); err != nil {
		return nil
	}
	b.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	c := &openssh{p: like.p, dir: like.dir, args: []string{"-F", "/dev/null", "-o", "Port=" + port, "-o", "StrictHostKeyChecking=no",
		"-o", "UserKnownHostsFile=/dev/null", "-o", "IdentityFile=" + id, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"}}
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		if _, err := c.run(b, "sftp", "ls\n", "-b", "-", "127.0.0.1"); err == nil {
			return c
		}
	}
	return nil
}
