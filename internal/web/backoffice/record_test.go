package backoffice

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/internal/access"
)

// TestForms drives create, update, conflict, refusal and delete through the derived forms, to the database and back.
func TestForms(t *testing.T) {
	h := newHouse(t)
	category := h.send("/admin/records/categories", "code", "tea", "name.en", "Tea", "name.de", "Tee", "status", "enabled")
	product := h.send("/admin/records/products", "sku", "R9", "name.en", "Rod", "kind", "simple", "status", "enabled", "weight", "1.5", "category", "key:tea",
		"attributes", `{"a":"b"}`)
	id := product[strings.LastIndex(product, "/")+1:]

	// What the form shows, sent back as it is, changes nothing.
	edit := h.get(product + "/edit").Body.String()
	for _, want := range []string{`value="R9"`, `value="Rod"`, `value="1.5`, `name="revision" value="1"`, "&#34;a&#34;: &#34;b&#34;"} {
		if !strings.Contains(edit, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	same := []string{"revision", "1", "sku", "R9", "name.en", "Rod", "name.de", "", "kind", "simple", "status", "enabled", "weight", "1.500",
		"category", category[strings.LastIndex(category, "/")+1:], "attributes", "{\n  \"a\": \"b\"\n}"}
	before := h.Get(h.Caller, "products", id)
	if h.send(product, same...); !cmp.Equal(h.Get(h.Caller, "products", id), before) {
		t.Errorf("sending the form back changed it: %s", cmp.Diff(before, h.Get(h.Caller, "products", id)))
	}
	if n := strings.Count(h.get(product).Body.String(), `class="differences"`); n != 0 {
		t.Errorf("sending the form back made %d changes", n)
	}

	h.send(product, "revision", "1", "sku", "R9", "name.en", "Rod", "name.de", "Stange", "kind", "simple", "status", "enabled", "weight", "", "category", "")
	attributes := h.Get(h.Caller, "products", id)
	if attributes["weight"] != nil || attributes["name"].(map[string]any)["de"] != "Stange" {
		t.Errorf("the record is %v", attributes)
	}
	history := h.get(product).Body.String()
	for _, want := range []string{"<del>1.5", "<ins>Stange</ins>", "<del>Tea</del>"} {
		if !strings.Contains(history, want) {
			t.Errorf("the history lacks %s", want)
		}
	}

	if w := h.post(product, "revision", "1", "sku", "R9", "name.en", "Late", "kind", "simple", "status", "enabled"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a change of an old revision answers %d, want 422", w.Code)
	}
	if w := h.post("/admin/records/products", "sku", "R9", "name.en", "Twice", "kind", "simple", "status", "enabled"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a key taken answers %d, want 422", w.Code)
	}
	if w := h.post("/admin/records/products", "sku", "R10", "name.en", "Lost", "kind", "simple", "status", "enabled", "category", "nowhere"); w.Code != http.StatusUnprocessableEntity ||
		!strings.Contains(w.Body.String(), `href="#f-category"`) {
		t.Errorf("a reference to nothing answers %d without a link to its field", w.Code)
	}
	if at := h.send(product + "/delete"); at != "/admin/records/products" || h.get(product).Code != http.StatusNotFound {
		t.Errorf("after its deletion, at %s, the product answers %d", at, h.get(product).Code)
	}
}

func TestGridKeepsItsAddress(t *testing.T) {
	h := newHouse(t)
	h.stock()
	body := h.get("/admin/records/products?filter=sku:starts_with:NW-A&is.status=disabled&sort=-sku").Body.String()
	for _, want := range []string{`aria-sort="descending"`, "NW-AC", `href="/admin/records/products?filter=sku%3Astarts_with%3ANW-A&amp;is.status=disabled&amp;sort=sku"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the grid lacks %s", want)
		}
	}
	if strings.Contains(body, "NW-AA") || strings.Contains(body, "NW-BA") {
		t.Error("the grid shows what the filters leave out")
	}
	w := h.get("/admin/records/products?field=brand&op=eq&value=Northwind&filter=sku:eq:NW-AA")
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != "/admin/records/products?filter=sku%3Aeq%3ANW-AA&filter=brand%3Aeq%3ANorthwind" {
		t.Errorf("adding a filter leads to %q with %d", got, w.Code)
	}
}

// TestGrantsLimitPages: what a role may not do is neither offered nor done; what it may not read is not there.
func TestGrantsLimitPages(t *testing.T) {
	h := newHouse(t)
	product, _ := h.stock()
	grants := access.NewGrants()
	grants.Allow("products", access.Read, access.OrganizationLevel)
	grants.Hide("products", "weight")
	h.Caller.Grants = grants
	body := h.get(product).Body.String()
	for _, hidden := range []string{"/edit", "/delete", "2.5", "Condiments", "/admin/records/customers"} {
		if strings.Contains(body, hidden) {
			t.Errorf("the page of a product shows %s", hidden)
		}
	}
	for path, want := range map[string]int{"/admin/records/customers": 404, "/admin/records/products": 200, product + "/edit": 404, "/admin/records/products/new": 404} {
		if got := h.get(path).Code; got != want {
			t.Errorf("%s answers %d, want %d", path, got, want)
		}
	}
	if got := h.post(product, "name.en", "Mine").Code; got != http.StatusNotFound {
		t.Errorf("a change answers %d, want 404", got)
	}
	if got := h.post(product + "/delete").Code; got != http.StatusNotFound {
		t.Errorf("a deletion answers %d, want 404", got)
	}
}
