package stripesim

import "strings"

var cardOptions = rules{"payment_method_options.card.request_multicapture": words("if_available", "never"),
	"payment_method_options.card.request_three_d_secure": words("any", "automatic", "challenge")}

var confirmRules = rules{"confirmation_token": text, "payment_method": text, "return_url": text, "use_stripe_sdk": boolean}

var intentRules = with(cardOptions, confirmRules, rules{"amount": integer, "currency": text, "confirm": boolean,
	"capture_method": words("automatic", "automatic_async", "manual"), "payment_method_types.#": words("card"),
	"automatic_payment_methods.enabled": boolean, "automatic_payment_methods.allow_redirects": words("always", "never"),
	"metadata.*": text, "description": upTo(1000), "receipt_email": text, "statement_descriptor_suffix": text})

// most is what Stripe charges at a time, in the smallest coin (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
const most = 99999999

// accept checks an amount in a currency's smallest coin.
func accept(amount int64, currency, at string) *fault {
	switch {
	case !known[currency]:
		return invalid("", at, "Invalid currency: %.10s.", currency)
	case amount > most:
		return invalid("amount_too_large", at, "Amount must be no more than %d.", most)
	case amount < leastOf(currency):
		return invalid("amount_too_small", at, "Amount must be at least %s.", shown(leastOf(currency), currency))
	case threeDigits[currency] && amount%10 != 0, rounded[currency] && amount%100 != 0:
		return invalid("parameter_invalid_integer", at, "Invalid amount: %d is no whole amount of %s.", amount, currency)
	}
	return nil
}

func (s *Simulator) createIntent(q request) (object, *fault) {
	amount, currency := q.number("amount"), strings.ToLower(q.parameters["currency"])
	for _, name := range []string{"amount", "currency"} {
		if q.parameters[name] == "" {
			return nil, invalid("parameter_missing", name, "Missing required param: %s.", name)
		}
	}
	if f := accept(amount, currency, "amount"); f != nil {
		return nil, f
	}
	i := &intent{id: newID("pi"), amount: amount, currency: currency, automatic: q.parameters["capture_method"] != "manual",
		multicapture: q.parameters["payment_method_options.card.request_multicapture"] == "if_available", status: requiresMethod,
		description: q.parameters["description"], metadata: q.below("metadata"), created: s.now()}
	i.secret = i.id + "_secret_" + random(12)
	i.made = element{Mode: "payment", Currency: currency, Capture: q.parameters["capture_method"], Types: types(q, "payment_method_types")}.whole()
	if q.parameters["automatic_payment_methods.enabled"] == "true" && q.parameters["payment_method_types.0"] != "" {
		return nil, invalid("", "payment_method_types", "You may only specify one of these parameters: automatic_payment_methods, payment_method_types.")
	}
	if f := s.mayAsk(i.multicapture); f != nil {
		return nil, f
	}
	if q.parameters["confirm"] != "true" {
		for name := range confirmRules {
			if name != "payment_method" && name != "use_stripe_sdk" && q.parameters[name] != "" {
				return nil, invalid("", name, "%s can only be given together with confirm=true.", name)
			}
		}
		s.intents.add(i.id, i)
		s.tell("payment_intent.created", i.object(nil))
		return i.object(q.expanded), nil
	}
	with, f := s.chosen(q, i.id, i.made)
	if f != nil {
		return nil, f // the intent was not made
	}
	s.intents.add(i.id, i)
	s.tell("payment_intent.created", i.object(nil))
	if f := s.confirm(i, with, q.base); f != nil {
		return nil, f
	}
	return i.object(q.expanded), nil
}

func (s *Simulator) confirmIntent(q request) (object, *fault) {
	i, f := s.intent(q)
	if f != nil {
		return nil, f
	}
	if i.session != nil {
		return nil, invalid("", "", "You cannot confirm the PaymentIntent of a Checkout Session.")
	}
	if i.status != requiresMethod && i.status != requiresConfirmation && i.status != requiresAction {
		return nil, unexpected(i, "You cannot confirm this PaymentIntent because it has a status of %s.", i.status)
	}
	with, f := s.chosen(q, i.id, i.made)
	if f != nil {
		return nil, f
	}
	if f := s.confirm(i, with, q.base); f != nil {
		return nil, f
	}
	return i.object(q.expanded), nil
}
