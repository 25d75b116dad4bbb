package stripe

import (
	"context"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// Look implements module.Payment. A payment that Stripe does not have is a *module.Error of class Refused with the code
// payment_not_found.
func (Module) Look(ctx context.Context, c *module.Channel, l module.PaymentLookup) (*module.PaymentState, error) {
	k := connect(c)
	if l.Reference == "" && l.Attempt == "" {
		return nil, &module.Error{Class: module.Invalid, Code: "reference_missing", Detail: "A look at a payment needs its number at Stripe or its attempt."}
	}
	if l.Reference == "" {
		state, err := k.find(ctx, l.Attempt)
		if err == nil && state == nil {
			err = &module.Error{Class: module.Refused, Code: "payment_not_found", Detail: "Stripe has no payment of the attempt " + l.Attempt + "."}
		}
		return state, err
	}
	state, err := k.look(ctx, l.Reference)
	if err != nil {
		return nil, err
	}
	for _, done := range state.Done {
		if l.Attempt != "" && done.Attempt == l.Attempt && l.Attempt != state.Attempt {
			state.Step = done.Step
		}
	}
	return state, nil
}

func (k *connection) look(ctx context.Context, reference string) (*module.PaymentState, error) {
	switch {
	case isSession(reference):
		return k.lookSession(ctx, reference)
	case isSetup(reference):
		return k.lookSetup(ctx, reference)
	}
	return k.lookIntent(ctx, reference)
}

func (k *connection) lookIntent(ctx context.Context, reference string) (*module.PaymentState, error) {
	intent, err := k.intentOf(ctx, reference)
	if err != nil {
		return nil, err
	}
	return k.intentState(ctx, intent, nil)
}

// intentOf gives the intent that a reference means, with its charge and refunds; that of a session, once it has one.
func (k *connection) intentOf(ctx context.Context, reference string) (*stripe.PaymentIntent, error) {
	if isSession(reference) {
		session, err := k.session(ctx, reference)
		if err != nil {
			return nil, err
		}
		if session.PaymentIntent == nil {
			return nil, &module.Error{Class: module.Refused, Code: "not_paid", Detail: "Nobody has paid on Stripe's page " + reference + " yet."}
		}
		return session.PaymentIntent, nil
	}
	if !isIntent(reference) {
		return nil, &module.Error{Class: module.Invalid, Code: "reference_unknown", Detail: "The reference " + reference + " is no payment at Stripe: pi_… or cs_… was expected."}
	}
	p := &stripe.PaymentIntentRetrieveParams{}
	p.AddExpand(whole)
	intent, err := k.V1PaymentIntents.Retrieve(ctx, reference, p)
	if err != nil {
		return nil, k.fault("look at the payment "+reference, err)
	}
	return intent, nil
}

func (k *connection) lookSetup(ctx context.Context, reference string) (*module.PaymentState, error) {
	p := &stripe.SetupIntentRetrieveParams{}
	p.AddExpand("payment_method")
	setup, err := k.V1SetupIntents.Retrieve(ctx, reference, p)
	if err != nil {
		return nil, k.fault("look at the check "+reference, err)
	}
	return k.setupState(ctx, setup, nil)
}

func (k *connection) session(ctx context.Context, reference string) (*stripe.CheckoutSession, error) {
	p := &stripe.CheckoutSessionRetrieveParams{}
	p.AddExpand("payment_intent." + whole)
	p.AddExpand("setup_intent.payment_method")
	session, err := k.V1CheckoutSessions.Retrieve(ctx, reference, p)
	if err != nil {
		return nil, k.fault("look at the payment page "+reference, err)
	}
	return session, nil
}

func (k *connection) lookSession(ctx context.Context, reference string) (*module.PaymentState, error) {
	session, err := k.session(ctx, reference)
	if err != nil {
		return nil, err
	}
	return k.sessionState(ctx, session)
}

// sessionOf finds the session that an intent belongs to, nil if there is none.
func (k *connection) sessionOf(ctx context.Context, i *stripe.PaymentIntent) (*stripe.CheckoutSession, error) {
	p := &stripe.CheckoutSessionListParams{PaymentIntent: &i.ID}
	for session, err := range k.V1CheckoutSessions.List(ctx, p).All(ctx) {
		if err != nil {
			return nil, k.fault("look for the payment page of "+i.ID, err)
		}
		return session, nil
	}
	return nil, nil
}
