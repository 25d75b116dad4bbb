package stripe_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// tools is where the project's tools are listed, seen from this folder.
const tools = "../../.ci/tools"

// startMock builds and starts stripe-mock, which checks requests against Stripe's own OpenAPI description, and gives its
// address.
func startMock(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "-C", tools, "install", "github.com/stripe/stripe-mock")
	build.Env = append(os.Environ(), "GOBIN="+bin)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build stripe-mock: %v\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), filepath.Join(bin, "stripe-mock"), "-http-addr", "127.0.0.1:0") // #nosec G204 -- built above
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Kill()
		_ = run.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, found := strings.Cut(lines.Text(), "Listening for HTTP at address: "); found {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return "http://" + strings.TrimSpace(address)
		}
	}
	t.Fatal("stripe-mock ended before it listened")
	return ""
}

// proof sends each request to stripe-mock, too, and notes what that refuses.
type proof struct {
	inner http.RoundTripper
	mock  string

	mu       sync.Mutex
	proved   map[string]int
	refusals []string
}

func (p *proof) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	p.prove(r, body)
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	again.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	return p.inner.RoundTrip(again)
}

func (p *proof) prove(r *http.Request, body []byte) {
	if r.Context().Err() != nil || !strings.HasPrefix(r.URL.Path, "/v1/") { // the script is no part of the API
		return
	}
	c, err := http.NewRequestWithContext(r.Context(), r.Method, p.mock+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return
	}
	c.Header = r.Header.Clone()
	c.Header.Set("Authorization", "Bearer sk_test_123") // the form that stripe-mock takes
	said, text := 0, ""
	response, err := p.inner.RoundTrip(c)
	if err == nil {
		content, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		said, text = response.StatusCode, string(content)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	parts := strings.Split(r.URL.Path, "/")
	if len(parts) > 3 && parts[2] != "test_helpers" && parts[3] != "sessions" {
		parts[3] = "{id}"
	} else if len(parts) > 4 {
		parts[4] = "{id}"
	}
	p.proved[r.Method+" "+strings.Join(parts, "/")]++
	if said != http.StatusOK && !strings.Contains(r.URL.Path, "no-such-payment") {
		p.refusals = append(p.refusals, r.Method+" "+r.URL.RequestURI()+" "+string(body)+"\n  "+text)
	}
}

// TestRequestsAreStripes runs the whole suite and has each request judged by Stripe's own description of its API. That is of
// 2026-08-26.dahlia, the library's of 2026-03-25.dahlia: within a major version only things are added.
func TestRequestsAreStripes(t *testing.T) {
	mock := startMock(t)
	if status, _, body := post(t, mock+"/v1/payment_intents", "sk_test_123", url.Values{"amount": {"100"}, "currency": {"eur"}, "colour": {"red"}}); status != http.StatusBadRequest {
		t.Fatalf("stripe-mock takes an unknown parameter, so it judges nothing: %d %s", status, body)
	}
	stripes := moduletest.Channel(t, checker, map[string]any{"publishableKey": "pk_test_123", "secretKey": "sk_test_123", "apiBase": mock})
	for _, reference := range []string{"pi_1", "cs_1", "seti_1"} { // the answers are Stripe's own samples
		if s, err := checker.Look(t.Context(), stripes, module.PaymentLookup{Reference: reference}); err != nil || s.Status == "" {
			t.Errorf("Stripe's sample of %s gives %+v, %v", reference, s, err)
		}
	}
	g := start(t, stripesim.Config{})
	for _, capture := range []string{"shipment", "order"} {
		c := g.channel(t, map[string]any{"capture": capture})
		p := &proof{inner: http.DefaultTransport, mock: mock, proved: map[string]int{}}
		c.HTTP.Transport = p
		if capture == "order" {
			payAtOrder(t, g, c)
		} else {
			moduletest.Payment(t, g.payments(c))
			cancelCheck(t, g, c)
			moduletest.Checker(t, moduletest.CheckerCase{Module: checker, Channel: c})
			want := []string{"GET /v1/checkout/sessions", "GET /v1/checkout/sessions/{id}", "GET /v1/payment_intents", "GET /v1/payment_intents/{id}",
				"GET /v1/setup_intents", "GET /v1/setup_intents/{id}", "POST /v1/checkout/sessions", "POST /v1/checkout/sessions/{id}",
				"POST /v1/checkout/sessions/{id}/expire", "POST /v1/payment_intents", "POST /v1/payment_intents/{id}/cancel",
				"POST /v1/payment_intents/{id}/capture", "POST /v1/refunds", "POST /v1/setup_intents", "POST /v1/setup_intents/{id}/cancel"}
			for _, w := range want {
				if p.proved[w] == 0 {
					t.Errorf("%s was not made, so it was not judged", w)
				}
			}
			for made := range p.proved {
				if !slices.Contains(want, made) {
					t.Errorf("%s was made: name it here", made)
				}
			}
		}
		for _, r := range p.refusals[:min(len(p.refusals), 5)] {
			t.Errorf("stripe-mock refuses %s", r)
		}
	}
}
