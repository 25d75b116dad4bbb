package stripesim

var cancelRules = rules{"cancellation_reason": words("abandoned", "duplicate", "fraudulent", "requested_by_customer")}

// cancelIntent lets go of what is reserved. Of a Checkout Session's intent only reserved money can be let go: before, the
// session has to be expired (docs.stripe.com/api/payment_intents/cancel).
func (s *Simulator) cancelIntent(q request) (object, *fault) {
	i, f := s.intent(q)
	switch {
	case f != nil:
		return nil, f
	case i.status == succeeded || i.status == canceled:
		return nil, unexpected(i, "You cannot cancel this PaymentIntent because it has a status of %s.", i.status)
	case i.received > 0: // not said to work; what lets go of the rest is a capture of nothing that is final
		return nil, unexpected(i, "You cannot cancel this PaymentIntent because a part of it has been captured.")
	case i.session != nil && i.status != requiresCapture:
		return nil, unexpected(i, "You cannot cancel this PaymentIntent because it was created by a Checkout Session; expire the session instead.")
	}
	s.release(i, q.parameters["cancellation_reason"])
	return i.object(q.expanded), nil
}

// release ends an intent, when its time is over, too. What was captured of it before stays captured.
func (s *Simulator) release(i *intent, reason string) {
	i.capturable, i.nextURL = 0, ""
	if i.received > 0 {
		i.status, i.charge.captured = succeeded, true
		s.tell("charge.captured", i.charge.object(nil))
		s.tell("payment_intent.succeeded", i.object(nil))
		return
	}
	i.status, i.canceled, i.canceledBecause = canceled, s.now(), reason
	if reason == "expired" && i.charge != nil {
		s.tell("charge.expired", i.charge.object(nil))
	}
	s.tell("payment_intent.canceled", i.object(nil))
}

// lapse ends what nobody took or paid in time.
func (s *Simulator) lapse() {
	now := s.now()
	for _, i := range s.intents.by {
		if i.status == requiresCapture && now.After(i.charge.captureBefore) {
			s.release(i, "expired")
		}
	}
	for _, c := range s.sessions.by {
		if c.status == open && now.After(c.expires) {
			s.close(c)
		}
	}
}

// expireNow ends the time of an intent or a session.
func (s *Simulator) expireNow(id string) *fault {
	if id == "" {
		return nil
	}
	if c, ok := s.sessions.get(id); ok && c.status == open {
		s.close(c)
		return nil
	}
	i, ok := s.intents.get(id)
	if !ok || i.status != requiresCapture {
		return invalid("", "expire", "there is no authorization or open session %s", id)
	}
	s.release(i, "expired")
	return nil
}
