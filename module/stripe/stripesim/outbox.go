package stripesim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// outbox sends events to the webhook's endpoint, one after another, and again with growing pauses until a 2xx comes
// (docs.stripe.com/webhooks#retries; Stripe goes on for three days).
type outbox struct {
	cfg     Config
	http    *http.Client
	stop    context.CancelFunc
	ended   chan struct{}
	wake    chan struct{}
	stopped context.Context

	mu     sync.Mutex
	url    string
	mode   string
	delay  time.Duration
	events []*event   // all there were
	queue  []delivery // by the time at which they are due
}

type delivery struct {
	event *event
	due   time.Time
}

const (
	longestPause = 10 * time.Second
	mostAttempts = 30
	// gathering is how long events are gathered before they go out in reversed order.
	gathering = 300 * time.Millisecond
)

func newOutbox(cfg Config) *outbox {
	ctx, stop := context.WithCancel(context.Background())
	o := &outbox{cfg: cfg, url: cfg.WebhookURL, mode: "on", delay: time.Second, stop: stop, stopped: ctx, ended: make(chan struct{}),
		wake: make(chan struct{}, 1), http: &http.Client{Timeout: 10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	go o.run()
	return o
}

func (o *outbox) close() {
	o.stop()
	<-o.ended
	o.http.CloseIdleConnections()
}

// put takes an event; how often and when it goes out depends on the mode.
func (o *outbox) put(e *event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.events = append(o.events, e)
	if o.url == "" || o.mode == "off" {
		return
	}
	now := time.Now()
	switch o.mode {
	case "doubled":
		o.queue = append(o.queue, delivery{e, now}, delivery{e, now})
	case "delayed":
		o.queue = append(o.queue, delivery{e, now.Add(o.delay)})
	case "reversed": // what is gathered goes out the newest first
		o.queue = slices.Insert(o.queue, 0, delivery{e, now.Add(gathering)})
	default:
		o.queue = append(o.queue, delivery{e, now})
	}
	o.signal()
}

func (o *outbox) signal() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// next takes the first delivery that is due, or says how long to wait.
func (o *outbox) next() (d delivery, ok bool, wait time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now, wait := time.Now(), time.Hour
	first := -1
	for i, q := range o.queue {
		left := q.due.Sub(now)
		if left <= 0 && first < 0 {
			first = i
		}
		if left > 0 && o.mode == "reversed" {
			first = -1 // still gathering
			wait = min(wait, left)
			break
		}
		wait = min(wait, max(left, 0))
	}
	if first < 0 {
		return d, false, wait
	}
	d = o.queue[first]
	o.queue = slices.Delete(o.queue, first, first+1)
	return d, true, 0
}

func (o *outbox) run() {
	defer close(o.ended)
	for {
		d, ok, wait := o.next()
		if ok {
			o.deliver(d)
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-o.stopped.Done():
			timer.Stop()
			return
		case <-o.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (o *outbox) deliver(d delivery) {
	o.mu.Lock()
	target, forged := o.url, o.mode == "badSignature"
	o.mu.Unlock()
	status := o.post(target, d.event.body, forged)
	o.mu.Lock()
	defer o.mu.Unlock()
	d.event.attempts++
	d.event.status = status
	if status >= 200 && status < 300 {
		d.event.sent = true
		return
	}
	if d.event.attempts < mostAttempts && o.stopped.Err() == nil {
		pause := min(o.cfg.RetryPause<<min(d.event.attempts-1, 10), longestPause)
		o.queue = append(o.queue, delivery{d.event, time.Now().Add(pause)})
	}
}

// post gives the answer's status, or 0.
func (o *outbox) post(target string, body []byte, forged bool) int {
	r, err := http.NewRequestWithContext(o.stopped, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	secret := o.cfg.WebhookSecret
	if forged {
		secret += "x"
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
	r.Header.Set("Stripe-Signature", Sign(body, secret, o.cfg.Clock()))
	response, err := o.http.Do(r)
	if err != nil {
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
	return response.StatusCode
}

// Sign gives the header Stripe-Signature of a webhook's body (docs.stripe.com/webhooks#verify-manually).
func Sign(body []byte, secret string, at time.Time) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}
