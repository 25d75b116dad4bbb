package sftp

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"
)

// HostKeys keeps the keys by which partners recognize the server. They must stay the same for good, on every node.
type HostKeys interface {
	// Signers returns the keys, the preferred one first, creating what is missing.
	Signers(ctx context.Context) ([]ssh.Signer, error)
}

// FolderKeys keeps an ed25519 and an ECDSA key (P-256) as files in OpenSSH's format, readable by the owner only.
type FolderKeys struct{ Dir string }

// Signers implements HostKeys.
func (f FolderKeys) Signers(context.Context) ([]ssh.Signer, error) {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create folder of host keys: %w", err)
	}
	kinds := []struct {
		file string
		make func() (crypto.PrivateKey, error)
	}{
		{"ssh_host_ed25519_key", func() (crypto.PrivateKey, error) { _, key, err := ed25519.GenerateKey(rand.Reader); return key, err }},
		{"ssh_host_ecdsa_key", func() (crypto.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }},
	}
	var signers []ssh.Signer
	for _, kind := range kinds {
		signer, err := loadOrCreate(filepath.Join(f.Dir, kind.file), kind.make)
		if err != nil {
			return nil, fmt.Errorf("host key %s: %w", kind.file, err)
		}
		signers = append(signers, signer)
	}
	return signers, nil
}

func loadOrCreate(file string, create func() (crypto.PrivateKey, error)) (ssh.Signer, error) {
	signer, err := load(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return signer, err
	}
	key, err := create()
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(key, "hanse")
	if err != nil {
		return nil, err
	}
	if err := save(file, pem.EncodeToMemory(block)); err != nil {
		return nil, err
	}
	return load(file)
}

func load(file string) (ssh.Signer, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may read it (mode %v): if nobody did, set its mode to 0600, else delete it and tell the partners the new key", info.Mode().Perm())
	}
	text, err := os.ReadFile(file) //#nosec G304 -- the file lies in the folder that the operator set
	if err != nil {
		return nil, err
	}
	return ssh.ParsePrivateKey(text)
}

// save writes a key whole or not at all. If another process was faster, its key stays.
func save(file string, text []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), ".key") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	_, err = temp.Write(text)
	if err == nil {
		err = temp.Sync()
	}
	if err := errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
