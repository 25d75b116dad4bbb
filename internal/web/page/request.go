package page

import (
	"io/fs"
	"net/http"
)

// Func answers a request for a page; what it returns as an error becomes a page too.
type Func func(http.ResponseWriter, *http.Request) error

// SendToLogin leads to the login and from there back to the page asked for; the address of a form answers no GET, so from
// there it leads to otherwise.
func SendToLogin(w http.ResponseWriter, r *http.Request, login, otherwise string) {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet {
		next = otherwise
	}
	target := WithQuery(login, nil, "next", next)
	if r.Header.Get("HX-Request") != "" { // exchange the whole page, not a part of it
		w.Header().Set("HX-Redirect", target)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther) // #nosec G710 -- the login of this site
}

// ThemeFolder is a folder of an owner's theme, nil where there is no theme or no such folder.
func ThemeFolder(theme fs.FS, name string) fs.FS {
	if theme == nil {
		return nil
	}
	if info, err := fs.Stat(theme, name); err != nil || !info.IsDir() {
		return nil
	}
	folder, err := fs.Sub(theme, name)
	if err != nil {
		return nil
	}
	return folder
}
