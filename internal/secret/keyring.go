package secret

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// File is the name of the key file in the data folder.
const File = "secret.key"

const preface = `# Hanse seals the secrets of channels with the first key of this file and opens them with any of them.
# Keep a copy apart from the database's backups: without the key those secrets have to be set again.
`

// Load gives the keyring of a node: the keys that the settings name (setting), else those of the key file in a folder, which
// is made with a new key if it is missing. It never fails: a node without a usable key runs, its Keyring says what is wrong,
// and what needs a secret does not work.
func Load(setting, dir string) *Keyring {
	k, err := Read(setting, dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return k
	}
	if err := create(filepath.Join(dir, File)); err != nil {
		return &Keyring{fault: fmt.Errorf("making the key for secrets: %w", err)}
	}
	k, _ = Read(setting, dir) // another node may have been first; its keyring says what is wrong
	return k
}

// Read is Load that makes nothing: where there is no key file yet the error is fs.ErrNotExist. Any other error is the
// keyring's fault.
func Read(setting, dir string) (*Keyring, error) {
	if setting != "" {
		k := parse(setting, "the setting secret_key (HANSE_SECRET_KEY)")
		return k, k.fault
	}
	file := filepath.Join(dir, File)
	text, err := os.ReadFile(file) // #nosec G304 -- the node's own data folder
	if err != nil {
		err = fmt.Errorf("reading the key for secrets: %w", err)
		return &Keyring{fault: err}, err
	}
	k := parse(string(text), "the key file "+file)
	if info, err := os.Stat(file); err == nil && info.Mode().Perm()&0o077 != 0 {
		k = &Keyring{fault: fmt.Errorf("the key file %s can be read by others; allow its owner only: chmod 600 %s", file, file)}
	}
	return k, k.fault
}

// parse reads keys, one a line or parted by commas or blanks; lines that begin with # are left out.
func parse(text, where string) *Keyring {
	k := &Keyring{}
	n := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r <= ' ' }) {
			n++
			key, err := age.ParseX25519Identity(word)
			if err != nil { // the cause may quote the key
				return &Keyring{fault: fmt.Errorf("%s: key %d is not of the form AGE-SECRET-KEY-1…; one is made by age-keygen", where, n)}
			}
			k.keys = append(k.keys, key)
		}
	}
	if len(k.keys) == 0 {
		k.fault = fmt.Errorf("%s has no key; one is made by age-keygen", where)
	}
	return k
}

// create writes a file with a new key. If several nodes do so at once, one is first, and the others take its file.
func create(file string) (err error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	temporary := file + "." + rand.Text()
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- the node's own data folder
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary) }()
	_, err = f.WriteString(preface + key.String() + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(temporary, file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
