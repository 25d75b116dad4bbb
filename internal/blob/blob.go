// Package blob keeps raw content of any size under the SHA-256 of its bytes, so that equal content is kept once and a name
// never means anything else.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// ErrNotFound says that no content of that hash is kept.
var ErrNotFound = errors.New("no such content")

// Info is what is known of content.
type Info struct {
	Hash string // SHA-256 in lower-case hex
	Size int64  // bytes
}

// Store keeps content. Implementations stream: none holds more than a small part in memory. They are safe for several
// goroutines and nodes.
type Store interface {
	// Put reads r to its end and keeps it. When it returns, the content survives a crash of the machine.
	Put(ctx context.Context, r io.Reader) (Info, error)
	// Open reads content from its beginning; ErrNotFound if there is none.
	Open(ctx context.Context, hash string) (io.ReadCloser, error)
	// Stat tells the size of content; ErrNotFound if there is none.
	Stat(ctx context.Context, hash string) (Info, error)
	// Delete removes content; it is no error if there is none.
	Delete(ctx context.Context, hash string) error
}

const hashLength = 64

// checkHash keeps a name from elsewhere from being a path.
func checkHash(hash string) error {
	if len(hash) != hashLength {
		return fmt.Errorf("%.70q is not a SHA-256 in hex", hash)
	}
	for _, c := range hash {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return fmt.Errorf("%.70q is not a SHA-256 in lower-case hex", hash)
		}
	}
	return nil
}
