package stripesim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// saved is the account in a file, so that what was begun can be gone on with after a restart: payments, checks of cards, pages
// and idempotency keys. Tokens, messages that are to be sent, calls and mischief are not kept. What points to another object
// names it by its id.
type saved struct {
	Intents  []savedIntent       `json:"intents"`
	Charges  []savedCharge       `json:"charges"`
	Refunds  []savedRefund       `json:"refunds"`
	Setups   []savedSetup        `json:"setups"`
	Sessions []savedSession      `json:"sessions"`
	Keys     map[string]savedKey `json:"keys"`
}

type savedIntent struct {
	ID, Secret           string
	Amount               int64
	Currency             string
	Automatic, Multi     bool
	Capturable, Received int64
	Captures             int
	Status, Description  string
	ReturnURL, NextURL   string
	SDK                  bool
	Made                 element
	Metadata             map[string]string
	Method               *savedMethod
	Charge, Session      string
	Created, Canceled    time.Time
	CanceledBecause      string
}

type savedCharge struct {
	ID, Intent              string
	Method                  *savedMethod
	Amount, Taken, Returned int64
	Captured, Multi         bool
	Verdict                 [3]string
	CaptureBefore, Created  time.Time
}

type savedRefund struct {
	ID, Charge              string
	Amount                  int64
	Status, Failure, Reason string
	Metadata                map[string]string
	Created                 time.Time
}

type savedSetup struct {
	ID, Secret, Status, Usage, Description string
	ReturnURL, NextURL                     string
	SDK                                    bool
	Metadata                               map[string]string
	Method                                 *savedMethod
	Session                                string
	Created                                time.Time
	CanceledBecause                        string
}

type savedSession struct {
	ID, Mode, Status, URL string
	Amount                int64
	Currency, Product     string
	SuccessURL, CancelURL string
	Email, Reference      string
	Locale, Description   string
	Metadata, Inner       map[string]string
	Automatic, Multi      bool
	Intent, Setup         string
	Created, Expires      time.Time
}

type savedMethod struct {
	ID                 string
	Brand, Last4       string
	ExpMonth, ExpYear  int
	Decline            [3]string
	Challenged         bool
	RefundFails, Multi bool
	Created            time.Time
}

type savedKey struct {
	Request []byte
	Status  int
	Body    []byte
}

// save writes the account into its file, whole or not at all, before the answer to a call goes out.
func (s *Simulator) save() {
	if s.cfg.File == "" {
		return
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	content, err := json.Marshal(s.saved())
	s.mu.Unlock()
	if err == nil {
		err = os.WriteFile(s.cfg.File+".tmp", content, 0o600)
	}
	if err == nil {
		err = os.Rename(s.cfg.File+".tmp", s.cfg.File)
	}
	if err != nil {
		s.cfg.Log.Error("the simulated Stripe's account was not saved", "file", s.cfg.File, "error", err)
	}
}

// load reads the account of an earlier simulator, if there is one.
func (s *Simulator) load() error {
	content, err := os.ReadFile(s.cfg.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var v saved
	if err == nil {
		err = json.Unmarshal(content, &v)
	}
	if err != nil {
		return fmt.Errorf("read the simulated Stripe's account %s: %w", s.cfg.File, err)
	}
	s.restore(v)
	return nil
}
