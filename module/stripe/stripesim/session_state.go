package stripesim

import "time"

func (s *Simulator) session(q request) (*session, *fault) {
	c, ok := s.sessions.get(q.id)
	if !ok {
		return nil, missing("checkout.session", q.id, "session")
	}
	return c, nil
}

func (s *Simulator) getSession(q request) (object, *fault) {
	c, f := s.session(q)
	if f != nil {
		return nil, f
	}
	return c.object(q.expanded), nil
}

func (s *Simulator) updateSession(q request) (object, *fault) {
	c, f := s.session(q)
	if f != nil {
		return nil, f
	}
	all, f := merged(c.metadata, q.below("metadata"))
	if f != nil {
		return nil, f
	}
	c.metadata = all
	return c.object(q.expanded), nil
}

func (s *Simulator) expireSession(q request) (object, *fault) {
	c, f := s.session(q)
	switch {
	case f != nil:
		return nil, f
	case c.status != open:
		return nil, invalid("", "", "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of %s.", c.status)
	}
	s.close(c)
	return c.object(q.expanded), nil
}

func (s *Simulator) listSessions(q request) (object, *fault) {
	var all []*session
	for _, c := range s.sessions.all() {
		i, status := q.parameters["payment_intent"], q.parameters["status"]
		if (i == "" || c.intent != nil && c.intent.id == i) && (status == "" || c.status == status) {
			all = append(all, c)
		}
	}
	return page("/v1/checkout/sessions", q.parameters, all, func(c *session) string { return c.id },
		func(c *session) time.Time { return c.created }, func(c *session) object { return c.object(q.expanded["data"]) })
}

// close ends a session that nobody paid; an intent that waits for a card ends with it.
func (s *Simulator) close(c *session) {
	c.status = over
	if c.intent != nil && c.intent.status != canceled {
		s.release(c.intent, "")
	}
	if c.setup != nil && c.setup.status != canceled {
		c.setup.status, c.setup.nextURL = canceled, ""
	}
	s.tell("checkout.session.expired", c.object(nil))
}

// pay is what the hosted page does with a card. It gives where the buyer goes, or "" if the page has to be shown again.
func (s *Simulator) pay(c *session, k card, base string) string {
	with := choice{method: &method{id: newID("pm"), card: k, created: s.now()}, back: c.url, sdk: true} // the page has Stripe.js
	c.problem = ""
	var f *fault
	if c.mode == "setup" {
		if c.setup == nil {
			c.setup = &setup{id: newID("seti"), status: requiresMethod, usage: "off_session", metadata: c.inner, created: s.now(),
				session: c, description: c.description}
			c.setup.secret = c.setup.id + "_secret_" + random(12)
			s.setups.add(c.setup.id, c.setup)
			s.tell("setup_intent.created", c.setup.object(nil))
		}
		f = s.verify(c.setup, with, base)
		return s.finish(c, f, c.setup.status == succeeded, c.setup.nextURL)
	}
	if c.intent == nil {
		c.intent = &intent{id: newID("pi"), amount: c.amount, currency: c.currency, automatic: c.automatic, multicapture: c.multicapture,
			status: requiresMethod, description: c.description, metadata: c.inner, created: s.now(), session: c}
		c.intent.secret = c.intent.id + "_secret_" + random(12)
		s.intents.add(c.intent.id, c.intent)
		s.tell("payment_intent.created", c.intent.object(nil))
	}
	f = s.confirm(c.intent, with, base)
	return s.finish(c, f, c.intent.status == succeeded || c.intent.status == requiresCapture, c.intent.nextURL)
}

// finish completes a session if its card was taken.
func (s *Simulator) finish(c *session, f *fault, done bool, next string) string {
	switch {
	case f != nil:
		c.problem = f.words(c.locale)
		return ""
	case !done:
		return next
	}
	c.status = complete
	s.tell("checkout.session.completed", c.object(nil))
	return c.successURL
}
