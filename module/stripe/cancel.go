package stripe

import (
	"context"
	"errors"
	"net/http"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// cancel lets go of what is reserved and not taken. A Checkout Session that nobody paid is expired instead: Stripe does not
// cancel its intent (docs.stripe.com/api/payment_intents/cancel).
func (k *connection) cancel(ctx context.Context, r module.PaymentRequest) (*module.PaymentState, error) {
	if isSetup(r.Reference) {
		return k.cancelSetup(ctx, r)
	}
	if isSession(r.Reference) {
		session, err := k.session(ctx, r.Reference)
		if err != nil {
			return nil, err
		}
		if session.PaymentIntent == nil || session.Status == stripe.CheckoutSessionStatusOpen {
			state, paid, err := k.expire(ctx, session, r)
			if err != nil || !paid {
				return state, err
			}
		}
	}
	for again := range tries {
		intent, err := k.intentOf(ctx, r.Reference)
		if err != nil {
			return nil, err
		}
		switch {
		case intent.Status == stripe.PaymentIntentStatusCanceled:
			return k.intentState(ctx, intent, nil)
		case intent.Metadata[hostedKey] != "" && intent.Status != stripe.PaymentIntentStatusRequiresCapture && intent.Status != stripe.PaymentIntentStatusSucceeded:
			session, err := k.sessionOf(ctx, intent)
			if err != nil {
				return nil, err
			}
			if session != nil {
				if state, paid, err := k.expire(ctx, session, r); err != nil || !paid {
					return state, err
				}
				continue // it was paid meanwhile: look again
			}
		}
		if intent.AmountReceived > 0 {
			state, err := k.release(ctx, intent, r, again)
			if state == nil && err == nil {
				continue
			}
			return state, err
		}
		p := &stripe.PaymentIntentCancelParams{CancellationReason: stripe.String("requested_by_customer")}
		p.AddExpand(whole)
		p.IdempotencyKey = key(r.Attempt, "cancel", again)
		after, err := k.V1PaymentIntents.Cancel(ctx, intent.ID, p)
		switch {
		case err == nil:
			return k.current(ctx, after)
		case !k.stuck():
			return nil, k.fault("cancel the payment "+intent.ID, err)
		}
	}
	return nil, failing
}

// expire closes a session. Its metadata says first that this was asked for: Stripe expires it after a day by itself. It
// reports paid if the buyer was quicker.
func (k *connection) expire(ctx context.Context, session *stripe.CheckoutSession, r module.PaymentRequest) (state *module.PaymentState, paid bool, err error) {
	if session.Status != stripe.CheckoutSessionStatusOpen {
		state, err = k.sessionState(ctx, session)
		return state, false, err
	}
	note := &stripe.CheckoutSessionUpdateParams{Metadata: map[string]string{cancelledKey: r.Attempt}}
	note.IdempotencyKey = key(r.Attempt, "note", 0)
	_, err = k.V1CheckoutSessions.Update(ctx, session.ID, note)
	if err == nil {
		p := &stripe.CheckoutSessionExpireParams{}
		p.IdempotencyKey = key(r.Attempt, "expire", 0)
		_, err = k.V1CheckoutSessions.Expire(ctx, session.ID, p)
	}
	var said *stripe.Error
	if err != nil && (!errors.As(err, &said) || said.HTTPStatusCode != http.StatusBadRequest) {
		return nil, false, k.fault("cancel the payment page "+session.ID, err)
	}
	after, looked := k.session(ctx, session.ID)
	switch {
	case looked != nil:
		return nil, false, looked
	case after.Status == stripe.CheckoutSessionStatusComplete && after.PaymentIntent != nil:
		return nil, true, nil
	case err != nil && after.Status == stripe.CheckoutSessionStatusOpen:
		return nil, false, k.fault("cancel the payment page "+session.ID, err)
	}
	state, err = k.sessionState(ctx, after)
	return state, false, err
}

func (k *connection) cancelSetup(ctx context.Context, r module.PaymentRequest) (*module.PaymentState, error) {
	p := &stripe.SetupIntentCancelParams{CancellationReason: stripe.String("requested_by_customer")}
	p.IdempotencyKey = key(r.Attempt, "cancel", 0)
	if _, err := k.V1SetupIntents.Cancel(ctx, r.Reference, p); err != nil {
		return nil, k.fault("cancel the check "+r.Reference, err)
	}
	return k.lookSetup(ctx, r.Reference)
}
