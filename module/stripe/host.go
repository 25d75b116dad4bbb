package stripe

import (
	"context"
	"net/mail"
	"strings"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// host makes a Checkout Session, Stripe's own page, for a payment or for the check of a card
// (docs.stripe.com/api/checkout/sessions/create). Stripe keeps it open for a day.
func (k *connection) host(ctx context.Context, r module.PaymentRequest) (*module.PaymentState, error) {
	p := &stripe.CheckoutSessionCreateParams{SuccessURL: &r.ReturnURL, PaymentMethodTypes: []*string{stripe.String("card")},
		Locale: stripe.String(locale(r.Language)), Metadata: metadata(r)}
	if r.CancelURL != "" {
		p.CancelURL = &r.CancelURL
	}
	if a, err := mail.ParseAddress(r.Order.Email); err == nil && a.Address == r.Order.Email {
		p.CustomerEmail = &r.Order.Email // Stripe refuses the whole page for an address that is none
	}
	if r.Order.ID != "" {
		p.ClientReferenceID = &r.Order.ID
	}
	if r.Action == module.Validate {
		hostSetup(p, r)
		return k.openPage(ctx, p, r, asked{})
	}
	if err := k.hostPayment(p, r); err != nil {
		return nil, err
	}
	return k.asking(func(as asked) (*module.PaymentState, error) {
		p.PaymentMethodOptions = nil
		if as.several {
			p.PaymentMethodOptions = &stripe.CheckoutSessionCreatePaymentMethodOptionsParams{
				Card: &stripe.CheckoutSessionCreatePaymentMethodOptionsCardParams{RequestMulticapture: stripe.String("if_available")}}
		}
		return k.openPage(ctx, p, r, as)
	})
}

func (k *connection) openPage(ctx context.Context, p *stripe.CheckoutSessionCreateParams, r module.PaymentRequest, as asked) (*module.PaymentState, error) {
	for again := range tries {
		p.IdempotencyKey = key(r.Attempt, as.step("host"), again)
		session, err := k.V1CheckoutSessions.Create(ctx, p)
		switch {
		case err == nil && k.last.replayed:
			return k.lookSession(ctx, session.ID)
		case err == nil:
			return k.sessionState(ctx, session)
		case !k.stuck():
			return nil, k.fault("open Stripe's payment page", err)
		}
		if state, err := k.find(ctx, r.Attempt); err != nil || state != nil {
			return state, err
		}
	}
	return nil, failing
}

func (k *connection) hostPayment(p *stripe.CheckoutSessionCreateParams, r module.PaymentRequest) error {
	n, err := coins(r.Amount)
	if err != nil {
		return err
	}
	inner := metadata(r)
	inner[hostedKey] = "true"
	p.Mode = stripe.String("payment")
	p.LineItems = []*stripe.CheckoutSessionCreateLineItemParams{{Quantity: stripe.Int64(1),
		PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{UnitAmount: &n, Currency: stripe.String(strings.ToLower(r.Amount.Currency)),
			ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: stripe.String(title(r))}}}}
	p.PaymentIntentData = &stripe.CheckoutSessionCreatePaymentIntentDataParams{Metadata: inner, Description: stripe.String(title(r)),
		CaptureMethod: stripe.String(captureMethod(k.channel.Settings))}
	return nil
}

func hostSetup(p *stripe.CheckoutSessionCreateParams, r module.PaymentRequest) {
	inner := metadata(r)
	inner[hostedKey] = "true"
	p.Mode = stripe.String("setup")
	p.SetupIntentData = &stripe.CheckoutSessionCreateSetupIntentDataParams{Metadata: inner, Description: stripe.String(title(r))}
}
