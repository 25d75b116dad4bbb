package jsonapi_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/hanse-commerce/hanse/resource"
)

func TestRecordsAreCreatedChangedAndDeleted(t *testing.T) {
	a := shelf(t)
	made := a.want(201, a.ask("admin", "POST", "products?include=category&fields[categories]=code", `{"data":{"type":"products",
		"attributes":{"sku":"N/1|50%","name":"Rod","weight":"1.250","attributes":{"colour":"red"},"externalIds":[{"system":"SAP","id":"47:11"}]},
		"relationships":{"category":{"data":{"type":"categories","id":"key:tools"}},
			"units":{"data":[{"type":"productUnits","attributes":{"factor":"24"},"relationships":{"unit":{"data":{"type":"units","id":"key:XCT"}}}}]}}}}`))
	id := made.at("data.id").(string)
	self := adminBase + "/products/" + id
	if made.Header.Get("Location") != self || made.at("links.self") != self || made.at("data.links.self") != self || made.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v %s", made.Header, made.raw)
	}
	if made.at("data.attributes.weight") != "1.25" || made.at("data.attributes.name.en") != "Rod" || made.at("included.0.attributes.code") != "tools" {
		t.Errorf("%s", made.raw)
	}
	for _, ref := range []string{id, strings.ToUpper(id), "key:N%2F1%7C50%25", "key:N%2F1%257C50%2525", "ext:SAP:47:11", "ext:SAP:47%3A11"} {
		if ref == "key:N%2F1%7C50%25" {
			continue // in a key a bar parts, unless it is encoded once more
		}
		if got := a.want(200, a.ask("admin", "GET", "products/"+ref)); got.at("data.id") != id {
			t.Errorf("%s: %s", ref, got.raw)
		}
	}
	if units := a.want(200, a.ask("admin", "GET", "products/ext:SAP:47:11/units?include=unit")); units.at("included.0.attributes.code") != "XCT" || units.at("data.0.attributes.factor") != "24" {
		t.Errorf("%s", units.raw)
	}
	if got := a.want(200, a.ask("admin", "GET", "productUnits?filter[product]=ext:SAP:47:11&filter[unit]=key:XCT")); len(list(got.body["data"])) != 1 {
		t.Errorf("%s", got.raw)
	}
	if got := a.want(200, a.ask("admin", "GET", "productUnits/key:N%2F1%257C50%2525|XCT")); got.at("data.attributes.factor") != "24" {
		t.Errorf("%s", got.raw)
	}

	// What is not mentioned stays, null clears, a given list takes the place of the stored one.
	changed := a.want(200, a.ask("admin", "PATCH", "products/ext:SAP:47:11", `{"data":{"type":"products","id":"`+id+`",
		"attributes":{"name":{"de":"Stange"},"weight":null,"brand":"B"},"relationships":{"category":{"data":null},"units":{"data":[]}}}}`))
	if got := fmt.Sprint(changed.at("data.attributes.name")); got != "map[de:Stange en:Rod]" || changed.at("data.attributes.weight") != nil ||
		changed.at("data.relationships.category.data") != nil || changed.at("data.attributes.attributes.colour") != "red" {
		t.Errorf("%s", changed.raw)
	}
	if units := a.want(200, a.ask("admin", "GET", "products/"+id+"/units")); len(list(units.body["data"])) != 0 {
		t.Errorf("%s", units.raw)
	}
	if got := a.want(200, a.ask("admin", "PATCH", "products/"+id, `{"data":{"type":"products","attributes":{"name":{"de":null}}}}`)); fmt.Sprint(got.at("data.attributes.name")) != "map[en:Rod]" {
		t.Errorf("%s", got.raw)
	}
	renamed := a.want(200, a.ask("admin", "PATCH", "products/"+id, `{"data":{"type":"products","attributes":{"externalIds":[{"system":"PIM","id":"x"}]}}}`))
	if got := fmt.Sprint(renamed.at("data.attributes.externalIds")); got != "[map[id:x system:PIM]]" {
		t.Error(got)
	}
	a.refused(404, "not_found", "", a.ask("admin", "GET", "products/ext:SAP:47:11"))
	if kept := a.want(200, a.ask("admin", "PATCH", "products/"+id, `{"data":{"type":"products","attributes":{"brand":"C"}}}`)); kept.at("data.attributes.externalIds.0.id") != "x" {
		t.Errorf("%s", kept.raw)
	}
	a.want(204, a.ask("admin", "DELETE", "products/"+id))
	a.refused(404, "not_found", "", a.ask("admin", "GET", "products/"+id))
}

func TestNumbersAreExact(t *testing.T) {
	a := shelf(t)
	for given, want := range map[string]any{`"0.100"`: "0.1", `12.5`: "12.5", `"123456789.123"`: "123456789.123", `123456789.123`: "123456789.123", `null`: nil, `0`: "0"} {
		out := a.want(200, a.ask("admin", "PATCH", "products/key:A1", `{"data":{"type":"products","attributes":{"weight":`+given+`}}}`))
		if got := out.at("data.attributes.weight"); got != want {
			t.Errorf("%s became %v", given, got)
		}
	}
	for _, wrong := range []string{`"1e3"`, `1e3`, `"1.2345"`, `-1`, `true`, `"NaN"`, `"1234567890123"`} {
		a.refused(422, "invalid_value", "/data/attributes/weight", a.ask("admin", "PATCH", "products/key:A1", `{"data":{"type":"products","attributes":{"weight":`+wrong+`}}}`))
	}
	category := `{"data":{"type":"categories","attributes":{"position":%s}}}`
	a.want(200, a.ask("admin", "PATCH", "categories/key:tools", fmt.Sprintf(category, "7")))
	for _, wrong := range []string{"7.5", "3000000000", `"7"`, "1e2"} {
		a.refused(422, "invalid_value", "/data/attributes/position", a.ask("admin", "PATCH", "categories/key:tools", fmt.Sprintf(category, wrong)))
	}
}

// A key may have any characters; in a URL its own separators are encoded once more than the rest.
func TestKeysOfAnyCharacters(t *testing.T) {
	a := shelf(t)
	for sku, inURL := range map[string]string{"a/b": "a%2Fb", "a|b": "a%257Cb", "50%": "50%25", "a:b": "a:b", "ext:S:1": "ext:S:1", "key:x": "key:x", "ä ö": "%C3%A4%20%C3%B6",
		"a%2Fb": "a%25252Fb", "..": "..", "?&#": "%3F%26%23", "a+b": "a+b", `"'\`: "%22%27%5C"} {
		id := a.Product(sku)
		if got := a.want(200, a.ask("admin", "GET", "products/key:"+inURL)); got.at("data.id") != id || got.at("data.attributes.sku") != sku {
			t.Errorf("%s: %s", sku, got.raw)
		}
		if got := a.want(200, a.ask("admin", "GET", "products/key:"+inURL+"/unit")); got.at("data.attributes.code") != "C62" {
			t.Errorf("%s: %s", sku, got.raw)
		}
		ref := resource.ByKey(sku).String()
		if got := a.want(200, a.ask("admin", "GET", "products?filter[id]="+url.QueryEscape(ref))); got.at("data.0.id") != id {
			t.Errorf("%s: %s", ref, got.raw)
		}
		link, _ := json.Marshal(map[string]any{"data": map[string]any{"type": "productUnits", "attributes": map[string]any{"factor": "2"}, "relationships": map[string]any{
			"product": map[string]any{"data": map[string]any{"type": "products", "id": ref}}, "unit": map[string]any{"data": map[string]any{"type": "units", "id": "key:XCT"}}}}})
		a.want(201, a.ask("admin", "POST", "productUnits", string(link)))
		if got := a.want(200, a.ask("admin", "GET", "productUnits/key:"+inURL+"|XCT")); got.at("data.relationships.product.data.id") != id {
			t.Errorf("%s: %s", sku, got.raw)
		}
		a.want(204, a.ask("admin", "DELETE", "products/key:"+inURL))
	}
}

func TestClientsMayChooseIds(t *testing.T) {
	a := shelf(t)
	id := uuid.Must(uuid.NewV7()).String()
	body := `{"data":{"type":"products","id":"` + strings.ToUpper(id) + `","attributes":{"sku":"N1","name":"x"}}}`
	if out := a.want(201, a.ask("admin", "POST", "products", body)); out.at("data.id") != id {
		t.Errorf("%s", out.raw)
	}
	a.refused(409, "already_exists", "/data", a.ask("admin", "POST", "products", body))
}

func TestRevisionsGuardChanges(t *testing.T) {
	a := shelf(t)
	tag := a.want(200, a.ask("admin", "GET", "products/key:A1")).Header.Get("ETag")
	rename := func(name string) string {
		return `{"data":{"type":"products","attributes":{"name":"` + name + `"}}}`
	}
	second := a.want(200, a.ask("admin", "PATCH", "products/key:A1", "If-Match: "+tag, rename("one")))
	a.refused(412, "stale_revision", "/data", a.ask("admin", "PATCH", "products/key:A1", "If-Match: "+tag, rename("two")))
	a.refused(412, "stale_revision", "/data", a.ask("admin", "DELETE", "products/key:A1", "If-Match: "+tag))
	for _, wrong := range []string{"W/" + second.Header.Get("ETag"), `"x"`, `"1", "2"`} {
		a.refused(412, "stale_revision", "", a.ask("admin", "PATCH", "products/key:A1", "If-Match: "+wrong, rename("two")))
	}
	revision := second.at("data.meta.revision").(float64)
	a.want(200, a.ask("admin", "PATCH", "products/key:A1", fmt.Sprintf(`If-Match: "%d"`, int(revision)), rename("three")))
	a.want(200, a.ask("admin", "PATCH", "products/key:A1", "If-Match: *", rename("four")))
	latest := a.want(200, a.ask("admin", "GET", "products/key:A1"))
	a.refused(412, "stale_revision", "/data", a.ask("admin", "PATCH", "products/key:A1/relationships/category", "If-Match: "+tag, `{"data":null}`))
	a.want(204, a.ask("admin", "PATCH", "products/key:A1/relationships/category", "If-Match: "+latest.Header.Get("ETag"), `{"data":null}`))
	a.want(204, a.ask("admin", "DELETE", "products/key:A1", fmt.Sprintf(`If-Match: "%d"`, int(latest.at("data.meta.revision").(float64))+1)))
}

func TestRelationshipsAreWritten(t *testing.T) {
	a := shelf(t)
	a.want(204, a.ask("admin", "PATCH", "products/key:A1/relationships/category", `{"data":{"type":"categories","id":"key:tools/saws"}}`))
	if got := a.want(200, a.ask("admin", "GET", "products/key:A1/category")).keys("code"); got != "tools/saws" {
		t.Error(got)
	}
	a.want(204, a.ask("admin", "PATCH", "products/key:A1/relationships/category", `{"data":null}`))
	for _, code := range []string{"x", "y", "z"} {
		a.want(201, a.ask("admin", "POST", "categories", `{"data":{"type":"categories","attributes":{"code":"`+code+`","name":"x"}}}`))
	}
	children := func(of string) string {
		return a.want(200, a.ask("admin", "GET", "categories/key:"+of+"/children?sort=code")).keys("code")
	}
	link := func(method, of string, codes ...string) {
		t.Helper()
		ids := []map[string]string{}
		for _, code := range codes {
			ids = append(ids, map[string]string{"type": "categories", "id": "key:" + code})
		}
		b, _ := json.Marshal(map[string]any{"data": ids})
		a.want(204, a.ask("admin", method, "categories/key:"+of+"/relationships/children", string(b)))
	}
	for _, step := range []struct {
		method string
		codes  []string
		want   string
	}{
		{"POST", []string{"x", "y", "x"}, "tools/saws x y"},
		{"POST", []string{"x"}, "tools/saws x y"},
		{"DELETE", []string{"x", "z"}, "tools/saws y"},
		{"PATCH", []string{"y", "z"}, "y z"},
		{"PATCH", []string{"z", "y"}, "y z"},
		{"PATCH", nil, ""},
	} {
		link(step.method, "tools", step.codes...)
		if got := children("tools"); got != step.want {
			t.Errorf("%s %v: %s, want %s", step.method, step.codes, got, step.want)
		}
	}
	// Who is no member here is not taken away from where he belongs.
	link("POST", "x", "z")
	link("DELETE", "tools", "z")
	if got := children("x"); got != "z" {
		t.Errorf("children of x: %s", got)
	}
}

func TestCommandsAreRun(t *testing.T) {
	a := shelf(t)
	buyer := a.callers["buyer"]
	cart := a.Insert("cart", map[string]any{"customer_id": buyer.Customer, "customer_user_id": buyer.CustomerUser})
	body := `{"data":{"type":"carts","attributes":{"lines":[{"sku":"A1","quantity":"2"}]}}}`
	out := a.want(200, a.ask("buyer", "POST", "carts/"+cart+"/actions/addLines?include=lines.product&fields[products]=sku", body))
	if out.at("included.0.attributes.quantity") != "2" || out.Header.Get("Location") != storefrontBase+"/carts/"+cart {
		t.Errorf("%v %s", out.Header, out.raw)
	}
	a.refused(422, "invalid_value", "/data/attributes/lines", a.ask("buyer", "POST", "carts/"+cart+"/actions/addLines", `{"data":{"type":"carts","attributes":{"lines":1}}}`))
	a.refused(422, "unknown_field", "/data/attributes/tip", a.ask("buyer", "POST", "carts/"+cart+"/actions/addLines", `{"meta":{"tip":"1","lines":[]}}`))
	a.want(404, a.ask("buyer", "POST", "carts/"+uuid.NewString()+"/actions/addLines", body))
	a.refused(400, "unknown_parameter", "sort", a.ask("buyer", "POST", "carts/"+cart+"/actions/addLines?sort=x", body))
}
