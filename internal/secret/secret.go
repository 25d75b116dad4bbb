// Package secret seals what has to be kept but not shown, such as the credentials of outside systems, by a key that is not
// in the database.
package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Place is where a secret belongs. A sealed value that is moved elsewhere, such as by whoever can write to the database, does
// not open there.
type Place struct {
	Organization string `json:"organization"` // UUID
	Record       string `json:"record"`       // UUID, such as a channel's
	Field        string `json:"field"`
}

// The reasons why a sealed value does not open.
var (
	// ErrNoKey says that this node has no key at all; see Keyring.Fault.
	ErrNoKey = errors.New("there is no key for secrets on this node")
	// ErrOtherKey says that none of the keys of this node fits.
	ErrOtherKey = errors.New("it was sealed with a key that this node does not have")
	// ErrBroken says that the value was changed, or belongs elsewhere.
	ErrBroken = errors.New("what is stored is damaged, or was sealed for another place")
)

// content is what is sealed: the place within, since age has no associated data.
type content struct {
	Place Place  `json:"place"`
	Value string `json:"value"`
}

// largest bounds what Open reads.
const largest = 1 << 20

// Keyring seals with its first key and opens with any of them. Each sealed value has a file key of its own, wrapped by the
// key of the ring (age-encryption.org/v1, X25519). It is immutable and safe for several goroutines.
type Keyring struct {
	keys  []*age.X25519Identity
	fault error
}

// Fault says why there is no key to seal with; nil if there is one. It never holds a key.
func (k *Keyring) Fault() error { return k.fault }

// Seal encrypts a value for its place.
func (k *Keyring) Seal(at Place, value string) ([]byte, error) {
	if len(k.keys) == 0 {
		return nil, errors.Join(ErrNoKey, k.fault)
	}
	plain, err := json.Marshal(content{at, value})
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", at.Field, err)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, k.keys[0].Recipient())
	if err == nil {
		_, err = w.Write(plain)
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", at.Field, err)
	}
	return sealed.Bytes(), nil
}

// Open decrypts what Seal made for the place. The error is one of ErrNoKey, ErrOtherKey and ErrBroken.
func (k *Keyring) Open(at Place, sealed []byte) (string, error) {
	if len(k.keys) == 0 {
		return "", errors.Join(ErrNoKey, k.fault)
	}
	identities := make([]age.Identity, len(k.keys))
	for i, key := range k.keys {
		identities[i] = key
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), identities...)
	var other *age.NoIdentityMatchError
	if errors.As(err, &other) {
		return "", ErrOtherKey
	}
	if err != nil {
		return "", ErrBroken
	}
	plain, err := io.ReadAll(io.LimitReader(r, largest))
	if err != nil {
		return "", ErrBroken
	}
	var c content
	if json.Unmarshal(plain, &c) != nil || c.Place != at {
		return "", ErrBroken
	}
	return c.Value, nil
}
