package stripe

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// connection is Stripe's API for one call of the module. It is used by one goroutine.
type connection struct {
	*stripe.Client
	channel *module.Channel
	last    heard
}

// heard is what the last answer said beside its body.
type heard struct {
	status     int  // 0 if there was none
	replayed   bool // it is the answer that the idempotency key got before
	retryAfter time.Duration
}

// connect uses the channel's HTTP client and nothing else of the library's: no retries, no telemetry, no log of its own.
// The API's version is the library's (stripe.APIVersion), sent with each request.
func connect(c *module.Channel) *connection {
	k := &connection{channel: c}
	k.Client = stripe.NewClient(c.Settings[secretKey], stripe.WithBackends(stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL:               stripe.String(strings.TrimSuffix(c.Settings[apiBase], "/")),
		HTTPClient:        &http.Client{Transport: listener{k, c.HTTP.Transport}, Timeout: c.HTTP.Timeout, CheckRedirect: c.HTTP.CheckRedirect},
		MaxNetworkRetries: stripe.Int64(0),
		EnableTelemetry:   stripe.Bool(false),
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull},
	})))
	return k
}

// listener notes what an answer's header says, and keeps the library from saying too much.
type listener struct {
	k     *connection
	inner http.RoundTripper
}

func (l listener) RoundTrip(r *http.Request) (*http.Response, error) {
	l.k.last = heard{}
	inner := l.inner
	if inner == nil {
		inner = http.DefaultTransport
	}
	// The library tells of the machine and its environment in these headers, which is no business of Stripe's.
	r = r.Clone(r.Context())
	r.Header.Del("X-Stripe-Client-User-Agent")
	r.Header.Set("User-Agent", "Hanse stripe-go/v85")
	response, err := inner.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	l.k.last = heard{status: response.StatusCode, replayed: response.Header.Get("Idempotent-Replayed") == "true"}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		l.k.last.retryAfter = time.Duration(min(seconds, 3600)) * time.Second
	}
	return response, nil
}

// key is the idempotency key of an attempt's request. Stripe keeps the answer to a key for 24 hours and more, its own
// failures included; again is above 0 for another try after such a failure.
func key(attempt, request string, again int) *string {
	k := "hanse-" + attempt + "-" + request
	if again > 0 {
		k += "-" + strconv.Itoa(again)
	}
	return &k
}

// tries is how often a request is begun anew because Stripe keeps a failure of its own under its key.
const tries = 3

// stuck says that the answer is an old failure of Stripe's, which the same key would get for a day.
func (k *connection) stuck() bool { return k.last.replayed && k.last.status >= 500 }
