package module

import "time"

// Class tells Hanse what to do about an Error.
type Class string

// The classes of an Error. Hanse asks again after Connection, Intermittent and RateLimited, with growing pauses; these alone
// open the circuit breaker.
const (
	Refused      Class = "refused"      // the system understood and said no; asking again is no use
	Unauthorized Class = "unauthorized" // the credentials of the settings are not accepted, or cannot be read
	Invalid      Class = "invalid"      // the request or a setting is wrong
	Connection   Class = "connection"   // the system cannot be reached, or did not answer in time: what it did is not known
	Intermittent Class = "intermittent" // the system failed for no lasting reason (5xx)
	RateLimited  Class = "rateLimit"    // the system wants us to wait
)

// Error is what went wrong with an outside system. Any other error that a method gives counts as Connection.
type Error struct {
	Class  Class
	Code   string // stable, snake_case, of the module: "invalid_signature"
	Detail string // what is wrong and what to do, in words; no secrets, no card data
	// RetryAfter is how long the system wants us to wait, 0 if it did not say.
	RetryAfter time.Duration
	Err        error // cause, or nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Detail + ": " + e.Err.Error()
	}
	return e.Detail
}

func (e *Error) Unwrap() error { return e.Err }

// Retryable tells whether the same call may succeed later.
func (e *Error) Retryable() bool {
	return e.Class == Connection || e.Class == Intermittent || e.Class == RateLimited
}
