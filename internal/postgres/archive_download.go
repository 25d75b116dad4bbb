package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"
	"time"
)

// downloadLimit caps an archive; the known ones have some 15 MB.
const downloadLimit = 256 << 20

// ErrChecksum says that a fetched archive is not the one it should be.
var ErrChecksum = errors.New("the archive's SHA-256 is not the expected one")

// download writes the archive into file and checks its sum.
func (a archive) download(ctx context.Context, base string, file io.Writer, progress func(string)) error {
	wanted := a.sha256
	if wanted == "" {
		var err error
		if wanted, err = fetchSum(ctx, a.url(base)+".sha256"); err != nil {
			return fmt.Errorf("no SHA-256 is known for %s, and the repository gives none: %w (install PostgreSQL, or name the sum)", a.url(base), err)
		}
	}
	progress("Fetching PostgreSQL " + a.version)
	response, err := get(ctx, a.url(base))
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	sum := sha256.New()
	meter := &downloadMeter{hash: sum, version: a.version, total: response.ContentLength, progress: progress}
	n, err := io.Copy(io.MultiWriter(file, meter), io.LimitReader(response.Body, downloadLimit+1))
	if err != nil {
		return fmt.Errorf("fetch %s: %w", a.url(base), err)
	}
	if n > downloadLimit {
		return fmt.Errorf("fetch %s: larger than %d MB", a.url(base), downloadLimit>>20)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != wanted {
		return fmt.Errorf("fetch %s: %w: got %s, expected %s", a.url(base), ErrChecksum, got, wanted)
	}
	return nil
}

func get(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("fetch %s: %w", url, err)
	}
	response, err := http.DefaultClient.Do(request) // #nosec G107 G704 -- the address is the operator's
	if err != nil {
		cancel()
		return nil, fmt.Errorf("fetch: %w", err)
	}
	response.Body = &cancelBody{response.Body, cancel}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close()
		return nil, fmt.Errorf("fetch %s: the server answered %s", url, response.Status)
	}
	return response, nil
}

// cancelBody frees the request's deadline when the body is closed.
type cancelBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close closes the body and frees the deadline.
func (b *cancelBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// fetchSum reads a sum file: the sum in hexadecimal, perhaps followed by the file's name.
func fetchSum(ctx context.Context, url string) (string, error) {
	response, err := get(ctx, url)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(response.Body, 1024))
	if err != nil {
		return "", fmt.Errorf("fetch %s: %w", url, err)
	}
	fields := strings.Fields(string(content))
	if len(fields) == 0 || len(fields[0]) != hex.EncodedLen(sha256.Size) {
		return "", fmt.Errorf("fetch %s: it holds no SHA-256", url)
	}
	return strings.ToLower(fields[0]), nil
}

// downloadMeter hashes what passes and tells how far it is, every four megabytes.
type downloadMeter struct {
	hash        hash.Hash
	version     string
	done, total int64
	progress    func(string)
}

// Write hashes and counts.
func (m *downloadMeter) Write(p []byte) (int, error) {
	const step = 4 << 20
	before := m.done / step
	m.done += int64(len(p))
	if m.done/step != before {
		of := ""
		if m.total > 0 {
			of = fmt.Sprintf(" of %d", m.total>>20)
		}
		m.progress(fmt.Sprintf("Fetching PostgreSQL %s: %d%s MB", m.version, m.done>>20, of))
	}
	return m.hash.Write(p)
}
