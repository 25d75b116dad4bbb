package stripe

import (
	"context"
	"time"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// find looks for the payment that an attempt began, when the answer that named it was lost; nil if Stripe has none.
//
// It reads lists, which show what was made at once, rather than Stripe's search, which may lag by a minute, after an outage
// by an hour, and is not there for merchants in India: an attempt that search does not know yet would be done twice. An
// attempt tells when it was made (UUIDv7), so that only a few minutes of a shop's payments are read, and then a day's.
func (k *connection) find(ctx context.Context, attempt string) (*module.PaymentState, error) {
	for _, s := range spansOf(attempt) {
		for _, look := range []func(context.Context, string, span) (string, error){k.findIntent, k.findSession, k.findSetup} {
			reference, err := look(ctx, attempt, s)
			if err != nil {
				return nil, err
			}
			if reference != "" {
				return k.look(ctx, reference)
			}
		}
	}
	return nil, nil
}

// span is a time in which something was made.
type span struct{ from, until time.Time }

// spansOf are the times in which an attempt can have made something, the likely one first.
func spansOf(attempt string) []span {
	at, ok := began(attempt)
	if !ok {
		return []span{{time.Now().Add(-48 * time.Hour), time.Now().Add(time.Hour)}}
	}
	soon, late := span{at.Add(-5 * time.Minute), at.Add(15 * time.Minute)}, span{at.Add(15*time.Minute + time.Second), at.Add(48 * time.Hour)}
	if late.from.After(time.Now().Add(5 * time.Minute)) {
		return []span{soon}
	}
	return []span{soon, late}
}

func (s span) made() *stripe.RangeQueryParams {
	return &stripe.RangeQueryParams{GreaterThanOrEqual: s.from.Unix(), LesserThanOrEqual: s.until.Unix()}
}

const pageSize = 100 // the most that Stripe gives

func (k *connection) findIntent(ctx context.Context, attempt string, s span) (string, error) {
	p := &stripe.PaymentIntentListParams{CreatedRange: s.made()}
	p.Limit = stripe.Int64(pageSize)
	found := ""
	for i, err := range k.V1PaymentIntents.List(ctx, p).All(ctx) {
		switch {
		case err != nil:
			return "", k.fault("look for the payment of the attempt "+attempt, err)
		case i.Metadata[attemptKey] != attempt:
		case i.Status == stripe.PaymentIntentStatusRequiresPaymentMethod, i.Status == stripe.PaymentIntentStatusCanceled:
			found = i.ID // unless another one came further
		default:
			return i.ID, nil
		}
	}
	return found, nil
}

func (k *connection) findSession(ctx context.Context, attempt string, s span) (string, error) {
	p := &stripe.CheckoutSessionListParams{CreatedRange: s.made()}
	p.Limit = stripe.Int64(pageSize)
	for session, err := range k.V1CheckoutSessions.List(ctx, p).All(ctx) {
		if err != nil {
			return "", k.fault("look for the payment page of the attempt "+attempt, err)
		}
		if session.Metadata[attemptKey] == attempt {
			return session.ID, nil
		}
	}
	return "", nil
}

func (k *connection) findSetup(ctx context.Context, attempt string, s span) (string, error) {
	p := &stripe.SetupIntentListParams{CreatedRange: s.made()}
	p.Limit = stripe.Int64(pageSize)
	for setup, err := range k.V1SetupIntents.List(ctx, p).All(ctx) {
		if err != nil {
			return "", k.fault("look for the check of the attempt "+attempt, err)
		}
		if setup.Metadata[attemptKey] == attempt {
			return setup.ID, nil
		}
	}
	return "", nil
}
