package fault_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// sftp logs the company's partner in at a node.
func (c *company) sftp(t *testing.T, n *node) *sftp.Client {
	t.Helper()
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(c.SFTPHostKeys[0]))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := ssh.Dial("tcp", n.sftp, &ssh.ClientConfig{User: c.Partner.User, Auth: []ssh.AuthMethod{ssh.Password(c.Partner.Password)},
		HostKeyAlgorithms: []string{key.Type()}, HostKeyCallback: ssh.FixedHostKey(key)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	client, err := sftp.NewClient(conn)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// drop uploads a file under a temporary name and renames it.
func drop(at *sftp.Client, name, content string) error {
	temporary := "in/" + name + ".tmp"
	f, err := at.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.ReadFrom(strings.NewReader(content))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return at.Rename(temporary, "in/"+name)
}
