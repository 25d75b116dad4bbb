package backoffice

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestContentIsADownload(t *testing.T) {
	h := newOffice(t, prepared{}, newHouse(t).Records)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/admin/exchanges/e2/original", nil))
	for name, want := range map[string]string{"Content-Type": "application/octet-stream", "Content-Length": "4",
		"Content-Disposition": `attachment; filename="products \"1\".csv"`, "X-Content-Type-Options": "nosniff"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if w.Body.String() != "sku\n" {
		t.Errorf("the content is %q", w.Body)
	}
	for _, path := range []string{"/admin/exchanges/e2/secret", "/admin/exchanges/e9/original", "/admin/exchanges/e9"} {
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil)); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d, want 404", path, w.Code)
		}
	}
}

func TestAgain(t *testing.T) {
	h := newOffice(t, prepared{}, newHouse(t).Records)
	for id, kind := range map[string]string{"e1": "bad", "e2": "good"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/admin/exchanges/"+id+"/again", nil))
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/admin/exchanges/"+id {
			t.Fatalf("%s: %d to %q", id, w.Code, w.Header().Get("Location"))
		}
		next := httptest.NewRequest(http.MethodGet, "/admin/exchanges/"+id, nil)
		for _, c := range w.Result().Cookies() {
			next.AddCookie(c)
		}
		w = httptest.NewRecorder()
		if h.ServeHTTP(w, next); !strings.Contains(w.Body.String(), "note-"+kind) {
			t.Errorf("%s: the page tells nothing %s", id, kind)
		}
	}
}

func TestSignedOutUsersSeeNothing(t *testing.T) {
	h := newOffice(t, prepared{guest: true}, newHouse(t).Records)
	for _, path := range []string{"/admin/", "/admin/exchanges", "/admin/exchanges/e2/original", "/admin/records/products", "/admin/nothing"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/admin/login?next=") {
			t.Errorf("%s: %d to %q", path, w.Code, w.Header().Get("Location"))
		}
	}
}
