package stripe

import (
	"context"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// release lets go of what is left of a payment of which a part was taken: by a last capture of nothing, as Stripe's page
// says (docs.stripe.com/payments/multicapture#release-uncaptured-funds). A cancellation is for payments of which nothing was
// taken. The metadata says which attempt did it, so that a repeated one is known after Stripe forgot its key. It gives no state
// if the step has to be begun anew.
func (k *connection) release(ctx context.Context, i *stripe.PaymentIntent, r module.PaymentRequest, again int) (*module.PaymentState, error) {
	if i.Metadata[cancelledKey] == r.Attempt {
		return k.intentState(ctx, i, nil)
	}
	p := &stripe.PaymentIntentCaptureParams{AmountToCapture: stripe.Int64(0), FinalCapture: stripe.Bool(true)}
	if len(i.Metadata) < mostKeys {
		p.Metadata = map[string]string{cancelledKey: r.Attempt}
	}
	p.AddExpand(whole)
	p.IdempotencyKey = key(r.Attempt, "release", again)
	after, err := k.V1PaymentIntents.Capture(ctx, i.ID, p)
	switch {
	case err == nil:
		return k.current(ctx, after)
	case k.stuck():
		return nil, nil
	}
	return nil, k.fault("let go of the rest of the payment "+i.ID, err)
}
