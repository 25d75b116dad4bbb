package fedexsim

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Fault is how the next calls misbehave.
type Fault struct {
	// Answer is one of 403, 429, 500, 503, slow (the right answer, late), hang (none), malformed (JSON cut off).
	Answer string `json:"answer"`
	Count  int    `json:"count,omitempty"` // of calls; 0 is one
	// Path limits it to calls of one path, such as /oauth/token; else any but those of /_control.
	Path         string `json:"path,omitempty"`
	Milliseconds int    `json:"milliseconds,omitempty"` // of slow
	RetryAfter   int    `json:"retryAfter,omitempty"`   // seconds, for 429 and 503; 0 sends none
}

// Settings are what POST /_control takes.
type Settings struct {
	Reset        bool    `json:"reset,omitempty"`        // first: no faults, all counts zero, nobody shut out
	ExpireTokens bool    `json:"expireTokens,omitempty"` // every token there is ends now
	TokenSeconds int     `json:"tokenSeconds,omitempty"` // how long tokens hold from now on
	Faults       []Fault `json:"faults,omitempty"`       // behind those that are waiting
}

// State is what GET /_control gives.
type State struct {
	Calls       int            `json:"calls"` // but those of /_control
	CallsByPath map[string]int `json:"callsByPath"`
	Tokens      int            `json:"tokens"`      // issued
	ValidTokens int            `json:"validTokens"` // that hold now
	Quotes      int            `json:"quotes"`      // questions for rates that were answered
	Refused     int            `json:"refused"`     // answers that were errors in FedEx's shape
	Faults      []Fault        `json:"faults"`      // still waiting
}

// kinds are the answers of a Fault.
var kinds = []string{"403", "429", "500", "503", "slow", "hang", "malformed"}

// State tells what happened so far.
func (s *Simulator) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.state
	state.CallsByPath, state.Faults = maps.Clone(state.CallsByPath), append([]Fault{}, s.faults...)
	for _, end := range s.tokens {
		if s.cfg.Clock().Before(end) {
			state.ValidTokens++
		}
	}
	return state
}

// Control makes the simulator misbehave.
func (s *Simulator) Control(c Settings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Reset {
		s.state, s.faults, s.throttle = State{}, nil, throttle{}
	}
	if c.ExpireTokens {
		clear(s.tokens)
	}
	if c.TokenSeconds > 0 {
		s.cfg.TokenSeconds = c.TokenSeconds
	}
	for _, f := range c.Faults {
		f.Count = max(f.Count, 1)
		s.faults = append(s.faults, f)
	}
}

func (s *Simulator) showState(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, s.State())
}

// takeControl wants JSON by name: no other site's form can send that.
func (s *Simulator) takeControl(w http.ResponseWriter, r *http.Request) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		answer(w, http.StatusUnsupportedMediaType, map[string]string{"error": "send application/json"})
		return
	}
	var c Settings
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	in.DisallowUnknownFields()
	if err := in.Decode(&c); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	for _, f := range c.Faults {
		if !slices.Contains(kinds, f.Answer) {
			answer(w, http.StatusBadRequest, map[string]any{"error": "there is no answer " + strconv.Quote(f.Answer), "answers": kinds})
			return
		}
	}
	s.Control(c)
	answer(w, http.StatusOK, s.State())
}

// next takes the fault that a call meets, nil if it goes well.
func (s *Simulator) next(path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Calls++
	if s.state.CallsByPath == nil {
		s.state.CallsByPath = map[string]int{}
	}
	s.state.CallsByPath[path]++
	for i, f := range s.faults {
		if f.Path != "" && f.Path != path {
			continue
		}
		if s.faults[i].Count--; s.faults[i].Count == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return &f
	}
	return nil
}

// faulty serves a path, or misbehaves as it was told.
func (s *Simulator) faulty(well http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		f := s.next(r.URL.Path)
		if f == nil {
			well(w, r)
			return
		}
		// Only behind the whole body does the server notice that the caller hangs up.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		switch f.Answer {
		case "403":
			s.forbid(w)
		case "429":
			s.refuse(w, http.StatusTooManyRequests, "TOO.MANY.REQUESTS", "We have received too many requests in a short duration. Please wait and try again.")
		case "500":
			s.refuse(w, http.StatusInternalServerError, "INTERNAL.SERVER.ERROR", "We encountered an unexpected error and are working to resolve the issue.")
		case "503":
			s.refuse(w, http.StatusServiceUnavailable, "SERVICE.UNAVAILABLE.ERROR", "The service is currently unavailable and we are working to resolve the issue.")
		case "malformed":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"transactionId":"624deea6","output":{"rateReplyDetails":[{"serviceType":"FED`)
		case "slow":
			if wait(r, min(time.Duration(f.Milliseconds)*time.Millisecond, s.cfg.Hang)) {
				well(w, r)
			}
		case "hang":
			wait(r, s.cfg.Hang)
			panic(http.ErrAbortHandler) // closes the connection without an answer
		}
	}
}

// wait tells whether the caller is still there after a while.
func wait(r *http.Request, d time.Duration) bool {
	after := time.NewTimer(d)
	defer after.Stop()
	select {
	case <-after.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
