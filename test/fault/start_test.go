package fault_test

import (
	"net"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/test/program"
)

// TestNodesStartAtOnce starts three nodes at once on an empty database and an empty folder: the tables are made once, and
// all show the same keys.
func TestNodesStartAtOnce(t *testing.T) {
	t.Parallel()
	c := &company{data: filepath.Join(program.Folder(t), "data")}
	c.DatabaseURL = postgrestest.Empty(t)
	nodes := []*node{c.start(t), c.start(t), c.start(t)}
	var keys []string
	for _, n := range nodes {
		n.ready(t)
		for _, kind := range []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256} {
			keys = append(keys, kind+" "+hostKey(t, n, kind))
		}
	}
	slices.Sort(keys)
	if keys = slices.Compact(keys); len(keys) != 2 {
		t.Errorf("three nodes show %d host keys of two kinds: %v", len(keys), keys)
	}
	for _, n := range nodes {
		n.Stop(t)
	}
}

// hostKey is the fingerprint of the key that a node shows.
func hostKey(t *testing.T, n *node, kind string) (fingerprint string) {
	t.Helper()
	_, err := ssh.Dial("tcp", n.sftp, &ssh.ClientConfig{User: "nobody", HostKeyAlgorithms: []string{kind},
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			fingerprint = ssh.FingerprintSHA256(key)
			return nil
		}})
	if fingerprint == "" {
		t.Fatalf("the node shows no key: %v", err)
	}
	return fingerprint
}
