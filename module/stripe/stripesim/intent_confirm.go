package stripesim

import "net/url"

// confirm charges an intent's card, or sends its holder to authenticate. A decline leaves the intent waiting for another
// payment method and is told as an error that holds it.
func (s *Simulator) confirm(i *intent, c choice, base string) *fault {
	i.method, i.lastError, i.returnURL, i.nextURL, i.sdk = c.method, nil, c.back, "", c.sdk
	if !c.method.card.challenged {
		return s.settle(i)
	}
	if i.status = requiresAction; c.back != "" {
		i.nextURL = base + "/3ds/" + i.id + "/" + random(12)
	}
	s.tell("payment_intent.requires_action", i.object(nil))
	return nil
}

// settle asks the card's bank.
func (s *Simulator) settle(i *intent) *fault {
	now := s.now()
	i.nextURL = ""
	c := &charge{id: newID("ch"), intent: i, method: i.method, amount: i.amount, verdict: i.method.card.decline, created: now}
	s.charges.add(c.id, c)
	i.charge = c
	if !c.ok() {
		f := c.verdict.declines(i.method, c.id)
		s.tell("charge.failed", c.object(nil))
		return s.fail(i, f)
	}
	c.multicapture = i.multicapture && i.method.card.multicapture && s.mischief.Multicapture
	if i.automatic {
		i.status, i.received, c.taken, c.captured = succeeded, i.amount, i.amount, true
		s.tell("charge.succeeded", c.object(nil))
		s.tell("payment_intent.succeeded", i.object(nil))
		return nil
	}
	i.status, i.capturable = requiresCapture, i.amount
	c.captureBefore = now.Add(authorizationTime)
	s.tell("charge.succeeded", c.object(nil))
	s.tell("payment_intent.amount_capturable_updated", i.object(nil))
	return nil
}

// fail has an intent wait for another card, after this one was declined or not authenticated.
func (s *Simulator) fail(i *intent, f *fault) *fault {
	kept := *f
	i.status, i.lastError, i.nextURL, i.method = requiresMethod, &kept, "", nil
	s.tell("payment_intent.payment_failed", i.object(nil))
	f.intent = i.object(nil)
	return f
}

func unauthenticated(code string, m *method) *fault {
	return &fault{status: 402, kind: "invalid_request_error", code: code, method: m,
		message: "We are unable to authenticate your payment method. Please choose a different payment method and try again."}
}

// authenticated goes on with an intent whose holder came back from his bank, and says where he goes.
func (s *Simulator) authenticated(i *intent, passed bool) string {
	if passed {
		_ = s.settle(i) // a decline is told by the intent's status
	} else {
		_ = s.fail(i, unauthenticated("payment_intent_authentication_failure", i.method))
	}
	result := "failed"
	if i.status == succeeded || i.status == requiresCapture {
		result = "succeeded"
	}
	return returned(i.returnURL, map[string]string{"payment_intent": i.id, "payment_intent_client_secret": i.secret,
		"redirect_status": result})
}

// returned adds parameters to the address that a buyer is sent back to.
func returned(back string, parameters map[string]string) string {
	u, err := url.Parse(back)
	if err != nil {
		return back
	}
	q := u.Query()
	for name, value := range parameters {
		q.Set(name, value)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
