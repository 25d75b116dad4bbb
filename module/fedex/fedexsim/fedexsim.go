// Package fedexsim plays FedEx for demos and tests: access tokens that end, rates that can be computed, and every way to say no.
package fedexsim

import (
	"cmp"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

// Config says who may ask. The zero values of the others take the default named.
type Config struct {
	ClientID, ClientSecret string // of the project; must be set
	Account                string // number of the only account there is; must be set

	Currency     string        // of the account, one that In knows: EUR
	TokenSeconds int           // how long a token holds: 3600
	Hang         time.Duration // the longest that an answer is held back: a minute
	Clock        func() time.Time
}

// Simulator is FedEx as an http.Handler. It may be called from several goroutines.
type Simulator struct {
	cfg Config
	mux *http.ServeMux

	mu       sync.Mutex
	tokens   map[string]time.Time // when each ends
	throttle throttle
	faults   []Fault
	state    State
	number   int64 // of the last transaction or token
}

// New makes a simulator.
func New(cfg Config) *Simulator {
	if _, traded := In(cfg.Currency, decimal.Decimal{}); !traded {
		cfg.Currency = "EUR"
	}
	cfg.TokenSeconds = cmp.Or(cfg.TokenSeconds, 3600)
	cfg.Hang = cmp.Or(cfg.Hang, time.Minute)
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	s := &Simulator{cfg: cfg, mux: http.NewServeMux(), tokens: map[string]time.Time{}}
	s.mux.HandleFunc("POST "+tokenPath, s.faulty(s.token))
	s.mux.HandleFunc("POST "+ratePath, s.faulty(s.rate))
	s.mux.HandleFunc("GET /fedextrack/", track)
	s.mux.HandleFunc("GET /_control", s.showState)
	s.mux.HandleFunc("POST /_control", s.takeControl)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		s.refuse(w, http.StatusNotFound, "NOT.FOUND.ERROR", "The resource you requested is no longer available. Please modify your request and try again.")
	})
	return s
}

const (
	tokenPath = "/oauth/token" // #nosec G101 -- a path
	ratePath  = "/rate/v1/rates/quotes"
)

// ServeHTTP implements http.Handler.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// notice is one error or alert of an answer.
type notice struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Type    string `json:"alertType,omitempty"`
}

// refuse answers with an error in FedEx's shape.
func (s *Simulator) refuse(w http.ResponseWriter, status int, code, message string) {
	s.mu.Lock()
	s.state.Refused++
	s.mu.Unlock()
	answer(w, status, struct {
		ID     string   `json:"transactionId"`
		Errors []notice `json:"errors"`
	}{s.transaction(), []notice{{Code: code, Message: message}}})
}

// transaction is a new number in the form of FedEx's, the same in each run.
func (s *Simulator) transaction() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	return "624deea6-b709-470c-8c39-" + decimal.NewFromInt(100_000_000_000+s.number).String()
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who asked may be gone
}
