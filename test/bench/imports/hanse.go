package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	wire "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/postgres"
)

const (
	template = "bench_template"
	user     = "bench"
	password = "bench password"
)

// found makes the database that each round copies: a company with one partner, for whom no file is a duplicate.
func (b *bench) found(ctx context.Context) error {
	if err := b.cluster.CreateDatabase(ctx, template); err != nil {
		return err
	}
	url := b.cluster.URL(template)
	cmd := exec.CommandContext(ctx, b.hanse, "init", "--database", url, "--data", b.data(), "--code", "acme", "--name", "Acme", "--admin-email", "admin@acme.example") // #nosec G204 -- our own binary
	cmd.Env = append(os.Environ(), "HANSE_ADMIN_PASSWORD=bench administrator")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("hanse init: %w\n%s", err, out)
	}
	pool, err := postgres.Open(ctx, url, postgres.PoolOptions{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer pool.Close()
	return addPartner(ctx, pool)
}

func addPartner(ctx context.Context, pool *pgxpool.Pool) error {
	id, organization := uuid.Must(uuid.NewV7()).String(), ""
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `INSERT INTO partner (id, organization_id, code, name, settings) SELECT $1, o.id, 'BENCH', 'Bench',
			'{"priceList": "DEFAULT", "currency": "EUR", "warehouse": "MAIN", "duplicateHours": 0}' FROM organization o RETURNING organization_id::text`, id).Scan(&organization)
	})
	if err != nil {
		return fmt.Errorf("adding the partner: %w", err)
	}
	directory, partner := access.NewDirectory(pool), access.Subject{Kind: access.Partner, ID: id, Organization: organization}
	if err := directory.SetPassword(ctx, partner, password); err != nil {
		return err
	}
	return directory.SetPartnerLogin(ctx, partner, user, user)
}

func (b *bench) data() string { return filepath.Join(b.dir, "node") }

// node is a server process.
type node struct {
	cmd  *exec.Cmd
	log  bytes.Buffer
	addr string
	home string
	pool *pgxpool.Pool
}

func (b *bench) start(ctx context.Context, url string) (*node, error) {
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	n := &node{addr: addr, home: filepath.Join(b.data(), "sftp", user)}
	n.cmd = exec.CommandContext(ctx, b.hanse, "serve", "--database", url, "--data", b.data(), "--http", "127.0.0.1:0", "--sftp", addr) // #nosec G204 -- our own binary
	n.cmd.Stdout, n.cmd.Stderr = &n.log, &n.log
	n.cmd.Env = append(os.Environ(), "GOTRACEBACK=all")
	if err := n.cmd.Start(); err != nil {
		return nil, err
	}
	if n.pool, err = postgres.Open(ctx, url, postgres.PoolOptions{MaxConns: 2, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return nil, errors.Join(err, n.stop())
	}
	return n, nil
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (n *node) stop() error {
	if n.pool != nil {
		n.pool.Close()
	}
	_ = n.cmd.Process.Signal(syscall.SIGTERM)
	return n.cmd.Wait()
}

// connect logs in, as soon as the server listens.
func (n *node) connect(ctx context.Context) (client *wire.Client, err error) {
	config := &ssh.ClientConfig{User: user, Auth: []ssh.AuthMethod{ssh.Password(password)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 5 * time.Second} // #nosec G106 -- loopback, our own server
	for try := 0; ; try++ {
		conn, err := ssh.Dial("tcp", n.addr, config)
		if err == nil {
			return wire.NewClient(conn)
		}
		if try == 100 {
			return nil, fmt.Errorf("logging in: %w\n%s", err, n.log.String())
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// upload puts the file under a temporary name, and renames it; from then on it takes until the file lies in archive/.
func (n *node) upload(ctx context.Context, file, name string, used usage) (t timing, err error) {
	client, err := n.connect(ctx)
	if err != nil {
		return t, err
	}
	defer func() { _ = client.Close() }()
	from, err := os.Open(file) // #nosec G304 -- in the bench's own folder
	if err != nil {
		return t, err
	}
	defer func() { _ = from.Close() }()
	to, err := client.Create("/in/" + name + ".tmp")
	if err != nil {
		return t, err
	}
	if _, err := io.Copy(to, from); err != nil {
		return t, err
	}
	if err := to.Close(); err != nil {
		return t, err
	}
	before, err := n.used(used)
	if err != nil {
		return t, err
	}
	begun := time.Now()
	if err := client.Rename("/in/"+name+".tmp", "/in/"+name); err != nil {
		return t, err
	}
	for {
		if _, err := os.Stat(filepath.Join(n.home, "archive", name)); err == nil {
			t.clock = time.Since(begun)
			after, err := n.used(used)
			t.processor = after - before
			return t, err
		}
		if _, err := os.Stat(filepath.Join(n.home, "error", name)); err == nil {
			return t, fmt.Errorf("%s was refused\n%s", name, n.log.String())
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return t, err
		}
	}
}

// used is the processor time that the server and PostgreSQL have taken so far.
func (n *node) used(u usage) (time.Duration, error) {
	sum, err := u.server()
	if err != nil {
		return 0, err
	}
	fields, err := stat(n.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	return sum + ticks(fields[11:13]), nil
}

// expect compares the counts of the newest exchange.
func (n *node) expect(ctx context.Context, want string) error {
	var got string
	err := pgx.BeginFunc(ctx, n.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT format('%s: %s created, %s updated, %s unchanged, %s failed', status, created, updated, unchanged, failed)
			FROM exchange ORDER BY id DESC LIMIT 1`).Scan(&got)
	})
	if err == nil && got != want {
		err = fmt.Errorf("the import ended as %q, want %q", got, want)
	}
	return err
}

// peak is the most memory that the process had, in bytes.
func (n *node) peak() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(status), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("there is no VmHWM")
}

// importing measures Hanse.
func (b *bench) importing(ctx context.Context, url string) (f figures, err error) {
	n, err := b.start(ctx, url)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, n.stop(), os.RemoveAll(n.home)) }()
	used, err := newUsage(ctx, n.pool)
	if err != nil {
		return f, err
	}
	for _, pass := range []struct {
		file, name, want string
		took             *timing
	}{
		{b.file, "products_1.csv", fmt.Sprintf("done: %d created, 0 updated, 0 unchanged, 0 failed", b.rows), &f.first},
		{b.file, "products_2.csv", fmt.Sprintf("done: 0 created, 0 updated, %d unchanged, 0 failed", b.rows), &f.unchanged},
		{b.changed(), "products_3.csv", fmt.Sprintf("done: 0 created, %d updated, %d unchanged, 0 failed", b.rows/10, b.rows-b.rows/10), &f.tenth},
	} {
		if *pass.took, err = n.upload(ctx, pass.file, pass.name, used); err != nil {
			return f, err
		}
		if err := n.expect(ctx, pass.want); err != nil {
			return f, err
		}
		if pass.took == &f.first {
			if err := analyze(ctx, n.pool); err != nil {
				return f, err
			}
		}
	}
	f.peak, err = n.peak()
	return f, err
}
