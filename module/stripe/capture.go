package stripe

import (
	"context"
	"strconv"
	"strings"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// capture takes reserved money. What an attempt took is written to the intent's metadata by the same request, so that a
// repeated attempt is known after Stripe has forgotten its key, too.
func (k *connection) capture(ctx context.Context, r module.PaymentRequest) (*module.PaymentState, error) {
	n, err := coins(r.Amount)
	if err != nil {
		return nil, err
	}
	for again := range tries {
		intent, err := k.intentOf(ctx, r.Reference)
		if err == nil {
			err = sameCurrency(intent, r)
		}
		if err != nil {
			return nil, err
		}
		if took(intent, r.Attempt) {
			return k.stepState(ctx, intent, r.Attempt)
		}
		p := &stripe.PaymentIntentCaptureParams{AmountToCapture: &n, Metadata: captured(r.Attempt, n)}
		if !r.Final && n < intent.AmountCapturable && severalCaptures(intent) {
			if len(intent.Metadata) >= mostKeys-1 {
				return nil, tooMany(intent)
			}
			p.FinalCapture = stripe.Bool(false) // else the rest is let go
		}
		p.AddExpand(whole)
		p.IdempotencyKey = key(r.Attempt, "capture", again)
		after, err := k.V1PaymentIntents.Capture(ctx, intent.ID, p)
		if err == nil && k.last.replayed {
			after, err = k.intentOf(ctx, intent.ID)
		}
		switch {
		case err == nil:
			return k.stepState(ctx, after, r.Attempt)
		case !k.stuck():
			return nil, k.fault("capture "+r.Amount.String(), err)
		}
	}
	return nil, failing
}

// sameCurrency refuses a step in another currency than the payment's: Stripe takes no currency for it and would take as many
// coins of its own.
func sameCurrency(i *stripe.PaymentIntent, r module.PaymentRequest) error {
	if strings.EqualFold(string(i.Currency), r.Amount.Currency) {
		return nil
	}
	return &module.Error{Class: module.Refused, Code: "currency_mismatch",
		Detail: string(r.Action) + " " + r.Amount.String() + ": the payment " + i.ID + " is in " + strings.ToUpper(string(i.Currency)) + "."}
}

// mostKeys is how many keys Stripe takes in an object's metadata (docs.stripe.com/metadata). Each capture needs one, and the
// last of them is kept for the capture that none follows.
const mostKeys = 50

// tooMany refuses a part where only the rest can still be taken.
func tooMany(i *stripe.PaymentIntent) error {
	done := 0
	for name := range i.Metadata {
		if _, ours := attemptOf(name); ours {
			done++
		}
	}
	return &module.Error{Class: module.Refused, Code: "too_many_captures", Detail: "The payment " + i.ID + " was captured " + strconv.Itoa(done) +
		" times, and Stripe's metadata has room for one capture more: take the rest in one last capture that is final."}
}

// severalCaptures says whether this card can be captured in parts (docs.stripe.com/payments/multicapture).
func severalCaptures(i *stripe.PaymentIntent) bool {
	c := cardOf(i)
	return c != nil && c.Multicapture != nil && c.Multicapture.Status == stripe.ChargePaymentMethodDetailsCardMulticaptureStatusAvailable
}

func cardOf(i *stripe.PaymentIntent) *stripe.ChargePaymentMethodDetailsCard {
	if i.LatestCharge == nil || i.LatestCharge.PaymentMethodDetails == nil {
		return nil
	}
	return i.LatestCharge.PaymentMethodDetails.Card
}

func took(i *stripe.PaymentIntent, attempt string) bool {
	for name := range captured(attempt, 0) {
		_, done := i.Metadata[name]
		return done
	}
	return false
}

// stepState is the state of an intent after a step, with the step's number.
func (k *connection) stepState(ctx context.Context, i *stripe.PaymentIntent, attempt string) (*module.PaymentState, error) {
	s, err := k.intentState(ctx, i, nil)
	if err != nil {
		return nil, err
	}
	s.Step = ""
	for _, done := range s.Done {
		if done.Attempt == attempt {
			s.Step = done.Step
		}
	}
	return s, nil
}
