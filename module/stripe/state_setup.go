package stripe

import (
	"context"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// setupState is the state of a card's check. The session is that of a hosted page, if it is at hand.
func (k *connection) setupState(ctx context.Context, u *stripe.SetupIntent, session *stripe.CheckoutSession) (*module.PaymentState, error) {
	s := &module.PaymentState{Status: module.PaymentPending, Reference: u.ID, Step: u.ID, Attempt: u.Metadata[attemptKey], Instrument: instrumentOf(u.PaymentMethod)}
	switch u.Status {
	case stripe.SetupIntentStatusSucceeded:
		s.Status = module.PaymentValidated
		return s, nil
	case stripe.SetupIntentStatusRequiresAction:
		next, kind := "", ""
		if a := u.NextAction; a != nil {
			if kind = string(a.Type); a.RedirectToURL != nil {
				next = a.RedirectToURL.URL
			}
		}
		leads(s, next, kind, u.Metadata)
	case stripe.SetupIntentStatusCanceled:
		s.Status = module.PaymentVoided
	case stripe.SetupIntentStatusRequiresPaymentMethod:
		if u.LastSetupError != nil {
			s.Status, s.Code, s.Message = module.PaymentFailed, reason(u.LastSetupError), u.LastSetupError.Msg
			s.Instrument = instrumentOf(u.LastSetupError.PaymentMethod)
		}
	}
	if session == nil && u.Metadata[hostedKey] != "" {
		var err error
		if session, err = k.sessionOfSetup(ctx, u); err != nil {
			return nil, err
		}
	}
	if session != nil {
		onPage(s, session)
	}
	return s, nil
}

// sessionOfSetup finds the session that a check belongs to, nil if there is none. Stripe lists sessions by their payment, not
// by their check, so it is looked for by the attempt.
func (k *connection) sessionOfSetup(ctx context.Context, u *stripe.SetupIntent) (*stripe.CheckoutSession, error) {
	for _, s := range spansOf(u.Metadata[attemptKey]) {
		reference, err := k.findSession(ctx, u.Metadata[attemptKey], s)
		if err != nil {
			return nil, err
		}
		if reference != "" {
			return k.session(ctx, reference)
		}
	}
	return nil, nil
}
