package fedexsim

import (
	"html/template"
	"net/http"
)

var trackingPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tracking {{.}}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}</style>
<h1>{{if .}}Parcel {{.}}{{else}}No parcel{{end}}</h1>
{{if .}}<p>On the way.</p>{{else}}<p>Give a tracking number: <code>?trknbr=…</code></p>{{end}}
<p><small>This is a simulator of FedEx. No parcel moves.</small></p>
</html>
`))

// track shows a page as FedEx's public one, for links to lead somewhere.
func track(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_ = trackingPage.Execute(w, r.URL.Query().Get("trknbr")) // who asked may be gone
}
