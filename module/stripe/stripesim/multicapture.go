package stripesim

// mayAsk refuses a payment that asks for captures in parts: to an account that has no such features, and where the money is
// taken at once ("Multicapture requires manual capture", docs.stripe.com/payments/multicapture).
func (s *Simulator) mayAsk(several, automatic bool) *fault {
	const at = "payment_method_options[card][request_multicapture]"
	switch {
	case several && !s.mischief.CardFeatures:
		return invalid("payment_intent_invalid_parameter", at,
			"This account is not eligible for the requested card features. See https://docs.stripe.com/payments/flexible-payments for more details.")
	case several && automatic:
		return invalid("", at, "request_multicapture can only be used with capture_method manual.")
	}
	return nil
}
