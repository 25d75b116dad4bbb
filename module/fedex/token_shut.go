package fedex

import (
	"errors"
	"fmt"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// FedEx lets an address ask for three tokens a second for five seconds, and for one a second over two minutes; who asks more
// often gets 403 for ten minutes (developer.fedex.com, "API Throttling"), and gains nothing by asking on.
const (
	codeShut = "token_requests_blocked"
	shutTime = 10 * time.Minute
)

// shutOut is until when FedEx gives no tokens, and its answer that said so.
type shutOut struct {
	until time.Time
	said  error
}

// shutBy notes that FedEx gives no tokens for a while, if that is what an error says. The caller holds mu.
func (t *tokens) shutBy(base string, err error) {
	var e *module.Error
	if errors.As(err, &e) && e.Code == codeShut {
		t.shut[base] = shutOut{t.now().Add(e.RetryAfter), e.Err}
	}
}

// shutFor is the error of who would ask for a token while FedEx gives none. The caller holds mu.
func (t *tokens) shutFor(base string) error {
	s, ok := t.shut[base]
	if !ok {
		return nil
	}
	left := s.until.Sub(t.now())
	if left <= 0 {
		delete(t.shut, base)
		return nil
	}
	return &module.Error{Class: module.RateLimited, Code: codeShut, RetryAfter: left, Err: s.said, Detail: fmt.Sprintf("%s: %s; %s are left",
		askingToken, wordsShut, left.Round(time.Second))}
}

const wordsShut = "FedEx gives this address no tokens, because it was asked for too many, which says nothing of clientId and clientSecret; " +
	"wait ten minutes, and see that nothing else asks from here so often"

// isShut is shutFor for who does not ask for a token.
func (t *tokens) isShut(base string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.shutFor(base)
}
