package stripesim

import (
	"net/http"
	"strings"
)

// challenged is the intent that waits for the holder of a card at this page.
func (s *Simulator) challenged(r *http.Request) (*intent, *setup, bool) {
	if i, ok := s.intents.get(r.PathValue("id")); ok && strings.HasSuffix(i.nextURL, r.URL.Path) {
		return i, nil, true
	}
	if u, ok := s.setups.get(r.PathValue("id")); ok && strings.HasSuffix(u.nextURL, r.URL.Path) {
		return nil, u, true
	}
	return nil, nil, false
}

// showChallenge is the page at which a bank would ask its customer.
func (s *Simulator) showChallenge(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	i, u, ok := s.challenged(r)
	data := map[string]any{"Merchant": s.cfg.Merchant, "Over": !ok}
	locale := ""
	if i != nil {
		data["Amount"], data["Card"] = shown(i.amount, i.currency), i.method.card.last4
		if i.session != nil {
			locale = i.session.locale
		}
	}
	if u != nil {
		data["Card"] = u.method.card.last4
	}
	s.mu.Unlock()
	data["Words"], data["Language"] = wordsOf(locale), locale
	status := http.StatusOK
	if !ok {
		status = http.StatusGone
	}
	s.show(w, status, "challenge.html", data)
}

// answerChallenge takes the holder's answer and sends him back.
func (s *Simulator) answerChallenge(w http.ResponseWriter, r *http.Request) {
	passed := r.PostFormValue("answer") == "complete"
	s.mu.Lock()
	defer s.mu.Unlock()
	i, u, ok := s.challenged(r)
	if !ok {
		s.show(w, http.StatusGone, "challenge.html", map[string]any{"Words": wordsOf(""), "Merchant": s.cfg.Merchant, "Over": true})
		return
	}
	var next string
	var of *session
	var f *fault
	done := false
	if i != nil {
		next, of = s.authenticated(i, passed), i.session
		done, f = i.status == succeeded || i.status == requiresCapture, i.lastError
	} else {
		next, of = s.authenticatedSetup(u, passed), u.session
		done, f = u.status == succeeded, u.lastError
	}
	if of != nil {
		if next = s.finish(of, f, done, ""); next == "" {
			next = of.url // the page says what went wrong and takes another card
		}
	}
	http.Redirect(w, r, next, http.StatusSeeOther) // #nosec G710 -- the merchant's own address, given with his secret key
}
