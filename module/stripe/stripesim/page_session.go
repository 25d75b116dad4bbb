package stripesim

import "net/http"

func (s *Simulator) showSession(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.lapse()
	c, ok := s.sessions.get(r.PathValue("id"))
	var data map[string]any
	status := http.StatusOK
	if ok {
		data = s.sessionPage(c)
	}
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	if data["Over"] == true {
		status = http.StatusGone
	}
	s.show(w, status, "session.html", data)
}

// sessionPage is what the page shows; the caller holds the lock.
func (s *Simulator) sessionPage(c *session) map[string]any {
	data := map[string]any{"Words": wordsOf(c.locale), "Language": c.locale, "Merchant": s.cfg.Merchant, "Product": c.product,
		"Setup": c.mode == "setup", "Back": back(c.cancelURL), "Email": c.email, "Problem": c.problem, "Over": c.status != open,
		"Next": ""}
	if c.mode == "payment" {
		data["Amount"] = shown(c.amount, c.currency)
	}
	if c.status == complete {
		data["Next"] = back(c.successURL)
	}
	return data
}

// paySession takes the card that was typed. Its number is gone with the request.
func (s *Simulator) paySession(w http.ResponseWriter, r *http.Request) {
	t := typed{number: r.PostFormValue("number"), month: r.PostFormValue("month"), year: r.PostFormValue("year"), cvc: r.PostFormValue("cvc")}
	base := s.base(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lapse()
	c, ok := s.sessions.get(r.PathValue("id"))
	switch {
	case !ok:
		http.NotFound(w, r)
		return
	case c.status == complete: // a doubled click
		http.Redirect(w, r, c.successURL, http.StatusSeeOther)
		return
	case c.status != open:
		s.show(w, http.StatusGone, "session.html", s.sessionPage(c))
		return
	}
	k, f := t.take(s.now())
	if f != nil {
		c.problem = f.words(c.locale)
	} else if next := s.pay(c, k, base); next != "" {
		http.Redirect(w, r, next, http.StatusSeeOther) // #nosec G710 -- the merchant's own address, given with his secret key
		return
	}
	s.show(w, http.StatusPaymentRequired, "session.html", s.sessionPage(c))
}
