package page

import (
	"net/http"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Frame is what surrounds a view: the head of the document and whatever the
// layout of the surface shows on each page.
type Frame struct {
	Site   string // the name of the shop or installation
	Title  string // of this page; it leads the browser's tab
	Crumbs []Crumb
	// Chrome is the surface's own: navigation, who is signed in.
	Chrome any
	// Refresh, in seconds, reloads a page without JavaScript while something
	// on it is still running; 0 never does.
	Refresh int
	// Sources are origins that this page needs beside the server's own; see ContentSecurityPolicy.
	Sources []string
	// Scripts are further scripts of the page, names of assets such as "script/payment.js".
	Scripts []string

	// Set by Show from the request:

	Preference Preference
	Languages  []Choice
	Themes     []Choice
	Back       string // this page's own path, for forms that return to it
	Flash      []Flash
}

// Crumb is one step of the way to a page; the last has no URL.
type Crumb struct{ Text, URL string }

// Choice is one option of a switch.
type Choice struct {
	Value, Text string
	Current     bool
}

// Trail makes breadcrumbs from pairs of text and URL, ended by the page itself.
func Trail(pairs ...string) []Crumb {
	crumbs := make([]Crumb, 0, (len(pairs)+1)/2)
	for i := 0; i < len(pairs); i += 2 {
		c := Crumb{Text: pairs[i]}
		if i+1 < len(pairs) {
			c.URL = pairs[i+1]
		}
		crumbs = append(crumbs, c)
	}
	return crumbs
}

// complete fills in what the request says.
func (f Frame) complete(e *Engine, w http.ResponseWriter, r *http.Request) Frame {
	f.Preference = PreferenceOf(r.Context())
	if f.Site == "" {
		f.Site = e.site
	}
	f.Back = r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		f.Back = e.prefix + "/" // a form that failed: its address answers no GET
	}
	f.Languages = languageChoices(e.catalog.Languages(), f.Preference.Language)
	p := e.catalog.In(f.Preference.Language)
	for _, theme := range []string{"auto", "light", "dark"} {
		current := f.Preference.Theme == theme || f.Preference.Theme == "" && theme == "auto"
		f.Themes = append(f.Themes, Choice{Value: theme, Text: p.T("page.theme." + theme), Current: current})
	}
	f.Flash = append(f.Flash, takeFlash(w, r, p)...)
	return f
}

// languageChoices names each language in itself, since its reader may know no other.
func languageChoices(tags []language.Tag, current language.Tag) []Choice {
	choices := make([]Choice, len(tags))
	for i, tag := range tags {
		choices[i] = Choice{Value: tag.String(), Text: display.Self.Name(tag), Current: tag == current}
	}
	return choices
}
