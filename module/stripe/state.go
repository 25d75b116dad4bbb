package stripe

import (
	"cmp"
	"context"
	"time"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// intentState is all that Stripe has of a payment. The session is that of a hosted page, if it is at hand.
func (k *connection) intentState(ctx context.Context, i *stripe.PaymentIntent, session *stripe.CheckoutSession) (*module.PaymentState, error) {
	currency := string(i.Currency)
	s := &module.PaymentState{Reference: i.ID, Step: i.ID, Attempt: i.Metadata[attemptKey],
		Authorized: amount(0, currency), Captured: amount(i.AmountReceived, currency), Refunded: amount(0, currency)}
	if c := i.LatestCharge; c != nil {
		if c.Status == stripe.ChargeStatusSucceeded {
			s.Authorized = amount(i.Amount, currency)
		}
		s.Refunded = amount(c.AmountRefunded, currency)
		if card := cardOf(i); card != nil {
			s.Instrument = instrument(string(card.Brand), card.Last4)
			if card.CaptureBefore != 0 && i.Status == stripe.PaymentIntentStatusRequiresCapture {
				s.CaptureBefore = time.Unix(card.CaptureBefore, 0).UTC()
			}
		}
	}
	refunds, err := k.refunds(ctx, i)
	if err != nil {
		return nil, err
	}
	s.Done = append(captures(i), refunds...)
	if session == nil && i.Metadata[hostedKey] != "" && s.Authorized.Number.IsZero() {
		if session, err = k.sessionOf(ctx, i); err != nil {
			return nil, err
		}
	}
	status(s, i)
	if session != nil && s.Authorized.Number.IsZero() {
		onPage(s, session)
	}
	return s, nil
}

// status is how far an intent has come (docs.stripe.com/payments/paymentintents/lifecycle).
func status(s *module.PaymentState, i *stripe.PaymentIntent) {
	switch i.Status {
	case stripe.PaymentIntentStatusRequiresAction:
		next, kind := "", ""
		if a := i.NextAction; a != nil {
			if kind = string(a.Type); a.RedirectToURL != nil {
				next = a.RedirectToURL.URL
			}
		}
		leads(s, next, kind, i.Metadata)
	case stripe.PaymentIntentStatusRequiresCapture:
		s.Status, s.CapturesOnce = module.PaymentAuthorized, !severalCaptures(i)
	case stripe.PaymentIntentStatusSucceeded:
		s.Status = module.PaymentCaptured
	case stripe.PaymentIntentStatusCanceled:
		s.Status = module.PaymentVoided
		switch {
		case i.AmountReceived > 0: // a part was taken before the rest was let go
			s.Status = module.PaymentCaptured
		case i.CancellationReason == stripe.PaymentIntentCancellationReasonExpired, i.CancellationReason == stripe.PaymentIntentCancellationReasonAutomatic:
			s.Status = module.PaymentExpired
		}
	case stripe.PaymentIntentStatusRequiresPaymentMethod:
		if s.Status = module.PaymentPending; i.LastPaymentError != nil {
			s.Status, s.Code, s.Message = module.PaymentFailed, reason(i.LastPaymentError), i.LastPaymentError.Msg
			if named := instrumentOf(i.LastPaymentError.PaymentMethod); named != "" {
				s.Instrument = named
			}
		}
	default: // requires_confirmation, processing
		s.Status = module.PaymentPending
	}
}

// leads is the status of a payment whose buyer has to go on: to next, unless Stripe asks for what only its own script can do.
// On a page of Stripe's the script is there; on ours nobody would go on, so that the payment would hang.
func leads(s *module.PaymentState, next, kind string, metadata map[string]string) {
	switch {
	case next != "":
		s.Status, s.NextURL = module.PaymentRequiresAction, next
	case metadata[hostedKey] != "":
		s.Status = module.PaymentPending
	default:
		s.Status, s.Code = module.PaymentFailed, "authentication_failed"
		s.Message = "Stripe asks for the step " + cmp.Or(kind, "without a name") + " and gives no address for it, so that the buyer cannot authenticate. Nothing is reserved; see " +
			s.Reference + " in Stripe's dashboard, and pay anew."
	}
}

// onPage is the status of a payment that Stripe's own page takes: a card that was declined there can be tried again while the
// page is open.
func onPage(s *module.PaymentState, session *stripe.CheckoutSession) {
	switch session.Status {
	case stripe.CheckoutSessionStatusOpen:
		s.Status, s.NextURL, s.Code, s.Message = module.PaymentRequiresAction, session.URL, "", ""
	case stripe.CheckoutSessionStatusExpired:
		s.NextURL = ""
		if session.Metadata[cancelledKey] != "" {
			s.Status, s.Code, s.Message = module.PaymentVoided, "", ""
			return
		}
		s.Status, s.Code, s.Message = module.PaymentFailed, "abandoned", "Nobody paid on Stripe's page in time."
	}
}

// sessionState is the state of a hosted page's payment: its number is the session's until the intent is made.
func (k *connection) sessionState(ctx context.Context, session *stripe.CheckoutSession) (*module.PaymentState, error) {
	switch {
	case session.PaymentIntent != nil:
		return k.intentState(ctx, session.PaymentIntent, session)
	case session.SetupIntent != nil && session.Status == stripe.CheckoutSessionStatusComplete:
		return k.setupState(ctx, session.SetupIntent, session)
	}
	s := &module.PaymentState{Status: module.PaymentPending, Reference: session.ID, Attempt: session.Metadata[attemptKey]}
	onPage(s, session)
	return s, nil
}
