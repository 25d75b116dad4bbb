package stripe

import (
	"context"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// checkUsage is what a checked card is going to be used for, as Stripe asks: its holder is there when it is charged. Element and
// SetupIntent have to say the same.
const checkUsage = "on_session"

// validate checks a card by a SetupIntent; nothing is charged or reserved (docs.stripe.com/payments/setup-intents).
func (k *connection) validate(ctx context.Context, r module.PaymentRequest) (*module.PaymentState, error) {
	for again := range tries {
		p := &stripe.SetupIntentCreateParams{Confirm: stripe.Bool(true), ConfirmationToken: &r.Token, Usage: stripe.String(checkUsage),
			PaymentMethodTypes: []*string{stripe.String("card")}, Metadata: metadata(r), Description: stripe.String(title(r)),
			UseStripeSDK: stripe.Bool(false)}
		if r.ReturnURL != "" {
			p.ReturnURL = &r.ReturnURL
		}
		p.AddExpand("payment_method")
		p.IdempotencyKey = key(r.Attempt, "validate", again)
		setup, err := k.V1SetupIntents.Create(ctx, p)
		if refusal, ok := declined(err); ok {
			return refused(refusal, r.Attempt), nil
		}
		switch {
		case err == nil && k.last.replayed:
			return k.lookSetup(ctx, setup.ID)
		case err == nil:
			return k.setupState(ctx, setup, nil)
		case !k.stuck():
			return nil, k.fault("check a card", err)
		}
		if state, err := k.find(ctx, r.Attempt); err != nil || state != nil {
			return state, err
		}
	}
	return nil, failing
}
