package storefront

import "net/http"

// Trouble is the page of an error.
type Trouble struct{ Status int }

func (s *Shop) trouble(w http.ResponseWriter, r *http.Request, status int) {
	title := s.text(r, "trouble.broken")
	if status == http.StatusNotFound {
		title = s.text(r, "trouble.missing")
	}
	troubleView.Show(s.engine, w, r, status, s.frame(r, title), Trouble{Status: status})
}
