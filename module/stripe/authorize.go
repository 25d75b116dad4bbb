package stripe

import (
	"context"
	"strings"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

const whole = "latest_charge.refunds" // expands all of an intent that a state is made of

// authorize makes a PaymentIntent and confirms it in one request, with what the buyer gave to the Payment Element
// (docs.stripe.com/payments/finalize-payments-on-the-server).
func (k *connection) authorize(ctx context.Context, r module.PaymentRequest) (*module.PaymentState, error) {
	return k.asking(func(as asked) (*module.PaymentState, error) { return k.reserve(ctx, r, as) })
}

func (k *connection) reserve(ctx context.Context, r module.PaymentRequest, as asked) (*module.PaymentState, error) {
	n, err := coins(r.Amount)
	if err != nil {
		return nil, err
	}
	for again := range tries {
		p := &stripe.PaymentIntentCreateParams{
			Amount: &n, Currency: stripe.String(strings.ToLower(r.Amount.Currency)), Confirm: stripe.Bool(true),
			ConfirmationToken: &r.Token, CaptureMethod: stripe.String(captureMethod(k.channel.Settings)), Description: stripe.String(title(r)),
			PaymentMethodTypes: []*string{stripe.String("card")}, Metadata: metadata(r),
			UseStripeSDK: stripe.Bool(false), // a token says true, and then a challenge has no address
		}
		if r.ReturnURL != "" {
			p.ReturnURL = &r.ReturnURL
		}
		if as.several {
			p.PaymentMethodOptions = &stripe.PaymentIntentCreatePaymentMethodOptionsParams{
				Card: &stripe.PaymentIntentCreatePaymentMethodOptionsCardParams{RequestMulticapture: stripe.String("if_available")}}
		}
		p.AddExpand(whole)
		p.IdempotencyKey = key(r.Attempt, as.step("authorize"), again)
		intent, err := k.V1PaymentIntents.Create(ctx, p)
		if refusal, ok := declined(err); ok {
			return refused(refusal, r.Attempt), nil
		}
		if err == nil {
			return k.current(ctx, intent)
		}
		stuck, fault := k.stuck(), k.fault("authorize "+r.Amount.String(), err)
		if !stuck && !spent(err) {
			return nil, fault
		}
		if state, err := k.find(ctx, r.Attempt); err != nil || state != nil {
			return state, err
		}
		if !stuck {
			return nil, fault
		}
	}
	return nil, failing
}

// failing is told when Stripe fails again and again and nothing was done.
var failing = &module.Error{Class: module.Intermittent, Code: "stripe_failing", Detail: "Stripe fails to do this step. Nothing was done; ask again later."}

// refused is the state of a payment whose card was not taken.
func refused(e *stripe.Error, attempt string) *module.PaymentState {
	s := &module.PaymentState{Status: module.PaymentFailed, Attempt: attempt, Code: reason(e), Message: e.Msg, Instrument: instrumentOf(e.PaymentMethod)}
	if e.PaymentIntent != nil {
		s.Reference, s.Step = e.PaymentIntent.ID, e.PaymentIntent.ID
	}
	if e.SetupIntent != nil {
		s.Reference, s.Step = e.SetupIntent.ID, e.SetupIntent.ID
	}
	return s
}

// current is the state of an intent that a request gave: an answer given again is as old as the first one, so Stripe is asked
// for what it has now.
func (k *connection) current(ctx context.Context, intent *stripe.PaymentIntent) (*module.PaymentState, error) {
	if k.last.replayed {
		return k.lookIntent(ctx, intent.ID)
	}
	return k.intentState(ctx, intent, nil)
}
