package backoffice

import "net/http"

// Trouble is the page of an error.
type Trouble struct{ Status int }

func (o *Office) trouble(w http.ResponseWriter, r *http.Request, status int) {
	title := o.text(r, "trouble.broken")
	if status == http.StatusNotFound {
		title = o.text(r, "trouble.missing")
	}
	troubleView.Show(o.engine, w, r, status, o.frame(r, title), Trouble{Status: status})
}
