package story

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// browser is the buyer's, without scripts.
type browser struct {
	base string
	http *http.Client
}

func newBrowser(base string) *browser {
	jar, _ := cookiejar.New(nil) // without options it cannot fail
	return &browser{base: base, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

func (b *browser) login(ctx context.Context, email, password string) error {
	form := url.Values{"email": {email}, "password": {password}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := b.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK || strings.HasSuffix(response.Request.URL.Path, "/login") {
		return fmt.Errorf("logging in on the shop's page ends at %s with %s", response.Request.URL.Path, response.Status)
	}
	return nil
}

// pdf fetches a document.
func (b *browser) pdf(ctx context.Context, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		return err
	}
	response, err := b.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || !bytes.HasPrefix(content, []byte("%PDF-")) {
		return fmt.Errorf("%s answers %s with %d bytes that are no PDF", path, response.Status, len(content))
	}
	return nil
}
