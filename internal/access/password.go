package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Cost of a password: OWASP's recommendation for argon2id (19 MiB, two passes), some 25 ms.
const (
	passwordTime    = 2
	passwordMemory  = 19 * 1024 // KiB
	passwordThreads = 1
	passwordSalt    = 16
	passwordKey     = 32
	// minPassword and maxPassword are in characters; ASVS asks for at least 64 to be taken.
	minPassword = 8
	maxPassword = 256
)

// ErrPassword says that a password cannot be taken as a new one.
var ErrPassword = fmt.Errorf("a password has %d to %d characters", minPassword, maxPassword)

// Passwords hashes passwords. No more are worked on at once than there are cores, so that a flood of logins costs neither
// the memory nor the time of everybody else.
type Passwords struct{ gate chan struct{} }

// NewPasswords makes a hasher; a process needs one.
func NewPasswords() *Passwords {
	return &Passwords{gate: make(chan struct{}, max(runtime.GOMAXPROCS(0), 1))}
}

// Hash gives the text under which a new password is kept, in the PHC format with a salt of its own.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword {
		return "", ErrPassword
	}
	salt := make([]byte, passwordSalt)
	_, _ = rand.Read(salt) // never fails, says crypto/rand
	c := cost{passwordMemory, passwordTime, passwordThreads}
	key, err := p.derive(ctx, password, salt, c, passwordKey)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads,
		enc.EncodeToString(salt), enc.EncodeToString(key)), nil
}

// Verify reports whether the password is the one that was hashed. With hash "" it does the same work and reports false, so
// that the time taken does not tell whether there is such a user.
func (p *Passwords) Verify(ctx context.Context, hash, password string) (bool, error) {
	if len(password) > 4*maxPassword {
		return false, nil
	}
	if hash == "" {
		_, err := p.derive(ctx, password, make([]byte, passwordSalt), cost{passwordMemory, passwordTime, passwordThreads}, passwordKey)
		return false, err
	}
	c, salt, key, err := parseHash(hash)
	if err != nil {
		return false, err
	}
	got, err := p.derive(ctx, password, salt, c, uint32(len(key))) // #nosec G115 -- a stored key has some dozen bytes
	return err == nil && subtle.ConstantTimeCompare(got, key) == 1, err
}

func (p *Passwords) derive(ctx context.Context, password string, salt []byte, c cost, length uint32) ([]byte, error) {
	select {
	case p.gate <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to check a password: %w", ctx.Err())
	}
	defer func() { <-p.gate }()
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, length), nil
}

type cost struct {
	memory, time uint32
	threads      uint8
}

var errHash = errors.New("a stored password hash is damaged: set the password anew")

func parseHash(hash string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return c, nil, nil, errHash
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil ||
		c.memory > 1<<20 || c.time > 16 || c.time == 0 || c.threads == 0 {
		return c, nil, nil, errHash
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(key) < 16 {
		return c, nil, nil, errHash
	}
	return c, salt, key, nil
}
