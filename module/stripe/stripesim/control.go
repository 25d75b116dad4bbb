package stripesim

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// mischief is how the simulator misbehaves on purpose, as /_control shows and takes it. Times counts down to 0.
type mischief struct {
	// Fail answers the next calls with a status. Executing: the failure comes after execution began, so that the idempotency
	// key keeps it; Done: what was asked was done nevertheless.
	Fail struct {
		Times     int    `json:"times"`
		Status    int    `json:"status"`
		Path      string `json:"path,omitempty"` // only calls whose path begins so
		Executing bool   `json:"executing,omitempty"`
		Done      bool   `json:"done,omitempty"`
	} `json:"fail"`
	// Slow delays the next calls.
	Slow struct {
		Times        int `json:"times"`
		Milliseconds int `json:"ms"`
	} `json:"slow"`
	// Drop executes the next calls and breaks the connection: the answer is lost.
	Drop struct {
		Times  int    `json:"times"`
		Method string `json:"method,omitempty"` // GET or POST alone
		Path   string `json:"path,omitempty"`
	} `json:"drop"`
	Multicapture bool `json:"multicapture"` // whether cards can be captured several times
	CardFeatures bool `json:"cardFeatures"` // whether the account may ask for that at all
	Script       bool `json:"script"`       // whether the element script is served
}

// left is the mischief without what is used up, so that a new order begins with nothing of an old one.
func (m mischief) left() mischief {
	var fresh mischief
	if m.Fail.Times == 0 {
		m.Fail = fresh.Fail
	}
	if m.Slow.Times == 0 {
		m.Slow = fresh.Slow
	}
	if m.Drop.Times == 0 {
		m.Drop = fresh.Drop
	}
	return m
}

// trouble is what the mischief does to one call.
type trouble struct {
	status      int
	after, done bool
	drop        bool
	slow        time.Duration
}

func (s *Simulator) trouble(method, path string) (t trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &s.mischief
	if m.Slow.Times > 0 {
		m.Slow.Times--
		t.slow = time.Duration(m.Slow.Milliseconds) * time.Millisecond
	}
	if m.Fail.Times > 0 && strings.HasPrefix(path, m.Fail.Path) {
		m.Fail.Times--
		t.status, t.after, t.done = m.Fail.Status, m.Fail.Executing || m.Fail.Done, m.Fail.Done
	}
	if m.Drop.Times > 0 && (m.Drop.Method == "" || m.Drop.Method == method) && strings.HasPrefix(path, m.Drop.Path) {
		m.Drop.Times--
		t.drop = true
	}
	return t
}

// call is one call of the API, as /_control shows it.
type call struct {
	Method   string `json:"method"`
	Path     string `json:"path"`
	Status   int    `json:"status"`
	Key      string `json:"idempotencyKey,omitempty"`
	Version  string `json:"version,omitempty"`
	Replayed bool   `json:"replayed,omitempty"`
}

const mostCalls = 1000

func (s *Simulator) note(c call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls = append(s.calls, c); len(s.calls) > mostCalls {
		s.calls = s.calls[len(s.calls)-mostCalls:]
	}
	s.cfg.Log.Debug("stripe simulator", "method", c.Method, "path", c.Path, "status", c.Status, "replayed", c.Replayed)
}

// order is what a POST to /_control may hold; what is left out stays as it is.
type order struct {
	mischief
	// Webhooks is how events are delivered: on, off, doubled, delayed (by DelayMilliseconds), reversed or badSignature.
	Webhooks          *string `json:"webhooks"`
	DelayMilliseconds *int    `json:"delayMs"`
	WebhookURL        *string `json:"webhookURL"`
	Resend            string  `json:"resend"`     // an event's id, or "all"
	Expire            string  `json:"expire"`     // an intent or session whose time is over at once
	FailRefund        string  `json:"failRefund"` // a refund that the bank sends back
}

func (s *Simulator) control(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		if f := s.obey(r); f != nil {
			write(w, f.status, "", encode(object{"error": f.object()}))
			return
		}
	}
	s.mu.Lock()
	state := s.state()
	s.mu.Unlock()
	write(w, http.StatusOK, "", encode(state))
}

func (s *Simulator) obey(r *http.Request) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := order{mischief: s.mischief.left()}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return invalid("", "", "read the order: %v", err)
	}
	if o.Webhooks != nil && !s.out.behave(*o.Webhooks) {
		return invalid("", "webhooks", "webhooks must be on, off, doubled, delayed, reversed or badSignature")
	}
	s.mischief = o.mischief
	if o.DelayMilliseconds != nil {
		s.out.delayBy(time.Duration(*o.DelayMilliseconds) * time.Millisecond)
	}
	if o.WebhookURL != nil {
		s.out.sendTo(*o.WebhookURL)
	}
	if o.Resend != "" && !s.out.resend(o.Resend) {
		return missing("event", o.Resend, "resend")
	}
	if f := s.failRefund(o.FailRefund); f != nil {
		return f
	}
	return s.expireNow(o.Expire)
}
