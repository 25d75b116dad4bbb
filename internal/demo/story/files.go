package story

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// files is an SFTP client of the story's own, as a stranger would use. It connects anew when its connection broke.
type files struct {
	place  Place
	keys   []ssh.PublicKey
	conn   *ssh.Client
	client *sftp.Client
}

func openFiles(p Place, keys []ssh.PublicKey) (*files, error) {
	f := &files{place: p, keys: keys}
	return f, f.connect()
}

func (f *files) connect() error {
	config := &ssh.ClientConfig{User: f.place.PartnerUser, Auth: []ssh.AuthMethod{ssh.Password(f.place.PartnerPass)}, Timeout: 10 * time.Second,
		HostKeyAlgorithms: []string{f.keys[0].Type()}, HostKeyCallback: ssh.FixedHostKey(f.keys[0])}
	conn, err := ssh.Dial("tcp", f.place.SFTP, config)
	if err != nil {
		return fmt.Errorf("logging in at the SFTP server: %w", err)
	}
	client, err := sftp.NewClient(conn)
	if err != nil {
		_ = conn.Close()
		return fmt.Errorf("opening SFTP: %w", err)
	}
	f.conn, f.client = conn, client
	return nil
}

// connected makes sure of a connection that answers.
func (f *files) connected() error {
	if _, err := f.client.Getwd(); err == nil {
		return nil
	}
	f.close()
	return f.connect()
}

func (f *files) close() {
	_ = f.client.Close()
	_ = f.conn.Close()
}

// put writes under a temporary name and renames, as senders do.
func (f *files) put(name string, content []byte) error {
	if err := f.connected(); err != nil {
		return err
	}
	temp := path.Join("in", name+".tmp")
	w, err := f.client.Create(temp)
	if err != nil {
		return fmt.Errorf("creating %s: %w", temp, err)
	}
	if _, err := io.Copy(w, bytes.NewReader(content)); err != nil {
		return fmt.Errorf("writing %s: %w", temp, err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("closing %s: %w", temp, err)
	}
	return f.client.Rename(temp, path.Join("in", name))
}

func (f *files) read(name string) ([]byte, error) {
	if err := f.connected(); err != nil {
		return nil, err
	}
	r, err := f.client.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", name, err)
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}
