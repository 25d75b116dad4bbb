// Package demo builds the program and runs a demo of it for a benchmark.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Demo is a running demo without simulators.
type Demo struct {
	Program string // the binary
	Data    string // its folder
	Facts   Facts
	cmd     *exec.Cmd
	remove  string // folder that goes with it, "" for none
}

// Facts are what demo.json says.
type Facts struct {
	Buyer struct{ Email, Password string } `json:"buyer"`
	API   struct {
		StorefrontURL string `json:"storefront_url"`
	} `json:"api"`
	DatabaseURL      string `json:"database_url"`
	StripeWebhookURL string `json:"stripe_webhook_url"`
}

// Start builds the program of the folder that one stands in and starts a demo in dir, or in a temporary folder if that is "".
func Start(ctx context.Context, dir string, flags ...string) (d *Demo, err error) {
	d = &Demo{}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "hanse-bench-"); err != nil {
			return nil, err
		}
		d.remove = dir
		if err := os.Chmod(dir, 0o711); err != nil { // #nosec G302 -- the database's user has to pass through
			return nil, errors.Join(err, d.clear())
		}
	}
	d.Program, d.Data = filepath.Join(dir, "hanse"), filepath.Join(dir, "data")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", d.Program, "./cmd/hanse").CombinedOutput(); err != nil { // #nosec G204 -- fixed words
		return nil, errors.Join(fmt.Errorf("building hanse: %w\n%s", err, out), d.clear())
	}
	d.cmd = exec.CommandContext(ctx, d.Program, append([]string{"demo", "--data", d.Data, "--http", "127.0.0.1:0", "--sftp", "127.0.0.1:0", "--no-simulators"}, flags...)...) // #nosec G204 -- our own binary
	d.cmd.Stderr = os.Stderr
	d.cmd.Cancel = func() error { return d.cmd.Process.Signal(os.Interrupt) }
	if err := d.cmd.Start(); err != nil {
		return nil, errors.Join(err, d.clear())
	}
	if err := d.ready(ctx); err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	return d, nil
}

// ready waits for what the demo writes when it serves.
func (d *Demo) ready(ctx context.Context) error {
	for range 1200 {
		b, err := os.ReadFile(filepath.Join(d.Data, "demo.json")) // #nosec G304 -- in our own folder
		if err == nil && json.Unmarshal(b, &d.Facts) == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return errors.New("the demo did not start within two minutes")
}

// Stop ends the demo as Ctrl-C does, and removes its folder if that is a temporary one.
func (d *Demo) Stop() error {
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		return errors.Join(err, d.clear())
	}
	return errors.Join(d.cmd.Wait(), d.clear())
}

func (d *Demo) clear() error {
	if d.remove == "" {
		return nil
	}
	return os.RemoveAll(d.remove)
}

// Login is the demo's buyer at the storefront API: an HTTP client with his session.
func (d *Demo) Login(ctx context.Context) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	body, err := json.Marshal(map[string]string{"email": d.Facts.Buyer.Email, "password": d.Facts.Buyer.Password})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Facts.API.StorefrontURL+"/session", strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		return nil, fmt.Errorf("logging in: %s", response.Status)
	}
	return client, nil
}
