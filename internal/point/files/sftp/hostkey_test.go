package sftp_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
)

func public(t *testing.T, keys sftp.FolderKeys) string {
	t.Helper()
	signers, err := keys.Signers(t.Context())
	if err != nil {
		t.Error(err)
	}
	var all strings.Builder
	for _, signer := range signers {
		all.Write(ssh.MarshalAuthorizedKey(signer.PublicKey()))
	}
	return all.String()
}

func TestHostKeysStay(t *testing.T) {
	keys := sftp.FolderKeys{Dir: filepath.Join(t.TempDir(), "keys")}
	const nodes = 8
	var mu sync.Mutex
	seen := map[string]bool{}
	var starting sync.WaitGroup
	for range nodes { // nodes that start at once agree on one pair
		starting.Go(func() {
			got := public(t, keys)
			mu.Lock()
			defer mu.Unlock()
			seen[got] = true
		})
	}
	starting.Wait()
	if len(seen) != 1 || !seen[public(t, keys)] {
		t.Errorf("%d different pairs of keys", len(seen))
	}
	for got := range seen {
		if !strings.HasPrefix(got, "ssh-ed25519 ") || !strings.Contains(got, "\necdsa-sha2-nistp256 ") {
			t.Errorf("keys %s", got)
		}
	}
	files, err := os.ReadDir(keys.Dir)
	if err != nil || len(files) != 2 {
		t.Errorf("folder holds %v, %v", files, err)
	}
	for _, file := range files {
		if info, err := file.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", file.Name(), info.Mode(), err)
		}
	}
}

func TestHostKeysOpenToOthersAreRefused(t *testing.T) {
	keys := sftp.FolderKeys{Dir: t.TempDir()}
	public(t, keys)
	if err := os.Chmod(filepath.Join(keys.Dir, "ssh_host_ecdsa_key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Signers(t.Context()); err == nil || !strings.Contains(err.Error(), "0600") {
		t.Errorf("got %v, want advice", err)
	}
}
