package stripesim

// saved takes the account down. The caller holds the lock.
func (s *Simulator) saved() saved {
	v := saved{Keys: map[string]savedKey{}}
	for _, id := range s.intents.order {
		i := s.intents.by[id]
		w := savedIntent{ID: i.id, Secret: i.secret, Amount: i.amount, Currency: i.currency, Automatic: i.automatic, Multi: i.multicapture,
			Capturable: i.capturable, Received: i.received, Captures: i.captures, Status: i.status, Description: i.description, ReturnURL: i.returnURL,
			NextURL: i.nextURL, SDK: i.sdk, Made: i.made, Metadata: i.metadata, Method: i.method.saved(), Created: i.created, Canceled: i.canceled, CanceledBecause: i.canceledBecause}
		if i.charge != nil {
			w.Charge = i.charge.id
		}
		if i.session != nil {
			w.Session = i.session.id
		}
		v.Intents = append(v.Intents, w)
	}
	for _, id := range s.charges.order {
		c := s.charges.by[id]
		v.Charges = append(v.Charges, savedCharge{ID: c.id, Intent: c.intent.id, Method: c.method.saved(), Amount: c.amount, Taken: c.taken,
			Returned: c.returned, Captured: c.captured, Multi: c.multicapture, Verdict: c.verdict.saved(), CaptureBefore: c.captureBefore, Created: c.created})
	}
	for _, id := range s.refunds.order {
		r := s.refunds.by[id]
		v.Refunds = append(v.Refunds, savedRefund{ID: r.id, Charge: r.charge.id, Amount: r.amount, Status: r.status, Failure: r.failure, Reason: r.reason,
			Metadata: r.metadata, Created: r.created})
	}
	for _, id := range s.setups.order {
		u := s.setups.by[id]
		w := savedSetup{ID: u.id, Secret: u.secret, Status: u.status, Usage: u.usage, Description: u.description, ReturnURL: u.returnURL,
			NextURL: u.nextURL, SDK: u.sdk, Metadata: u.metadata, Method: u.method.saved(), Created: u.created, CanceledBecause: u.canceledBecause}
		if u.session != nil {
			w.Session = u.session.id
		}
		v.Setups = append(v.Setups, w)
	}
	for _, id := range s.sessions.order {
		c := s.sessions.by[id]
		w := savedSession{ID: c.id, Mode: c.mode, Status: c.status, URL: c.url, Amount: c.amount, Currency: c.currency, Product: c.product,
			SuccessURL: c.successURL, CancelURL: c.cancelURL, Email: c.email, Reference: c.reference, Locale: c.locale, Description: c.description,
			Metadata: c.metadata, Inner: c.inner, Automatic: c.automatic, Multi: c.multicapture, Created: c.created, Expires: c.expires}
		if c.intent != nil {
			w.Intent = c.intent.id
		}
		if c.setup != nil {
			w.Setup = c.setup.id
		}
		v.Sessions = append(v.Sessions, w)
	}
	for key, k := range s.keys {
		if k.done {
			v.Keys[key] = savedKey{Request: k.request[:], Status: k.answer.status, Body: k.answer.body}
		}
	}
	return v
}

// restore makes the objects of an account that was saved: first all of them, then what points from one to another.
func (s *Simulator) restore(v saved) {
	for _, w := range v.Intents {
		s.intents.add(w.ID, &intent{id: w.ID, secret: w.Secret, amount: w.Amount, currency: w.Currency, automatic: w.Automatic, multicapture: w.Multi,
			capturable: w.Capturable, received: w.Received, captures: w.Captures, status: w.Status, description: w.Description, returnURL: w.ReturnURL,
			nextURL: w.NextURL, sdk: w.SDK, made: w.Made, metadata: w.Metadata, method: w.Method.method(), created: w.Created, canceled: w.Canceled, canceledBecause: w.CanceledBecause})
	}
	for _, w := range v.Setups {
		s.setups.add(w.ID, &setup{id: w.ID, secret: w.Secret, status: w.Status, usage: w.Usage, description: w.Description, returnURL: w.ReturnURL,
			nextURL: w.NextURL, sdk: w.SDK, metadata: w.Metadata, method: w.Method.method(), created: w.Created, canceledBecause: w.CanceledBecause})
	}
	for _, w := range v.Charges {
		s.charges.add(w.ID, &charge{id: w.ID, intent: s.intents.by[w.Intent], method: w.Method.method(), amount: w.Amount, taken: w.Taken,
			returned: w.Returned, captured: w.Captured, multicapture: w.Multi, verdict: verdict{w.Verdict[0], w.Verdict[1], w.Verdict[2]},
			captureBefore: w.CaptureBefore, created: w.Created})
	}
	for _, w := range v.Refunds {
		r := &refund{id: w.ID, charge: s.charges.by[w.Charge], amount: w.Amount, status: w.Status, failure: w.Failure, reason: w.Reason,
			metadata: w.Metadata, created: w.Created}
		r.charge.refunds = append(r.charge.refunds, r)
		s.refunds.add(w.ID, r)
	}
	for _, w := range v.Sessions {
		s.sessions.add(w.ID, &session{id: w.ID, mode: w.Mode, status: w.Status, url: w.URL, amount: w.Amount, currency: w.Currency, product: w.Product,
			successURL: w.SuccessURL, cancelURL: w.CancelURL, email: w.Email, reference: w.Reference, locale: w.Locale, description: w.Description,
			metadata: w.Metadata, inner: w.Inner, automatic: w.Automatic, multicapture: w.Multi, created: w.Created, expires: w.Expires,
			intent: s.intents.by[w.Intent], setup: s.setups.by[w.Setup]})
	}
	for _, w := range v.Intents {
		s.intents.by[w.ID].charge, s.intents.by[w.ID].session = s.charges.by[w.Charge], s.sessions.by[w.Session]
	}
	for _, w := range v.Setups {
		s.setups.by[w.ID].session = s.sessions.by[w.Session]
	}
	for key, k := range v.Keys {
		s.keys[key] = &remembered{request: [32]byte(k.Request), done: true, answer: answer{k.Status, k.Body}}
	}
}

func (v verdict) saved() [3]string { return [3]string{v.code, v.decline, v.message} }

func (m *method) saved() *savedMethod {
	if m == nil {
		return nil
	}
	c := m.card
	return &savedMethod{ID: m.id, Brand: c.brand, Last4: c.last4, ExpMonth: c.expMonth, ExpYear: c.expYear, Decline: c.decline.saved(),
		Challenged: c.challenged, RefundFails: c.refundFails, Multi: c.multicapture, Created: m.created}
}

func (w *savedMethod) method() *method {
	if w == nil {
		return nil
	}
	return &method{id: w.ID, created: w.Created, card: card{brand: w.Brand, last4: w.Last4, expMonth: w.ExpMonth, expYear: w.ExpYear,
		decline: verdict{w.Decline[0], w.Decline[1], w.Decline[2]}, challenged: w.Challenged, refundFails: w.RefundFails, multicapture: w.Multi}}
}
