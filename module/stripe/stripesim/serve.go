package stripesim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// answer is a response as it is sent, and replayed.
type answer struct {
	status int
	body   []byte
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return []byte(`{"error":{"type":"api_error","message":"The answer cannot be written."}}`)
	}
	return b.Bytes()
}

func refused(f *fault) answer { return answer{f.status, encode(object{"error": f.object()})} }

func write(w http.ResponseWriter, status int, id string, body []byte) {
	if id == "" {
		id = "req_" + random(7)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Request-Id", id)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// version is a version of the API; without one the account's own would hold.
var version = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$`)

// serve answers one call of the API: key, mischief, parameters, idempotency, then the endpoint itself.
func (s *Simulator) serve(w http.ResponseWriter, r *http.Request, e endpoint) {
	c := call{Method: r.Method, Path: r.URL.Path, Key: r.Header.Get("Idempotency-Key"), Version: r.Header.Get("Stripe-Version")}
	id := "req_" + random(7)
	if v := c.Version; v != "" {
		w.Header().Set("Stripe-Version", v)
	}
	if c.Key != "" {
		w.Header().Set("Idempotency-Key", c.Key)
	}
	p, f := read(r)
	if f == nil && c.Version != "" && !version.MatchString(c.Version) {
		f = invalid("", "", "Invalid Stripe API version: %.40s", c.Version)
	}
	if f == nil {
		f = s.authenticate(r, e.public)
	}
	trouble := s.trouble(r.Method, r.URL.Path)
	var a answer
	switch {
	case f != nil:
		a = refused(f)
	case trouble.status != 0 && !trouble.after:
		time.Sleep(trouble.slow)
		if trouble.status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "1")
		}
		a = refused(outage(trouble.status))
	default:
		a, c.Replayed = s.once(c, p, func() (answer, bool) { return s.run(r, e, p, trouble) })
	}
	if r.Method == http.MethodPost {
		s.save()
	}
	c.Status = a.status
	s.note(c)
	if trouble.drop {
		cut(w, a)
	}
	if c.Replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	write(w, a.status, id, a.body)
}

// cut breaks the connection within the answer; what was done stays done. A connection that breaks before the answer would not
// do: HTTP clients send a request with an idempotency key once more by themselves then.
func cut(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// run executes a call; begun says that the execution began, so that the answer is kept for the idempotency key.
func (s *Simulator) run(r *http.Request, e endpoint, p parameters, t trouble) (a answer, begun bool) {
	if f := p.check(e.takes); f != nil {
		return refused(f), false
	}
	q := request{parameters: p, id: r.PathValue("id"), expanded: expansions(p), base: s.base(r)}
	if path := q.expanded.unknown(e.expands, ""); path != "" {
		return refused(invalid("", "expand", "This property cannot be expanded (%s).", path)), false
	}
	time.Sleep(t.slow) // with the idempotency key in use
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lapse()
	if t.status != 0 && t.after && !t.done {
		return refused(outage(t.status)), true // it began and failed: the same key will get the same answer
	}
	o, f := e.run(s, q)
	switch {
	case t.status != 0:
		return refused(outage(t.status)), true // it was done, but the answer says otherwise
	case f != nil:
		return refused(f), true
	}
	return answer{http.StatusOK, encode(o)}, true
}

// authenticate takes the key as user name of Basic or as Bearer token (docs.stripe.com/api/authentication). A publishable
// key may come as parameter, as browsers send it.
func (s *Simulator) authenticate(r *http.Request, public bool) *fault {
	key, _, basic := r.BasicAuth()
	if !basic {
		key, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	f := &fault{status: http.StatusUnauthorized, kind: "invalid_request_error"}
	switch {
	case key == "":
		f.message = "You did not provide an API key. You need to provide your API key in the Authorization header."
	case key == s.cfg.SecretKey, public && key == s.cfg.PublishableKey:
		return nil
	case key == s.cfg.PublishableKey:
		f.code = "secret_key_required"
		f.message = "This API call cannot be made with a publishable API key. Please use a secret API key."
	default:
		f.message = "Invalid API Key provided: " + masked(key)
	}
	return f
}

// masked is what Stripe shows of a wrong key: its beginning and its last four characters.
func masked(key string) string {
	if len(key) < 16 {
		return "****"
	}
	return key[:8] + "****" + key[len(key)-4:]
}

func outage(status int) *fault {
	f := &fault{status: status, kind: "api_error", message: "An error occurred while processing your request."}
	if status == http.StatusTooManyRequests {
		f.kind, f.code, f.message = "invalid_request_error", "rate_limit", "Request rate limit exceeded."
	}
	return f
}
