package page

import (
	"context"
	"net/http"

	"golang.org/x/text/language"
)

const (
	languageCookie = "hanse_language"
	themeCookie    = "hanse_theme"
)

type contextKey int

const preferenceKey contextKey = iota

// Preference is how a visitor wants pages to look.
type Preference struct {
	Language language.Tag
	Theme    string // "light", "dark" or empty: as the device says
}

// WithPreference stores the preference in the context.
func WithPreference(ctx context.Context, p Preference) context.Context {
	return context.WithValue(ctx, preferenceKey, p)
}

// PreferenceOf returns the preference in the context; without one, English
// and the device's theme.
func PreferenceOf(ctx context.Context) Preference {
	p, ok := ctx.Value(preferenceKey).(Preference)
	if !ok {
		return Preference{Language: language.English}
	}
	return p
}

// LanguageOf returns the language of the page being made.
func LanguageOf(ctx context.Context) language.Tag { return PreferenceOf(ctx).Language }

// Prefer finds each visitor's language (his cookie, else Accept-Language,
// else the first of the catalog) and theme and stores them in the context.
func Prefer(c *Catalog, next http.Handler) http.Handler {
	matcher := language.NewMatcher(c.Languages())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := Preference{Theme: themeOf(r)}
		wanted := ""
		if cookie, err := r.Cookie(languageCookie); err == nil {
			wanted = cookie.Value
		}
		_, i := language.MatchStrings(matcher, wanted, r.Header.Get("Accept-Language"))
		p.Language = c.Languages()[i]
		w.Header().Add("Vary", "Accept-Language, Cookie")
		next.ServeHTTP(w, r.WithContext(WithPreference(r.Context(), p)))
	})
}

func themeOf(r *http.Request) string {
	cookie, err := r.Cookie(themeCookie)
	if err != nil || !isTheme(cookie.Value) {
		return ""
	}
	return cookie.Value
}

func isTheme(name string) bool { return name == "light" || name == "dark" }

// Preferences handles the form that switches language or theme: fields
// language, theme ("auto" for the device's) and back, a path of this site.
func Preferences(c *Catalog) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wanted := r.PostFormValue("language"); wanted != "" && c.Has(wanted) {
			setPreference(w, r, languageCookie, wanted)
		}
		switch theme := r.PostFormValue("theme"); {
		case theme == "auto":
			setPreference(w, r, themeCookie, "")
		case isTheme(theme):
			setPreference(w, r, themeCookie, theme)
		}
		http.Redirect(w, r, LocalPath(r.PostFormValue("back"), "/"), http.StatusSeeOther) // #nosec G710 -- LocalPath keeps to this site
	})
}

func setPreference(w http.ResponseWriter, r *http.Request, name, value string) {
	// #nosec G124 -- secure wherever the visitor came by HTTPS
	c := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, Secure: IsHTTPS(r), SameSite: http.SameSiteLaxMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// IsHTTPS tells whether the visitor's side of the connection is encrypted,
// here or at a proxy in front.
func IsHTTPS(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}
