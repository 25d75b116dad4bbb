package sapsim

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// maxFile is the size of a file that is still pulled, in bytes.
const maxFile = 64 << 20

// wire is the connection to the SFTP server: made when needed, one operation at a time, made anew after a failure.
type wire struct {
	cfg Config

	mu     sync.Mutex
	ssh    *ssh.Client
	client *sftp.Client
}

// do runs an operation on the connection. When ctx ends before, the connection is cut.
func (w *wire) do(ctx context.Context, operation func(*sftp.Client) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.client != nil && w.broken(ctx) {
		w.hangUp()
	}
	if w.client == nil {
		if err := w.connect(ctx); err != nil {
			return err
		}
	}
	cut := context.AfterFunc(ctx, func() { _ = w.ssh.Close() })
	err := operation(w.client)
	if !cut() {
		err = errors.Join(ctx.Err(), err)
	}
	var answer *sftp.StatusError
	if err != nil && !errors.As(err, &answer) && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission) {
		w.hangUp()
	}
	return err
}

// broken tells whether the connection was lost since it was used last, such as with the server that it was made to.
func (w *wire) broken(ctx context.Context) bool {
	cut := context.AfterFunc(ctx, func() { _ = w.ssh.Close() })
	defer cut()
	_, err := w.client.Getwd()
	return err != nil
}

func (w *wire) connect(ctx context.Context) error {
	config := &ssh.ClientConfig{User: w.cfg.User, HostKeyCallback: w.checkHostKey, Timeout: 10 * time.Second}
	for _, key := range w.cfg.HostKeys {
		config.HostKeyAlgorithms = append(config.HostKeyAlgorithms, key.Type()) // ask for one that can be checked
	}
	if w.cfg.Signer != nil {
		config.Auth = append(config.Auth, ssh.PublicKeys(w.cfg.Signer))
	}
	if w.cfg.Password != "" {
		config.Auth = append(config.Auth, ssh.Password(w.cfg.Password))
	}
	dialer := net.Dialer{Timeout: config.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", w.cfg.Addr)
	if err != nil {
		return fmt.Errorf("connect to SFTP server %s: %w", w.cfg.Addr, err)
	}
	cut := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer cut()
	_ = conn.SetDeadline(time.Now().Add(config.Timeout)) // a server that does not answer would hold us for ever
	c, channels, requests, err := ssh.NewClientConn(conn, w.cfg.Addr, config)
	if err != nil {
		_ = conn.Close() // the first error tells more
		return fmt.Errorf("log in to SFTP server %s as %s: %w", w.cfg.Addr, w.cfg.User, err)
	}
	_ = conn.SetDeadline(time.Time{})
	w.ssh = ssh.NewClient(c, channels, requests)
	if w.client, err = sftp.NewClient(w.ssh); err != nil {
		w.hangUp()
		return fmt.Errorf("open SFTP session at %s: %w", w.cfg.Addr, err)
	}
	return nil
}

func (w *wire) checkHostKey(_ string, _ net.Addr, key ssh.PublicKey) error {
	for _, known := range w.cfg.HostKeys {
		if bytes.Equal(known.Marshal(), key.Marshal()) {
			return nil
		}
	}
	return fmt.Errorf("the server's host key %s is not the one known", ssh.FingerprintSHA256(key))
}

// hangUp ends the connection; what it says on leaving helps nobody.
func (w *wire) hangUp() {
	if w.client != nil {
		_ = w.client.Close()
	}
	if w.ssh != nil {
		_ = w.ssh.Close()
	}
	w.client, w.ssh = nil, nil
}

func (w *wire) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hangUp()
	return nil
}

// put uploads under a temporary name and renames, as middleware does, so that nobody takes half a file.
func (w *wire) put(ctx context.Context, name string, write func(io.Writer) error) error {
	temporary := path.Join(w.cfg.In, name+".tmp")
	return w.do(ctx, func(c *sftp.Client) error {
		f, err := c.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		if err != nil {
			return fmt.Errorf("upload %s: %w", temporary, err)
		}
		out := bufio.NewWriterSize(f, 256<<10)
		err = write(out)
		if err == nil {
			err = out.Flush()
		}
		if err = errors.Join(err, f.Close()); err == nil {
			err = c.Rename(temporary, path.Join(w.cfg.In, name))
		}
		if err != nil {
			return fmt.Errorf("upload %s: %w", temporary, err)
		}
		return nil
	})
}

// has reports whether a file lies in the in folder.
func (w *wire) has(ctx context.Context, name string) bool {
	return w.do(ctx, func(c *sftp.Client) error {
		_, err := c.Stat(path.Join(w.cfg.In, name))
		return err
	}) == nil
}

// take reads a whole file of the out folder, then renames it into the archive: only then it is collected.
func (w *wire) take(ctx context.Context, name string) (content []byte, err error) {
	from := path.Join(w.cfg.Out, name)
	err = w.do(ctx, func(c *sftp.Client) error {
		f, err := c.Open(from)
		if err != nil {
			return fmt.Errorf("pull %s: %w", from, err)
		}
		content, err = io.ReadAll(io.LimitReader(f, maxFile+1))
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("pull %s: %w", from, err)
		}
		if len(content) > maxFile {
			return fmt.Errorf("pull %s: it has more than %d bytes", from, maxFile)
		}
		if err := c.Rename(from, path.Join(w.cfg.Archive, name)); err != nil {
			return fmt.Errorf("archive %s: %w", from, err)
		}
		return nil
	})
	return content, err
}

// list names the files of the out folder in order.
func (w *wire) list(ctx context.Context) (names []string, err error) {
	err = w.do(ctx, func(c *sftp.Client) error {
		entries, err := c.ReadDirContext(ctx, w.cfg.Out)
		if err != nil {
			return fmt.Errorf("list %s: %w", w.cfg.Out, err)
		}
		for _, e := range entries {
			if e.Mode().IsRegular() {
				names = append(names, e.Name())
			}
		}
		return nil
	})
	return names, err
}
