package stripe

import (
	"context"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// refund gives money back, in part or in full, as often as there is something left.
func (k *connection) refund(ctx context.Context, r module.PaymentRequest) (*module.PaymentState, error) {
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
		state, err := k.intentState(ctx, intent, nil)
		if err != nil {
			return nil, err
		}
		for _, done := range state.Done {
			if done.Action == module.Refund && done.Attempt == r.Attempt {
				return refunded(state, done)
			}
		}
		p := &stripe.RefundCreateParams{PaymentIntent: &intent.ID, Amount: &n, Metadata: metadata(r)}
		p.IdempotencyKey = key(r.Attempt, "refund", again)
		_, err = k.V1Refunds.Create(ctx, p)
		if err != nil && !k.stuck() {
			return nil, k.fault("refund "+r.Amount.String(), err)
		}
		if err != nil {
			continue
		}
		if intent, err = k.intentOf(ctx, intent.ID); err != nil {
			return nil, err
		}
		if state, err = k.intentState(ctx, intent, nil); err != nil {
			return nil, err
		}
		for _, done := range state.Done {
			if done.Action == module.Refund && done.Attempt == r.Attempt {
				return refunded(state, done)
			}
		}
		state.Step = "" // Stripe does not list it yet
		return state, nil
	}
	return nil, failing
}

// refunded is the state after a refund, or the refusal of it: the payment itself stays as it was.
func refunded(s *module.PaymentState, done module.PaymentStep) (*module.PaymentState, error) {
	if done.Failed {
		return nil, &module.Error{Class: module.Refused, Code: "refund_failed",
			Detail: "The refund " + done.Step + " of " + done.Amount.String() + " did not reach the card's holder; give the money back in another way."}
	}
	s.Step = done.Step
	return s, nil
}
