package storefront

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

// Buyer is who is signed in.
type Buyer struct {
	Name, Email    string
	Company        string // the customer that he buys for
	CustomerNumber string
}

// Buyers know who is asking.
type Buyers interface {
	// Buyer returns who is signed in, from the context that the session's middleware made.
	Buyer(ctx context.Context) (Buyer, bool)
	// SignIn starts a session; a *page.Invalid says why not.
	SignIn(ctx context.Context, email, password string) error
	// SignOut ends the session.
	SignOut(ctx context.Context) error
}

// Login is the page to sign in.
type Login struct {
	Form page.Form
	Next string // where to go afterwards, a path of this site
}

func (s *Shop) loginForm(w http.ResponseWriter, r *http.Request) error {
	next := page.LocalPath(r.URL.Query().Get("next"), "/")
	if _, ok := s.Buyers.Buyer(r.Context()); ok {
		http.Redirect(w, r, next, http.StatusSeeOther) // #nosec G710 -- LocalPath keeps to this site
		return nil
	}
	loginView.Show(s.engine, w, r, http.StatusOK, s.frame(r, s.text(r, "login.title")), Login{Next: next})
	return nil
}

func (s *Shop) login(w http.ResponseWriter, r *http.Request) error {
	email, password := r.PostFormValue("email"), r.PostFormValue("password")
	next := page.LocalPath(r.PostFormValue("next"), "/")
	form := page.Form{Values: url.Values{"email": {email}}} // never the password
	if email == "" {
		form.Problems = append(form.Problems, page.Problem{Field: "email", Text: s.text(r, "login.emailMissing")})
	}
	if password == "" {
		form.Problems = append(form.Problems, page.Problem{Field: "password", Text: s.text(r, "login.passwordMissing")})
	}
	if form.Problems == nil {
		err := s.Buyers.SignIn(r.Context(), email, password)
		if err == nil {
			http.Redirect(w, r, next, http.StatusSeeOther) // #nosec G710 -- LocalPath keeps to this site
			return nil
		}
		var invalid *page.Invalid
		if !errors.As(err, &invalid) {
			return err
		}
		form.Problems = invalid.Problems
	}
	loginView.Show(s.engine, w, r, http.StatusUnprocessableEntity, s.frame(r, s.text(r, "login.title")), Login{Form: form, Next: next})
	return nil
}

func (s *Shop) logout(w http.ResponseWriter, r *http.Request) error {
	if err := s.Buyers.SignOut(r.Context()); err != nil {
		return err
	}
	page.Tell(w, r, "good", "login.bye")
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}
