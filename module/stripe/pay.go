package stripe

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/hanse-commerce/hanse/module"
)

// Pay implements module.Payment. It may be called again with the same attempt at any time: within a day Stripe knows the
// idempotency key, and what an attempt did can be read off the payment itself.
func (Module) Pay(ctx context.Context, c *module.Channel, r module.PaymentRequest) (*module.PaymentState, error) {
	k := connect(c)
	if r.Attempt == "" {
		return nil, &module.Error{Class: module.Invalid, Code: "attempt_missing", Detail: "A step without an attempt could be done twice; name one."}
	}
	if r.Action == module.Authorize || r.Action == module.Validate {
		if forgotten(r.Attempt) {
			if state, err := k.find(ctx, r.Attempt); err != nil || state != nil {
				return state, err
			}
		}
	} else if r.Reference == "" {
		return nil, &module.Error{Class: module.Invalid, Code: "reference_missing", Detail: "The step " + string(r.Action) + " needs the payment's number at Stripe."}
	}
	switch r.Action {
	case module.Authorize:
		if r.Token == "" {
			return k.host(ctx, r)
		}
		return k.authorize(ctx, r)
	case module.Validate:
		if r.Token == "" {
			return k.host(ctx, r)
		}
		return k.validate(ctx, r)
	case module.Capture:
		return k.capture(ctx, r)
	case module.Cancel:
		state, err := k.cancel(ctx, r)
		if err == nil {
			state.Step = "" // Stripe numbers no cancellation
		}
		return state, err
	case module.Refund:
		return k.refund(ctx, r)
	}
	return nil, &module.Error{Class: module.Invalid, Code: "action_unknown", Detail: "Stripe's module does not know the step " + string(r.Action) + "."}
}

// memory is how long Stripe surely knows an idempotency key, less an hour.
const memory = 23 * time.Hour

// began is when an attempt was made, read off its UUIDv7.
func began(attempt string) (time.Time, bool) {
	id, err := uuid.Parse(attempt)
	if err != nil || id.Version() != 7 {
		return time.Time{}, false
	}
	seconds, nanoseconds := id.Time().UnixTime()
	return time.Unix(seconds, nanoseconds), true
}

// forgotten says that Stripe may not know the attempt's keys any more.
func forgotten(attempt string) bool {
	at, ok := began(attempt)
	return ok && time.Since(at) > memory
}

// The kinds of a reference.
func isIntent(reference string) bool  { return strings.HasPrefix(reference, "pi_") }
func isSetup(reference string) bool   { return strings.HasPrefix(reference, "seti_") }
func isSession(reference string) bool { return strings.HasPrefix(reference, "cs_") }
