package stripesim

// mayAsk refuses a payment that asks for captures in parts to an account that has no such features. With a payment that is
// taken at once Stripe lets it pass, to no effect (docs.stripe.com/payments/multicapture, "Automatic capture methods").
func (s *Simulator) mayAsk(several bool) *fault {
	if several && !s.mischief.CardFeatures {
		return invalid("payment_intent_invalid_parameter", "payment_method_options[card][request_multicapture]",
			"This account is not eligible for the requested card features. See https://docs.stripe.com/payments/flexible-payments for more details.")
	}
	return nil
}
