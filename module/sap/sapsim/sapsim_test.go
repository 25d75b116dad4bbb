package sapsim_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
	"github.com/hanse-commerce/hanse/module/sap/sapsim"
)

const password = "open sesame"

var today = time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)

// door lets the user sap in.
type door struct{ partner *sftp.Partner }

func (d door) Password(_ context.Context, user, given string, _ net.Addr) (*sftp.Partner, error) {
	if user != d.partner.User || given != password {
		return nil, sftp.ErrLogin
	}
	return d.partner, nil
}

func (d door) Key(context.Context, string, ssh.PublicKey, net.Addr) (*sftp.Partner, error) {
	return nil, sftp.ErrLogin
}

// shop is Hanse's SFTP server with one partner's home, and SAP before it.
type shop struct {
	*sapsim.Simulator
	home string // on disk
	addr string
	key  ssh.PublicKey
	stop context.CancelFunc
	log  bytes.Buffer
}

// open starts the server, and SAP with what it knows of Acme.
func open(t *testing.T, change ...func(*sapsim.Config)) *shop {
	t.Helper()
	s := &shop{}
	s.serve(t, t.TempDir(), sftp.FolderKeys{Dir: t.TempDir()}, "127.0.0.1:0")
	cfg := sapsim.Config{Addr: s.addr, User: "sap", Password: password, HostKeys: []ssh.PublicKey{s.key},
		Interval: 10 * time.Millisecond, Clock: func() time.Time { return today },
		Log: slog.New(slog.NewTextHandler(&s.log, nil))}
	for _, f := range change {
		f(&cfg)
	}
	sim, err := sapsim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	if err := sim.Learn(morning(t)...); err != nil {
		t.Fatal(err)
	}
	s.Simulator = sim
	return s
}

func (s *shop) serve(t *testing.T, disk string, keys sftp.FolderKeys, addr string) {
	t.Helper()
	partner := &sftp.Partner{ID: uuid.New(), Code: "SAP", User: "sap", Home: "sap"}
	server, err := sftp.New(t.Context(), sftp.Config{Homes: home.Folders{Dir: disk}, Authenticator: door{partner}, HostKeys: keys,
		Attempts: sftp.NewMemoryAttempts(sftp.DefaultThrottle(), time.Now), Log: slog.New(slog.DiscardHandler), StopGrace: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	signers, err := keys.Signers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	h, err := (home.Folders{Dir: disk}).Open(t.Context(), "sap")
	if err != nil {
		t.Fatal(err)
	}
	_ = h.Close()
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() { defer close(stopped); _ = server.Serve(ctx, listener) }()
	s.home, s.addr, s.key = filepath.Join(disk, "sap"), listener.Addr().String(), signers[0].PublicKey()
	s.stop = func() { cancel(); <-stopped }
	t.Cleanup(s.stop)
}

func morning(t *testing.T) []sapsim.File {
	t.Helper()
	acme, err := sample.Load()
	if err != nil {
		t.Fatal(err)
	}
	var files []sapsim.File
	for _, f := range acme.Morning(today) {
		files = append(files, sapsim.File(f))
	}
	return files
}

// place lets Hanse put a file into the partner's out folder.
func (s *shop) place(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.home, "out", name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *shop) poll(t *testing.T) {
	t.Helper()
	if err := s.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// files lists a folder of the partner's home.
func (s *shop) files(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.home, folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (s *shop) read(t *testing.T, folder, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(s.home, folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// order is the template with replacements, pairs of old and new text.
func order(t *testing.T, changes ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "order.xml"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("the template has no %s", changes[i])
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	return text
}
