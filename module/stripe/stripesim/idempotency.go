package stripesim

import (
	"crypto/sha256"
	"fmt"
	"net/http"
)

// remembered is what became of the first call with an idempotency key (docs.stripe.com/api/idempotent_requests).
type remembered struct {
	request [32]byte
	done    bool
	answer  answer
}

// once runs a call unless one with the same key did: then its answer is given again, errors included. A key with another
// request is refused, and so is one whose first call still runs. Only what began to be executed is kept.
func (s *Simulator) once(c call, p parameters, run func() (answer, bool)) (a answer, replayed bool) {
	if c.Key == "" || c.Method != http.MethodPost {
		a, _ = run()
		return a, false
	}
	if len(c.Key) > 255 {
		return refused(invalid("", "", "The idempotency key is longer than 255 characters.")), false
	}
	request := fingerprint(c, p)
	s.mu.Lock()
	first, known := s.keys[c.Key]
	if !known {
		s.keys[c.Key] = &remembered{request: request}
	}
	s.mu.Unlock()
	if known {
		return first.again(s, request)
	}
	finished := false
	defer func() {
		if !finished { // the endpoint failed altogether: the key is free again
			s.forget(c.Key)
		}
	}()
	a, begun := run()
	finished = true
	if !begun {
		s.forget(c.Key)
		return a, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[c.Key].done, s.keys[c.Key].answer = true, a
	return a, false
}

func (s *Simulator) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, key)
}

func (first *remembered) again(s *Simulator, request [32]byte) (answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case first.request != request:
		return refused(&fault{status: http.StatusBadRequest, kind: "idempotency_error",
			message: "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than this if you meant to execute a different request."}), false
	case !first.done:
		return refused(&fault{status: http.StatusConflict, kind: "idempotency_error", code: "idempotency_key_in_use",
			message: "There is currently another in-progress request using this idempotency key. Please try again later."}), false
	}
	return first.answer, true
}

func fingerprint(c call, p parameters) [32]byte {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s %s\n", c.Method, c.Path)
	for _, path := range p.paths() {
		_, _ = fmt.Fprintf(h, "%q=%q\n", path, p[path])
	}
	return [32]byte(h.Sum(nil))
}
