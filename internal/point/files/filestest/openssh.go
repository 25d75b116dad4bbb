package filestest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
	"github.com/hanse-commerce/hanse/internal/point/files/watch"
)

// Port is the real SFTP server of a house, with OpenSSH's client at it.
type Port struct {
	*House
	dir  string // of the client
	args []string
	env  []string
}

const password = "open sesame"

// login lets in the partner alone.
type login struct{ partner *sftp.Partner }

// Password implements sftp.Authenticator.
func (l login) Password(_ context.Context, user, given string, _ net.Addr) (*sftp.Partner, error) {
	if user != l.partner.User || given != password {
		return nil, sftp.ErrLogin
	}
	return l.partner, nil
}

// Key implements sftp.Authenticator.
func (l login) Key(context.Context, string, ssh.PublicKey, net.Addr) (*sftp.Partner, error) {
	return nil, sftp.ErrLogin
}

// Open starts the server, which tells the watcher what happens. Without OpenSSH the test is skipped.
func (h *House) Open(w *watch.Watcher) *Port {
	h.T.Helper()
	if _, err := exec.LookPath("sftp"); err != nil {
		h.T.Skip("skipped: OpenSSH's sftp is missing")
	}
	partner := &sftp.Partner{ID: uuid.MustParse(h.Partner.ID), Code: "SAP", User: "sap", Home: "sap"}
	server, err := sftp.New(h.T.Context(), sftp.Config{Homes: h.Homes, Authenticator: login{partner}, HostKeys: sftp.FolderKeys{Dir: filepath.Join(h.Data, "keys")},
		Observer: &watch.Observer{DB: h.Pool, Watcher: w, Log: w.Log}})
	if err != nil {
		h.T.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(h.T.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		h.T.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	h.T.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			h.T.Errorf("the SFTP server ended with %v", err)
		}
	})
	return h.client(listener.Addr().String(), server.HostKeyLines())
}

func (h *House) client(address string, keys []string) *Port {
	h.T.Helper()
	p := &Port{House: h, dir: h.T.TempDir()}
	host, port, _ := net.SplitHostPort(address)
	known := ""
	for _, line := range keys {
		known += fmt.Sprintf("[%s]:%s %s\n", host, port, line)
	}
	ask := p.File("ask", "#!/bin/sh\necho '"+password+"'\n")
	if err := os.Chmod(ask, 0o700); err != nil { // #nosec G302 -- a script has to run
		h.T.Fatal(err)
	}
	p.env = append(os.Environ(), "SSH_ASKPASS="+ask, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=:0")
	p.args = []string{"-F", "/dev/null", "-o", "Port=" + port, "-o", "UserKnownHostsFile=" + p.File("known_hosts", known), "-o", "StrictHostKeyChecking=yes",
		"-o", "User=sap", "-o", "ConnectTimeout=20", "-o", "IdentityAgent=none", "-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1",
		"-o", "BatchMode=no", "-b", "-", host}
	return p
}

// File writes a file on the client's side and gives its path.
func (p *Port) File(name, content string) string {
	p.T.Helper()
	local := filepath.Join(p.dir, name)
	if err := os.WriteFile(local, []byte(content), 0o600); err != nil {
		p.T.Fatal(err)
	}
	return local
}

// SFTP runs commands of OpenSSH's sftp, which stops at the first that fails; a dash before one lets it fail.
func (p *Port) SFTP(commands ...string) string {
	p.T.Helper()
	ctx, cancel := context.WithTimeout(p.T.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sftp", p.args...) // #nosec G204 -- the test's own arguments
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.WaitDelay = p.dir, p.env, strings.NewReader(strings.Join(commands, "\n")+"\n"), time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.T.Fatalf("sftp: %v\n%s", err, out)
	}
	return string(out)
}
