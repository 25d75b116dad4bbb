package backoffice

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

// User is who is signed in.
type User struct {
	Name, Email  string
	Organization string         // name
	Zone         *time.Location // of the times shown; nil is UTC
}

// Users know who is asking.
type Users interface {
	// User returns who is signed in, from the context that the session's middleware made.
	User(ctx context.Context) (User, bool)
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

func (o *Office) loginForm(w http.ResponseWriter, r *http.Request) error {
	next := page.LocalPath(r.URL.Query().Get("next"), prefix+"/")
	if _, ok := o.Users.User(r.Context()); ok {
		http.Redirect(w, r, next, http.StatusSeeOther) // #nosec G710 -- LocalPath made it a path of this site
		return nil
	}
	loginView.Show(o.engine, w, r, http.StatusOK, o.frame(r, o.text(r, "login.title")), Login{Next: next})
	return nil
}

func (o *Office) login(w http.ResponseWriter, r *http.Request) error {
	email, password := r.PostFormValue("email"), r.PostFormValue("password")
	next := page.LocalPath(r.PostFormValue("next"), prefix+"/")
	form := page.Form{Values: url.Values{"email": {email}}} // never the password
	if email == "" {
		form.Problems = append(form.Problems, page.Problem{Field: "email", Text: o.text(r, "login.emailMissing")})
	}
	if password == "" {
		form.Problems = append(form.Problems, page.Problem{Field: "password", Text: o.text(r, "login.passwordMissing")})
	}
	if form.Problems == nil {
		err := o.Users.SignIn(r.Context(), email, password)
		if err == nil {
			http.Redirect(w, r, next, http.StatusSeeOther) // #nosec G710 -- LocalPath made it a path of this site
			return nil
		}
		var invalid *page.Invalid
		if !errors.As(err, &invalid) {
			return err
		}
		form.Problems = invalid.Problems
	}
	loginView.Show(o.engine, w, r, http.StatusUnprocessableEntity, o.frame(r, o.text(r, "login.title")), Login{Form: form, Next: next})
	return nil
}

func (o *Office) logout(w http.ResponseWriter, r *http.Request) error {
	if err := o.Users.SignOut(r.Context()); err != nil {
		return err
	}
	page.Tell(w, r, "good", "login.bye")
	http.Redirect(w, r, prefix+"/login", http.StatusSeeOther)
	return nil
}
