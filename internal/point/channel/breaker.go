package channel

import (
	"context"
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"
)

// After so many calls in a row that failed, each with its repetitions, a channel is left alone for so long; then one call tries whether it is back.
const (
	breakerFailures = 5
	breakerPause    = 30 * time.Second
)

// newBreaker makes the circuit breaker of a revision: whoever mends the settings need not wait.
func (h *Host) newBreaker(u *unit) *gobreaker.CircuitBreaker[any] {
	h.Metrics.breaker(u, gobreaker.StateClosed)
	return gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
		Name:         u.id,
		Timeout:      breakerPause,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= breakerFailures },
		IsSuccessful: func(err error) bool { return err == nil || !asModuleError(err).Retryable() },
		IsExcluded:   func(err error) bool { return errors.Is(err, context.Canceled) },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			h.Metrics.breaker(u, to)
			h.Log.Warn("the circuit breaker of a channel changed", "channel", u.code, "kind", u.kind, "from", from.String(), "to", to.String())
		},
	})
}

func opened(err error) bool {
	return errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests)
}
