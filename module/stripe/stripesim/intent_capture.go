package stripesim

var captureRules = rules{"amount_to_capture": integer, "final_capture": boolean, "metadata.*": text}

// mostCaptures is how often an intent can be captured (docs.stripe.com/payments/multicapture).
const mostCaptures = 50

// captureIntent takes reserved money. Unless the card allows several captures and final_capture is false, the rest is let go; a
// last capture of nothing, after others, does only that (docs.stripe.com/payments/multicapture#release-uncaptured-funds).
func (s *Simulator) captureIntent(q request) (object, *fault) {
	i, f := s.intent(q)
	if f != nil {
		return nil, f
	}
	if i.status != requiresCapture {
		if i.status == succeeded {
			f := unexpected(i, "This PaymentIntent could not be captured because it has already been captured.")
			return nil, f
		}
		return nil, unexpected(i, "This PaymentIntent could not be captured because it has a status of %s. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.", i.status)
	}
	amount, final := i.capturable, q.parameters["final_capture"] != "false"
	if _, given := q.parameters["amount_to_capture"]; given {
		amount = q.number("amount_to_capture")
	}
	switch {
	case amount > i.capturable:
		return nil, invalid("amount_too_large", "amount_to_capture",
			"The requested capture amount is greater than the amount you can capture for this PaymentIntent (%d).", i.capturable)
	case amount == 0 && q.parameters["final_capture"] == "true" && i.received > 0: // lets go of the rest
	case amount < 1, !final && threeDigits[i.currency] && amount%10 != 0:
		return nil, invalid("parameter_invalid_integer", "amount_to_capture", "Invalid amount: %d.", amount)
	case !final && !i.charge.multicapture:
		return nil, invalid("capture_unauthorized_payment", "final_capture",
			"final_capture can only be false where multicapture is available for the PaymentIntent.")
	case i.captures >= mostCaptures:
		return nil, unexpected(i, "A PaymentIntent can be captured %d times at most.", mostCaptures)
	}
	all, f := merged(i.metadata, q.below("metadata"))
	if f != nil {
		return nil, f
	}
	i.metadata = all
	s.take(i, amount, final)
	return i.object(q.expanded), nil
}

// take books a capture. The three messages of every capture, and the two of the last, are those of
// docs.stripe.com/payments/multicapture#webhooks.
func (s *Simulator) take(i *intent, amount int64, final bool) {
	i.captures++
	i.received += amount
	i.charge.taken += amount
	i.capturable -= amount
	last := final || i.capturable == 0
	if last {
		i.capturable, i.charge.captured, i.status = 0, true, succeeded
		s.tell("charge.captured", i.charge.object(nil))
	}
	s.tell("charge.updated", i.charge.object(nil))
	s.tell("payment_intent.amount_capturable_updated", i.object(nil))
	if last {
		s.tell("payment_intent.succeeded", i.object(nil))
	}
}
