package channel

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// largestAnswer bounds what an outside system makes Hanse hold in memory.
const largestAnswer = 8 << 20

// wayOut is the connection pool of all channels of a node. Where it leads is what administrators set: the addresses of
// modules are settings, loopback and private networks among them, so nothing is refused here; no request follows a redirect
// to where nobody sent it.
func wayOut() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   5 * time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          256,
		MaxIdleConnsPerHost:   most,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

// channel is what the module gets for one attempt. Behind end it is of no use any more.
func (h *Host) channel(ctx context.Context, u *unit, w call) (c *module.Channel, end func()) {
	ctx, cancel := context.WithCancel(ctx)
	t := &transport{ctx: ctx, host: h, unit: u, call: w}
	return &module.Channel{ID: u.id, Code: u.code, Settings: u.settings, PublicURL: h.PublicURL,
		Log:  slog.New(cleanLog{h.Log.Handler(), u.redactor}).With("channel", u.code, "kind", u.kind),
		HTTP: &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, cancel
}

// transport records each request of one attempt and ends it with the attempt.
type transport struct {
	ctx  context.Context // that of the attempt: a module may forget to hand it on
	host *Host
	unit *unit
	call call
}

// RoundTrip implements http.RoundTripper. The answer is read here, as far as it may be, so that it is recorded as a whole.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(t.ctx, cancel)()
	body, err := drain(r)
	if err != nil {
		return nil, err
	}
	entry, err := t.host.begin(t.ctx, t.unit, t.call, r)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	answer, content, err := t.exchange(r.WithContext(ctx), body)
	if err != nil && t.ctx.Err() != nil && r.Context().Err() == nil {
		err = errors.Join(context.Cause(t.ctx), err)
	}
	t.host.end(t.unit, entry, spoken{request: r, sent: body, answer: answer, got: content, took: time.Since(began), err: err})
	return answer, err
}

// exchange sends the request and reads the whole answer.
func (t *transport) exchange(r *http.Request, body []byte) (*http.Response, []byte, error) {
	if r.Body != nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	answer, err := t.host.Transport.RoundTrip(r)
	if err != nil {
		return nil, nil, err
	}
	content, err := io.ReadAll(io.LimitReader(answer.Body, largestAnswer+1))
	err = errors.Join(err, answer.Body.Close())
	if err == nil && len(content) > largestAnswer {
		err = fmt.Errorf("the answer of %s is larger than %d MiB", r.URL.Host, largestAnswer>>20)
	}
	if err != nil {
		return nil, content[:min(len(content), kept)], err
	}
	answer.Body = io.NopCloser(bytes.NewReader(content))
	return answer, content, nil
}

// drain reads what a request is going to send.
func drain(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, largestAnswer+1))
	err = errors.Join(err, r.Body.Close())
	if err == nil && len(body) > largestAnswer {
		err = fmt.Errorf("the request to %s is larger than %d MiB", r.URL.Host, largestAnswer>>20)
	}
	return body, err
}
