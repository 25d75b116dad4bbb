package jsonapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// Every wrong request gets an error document with a status, a stable code and the place of what is wrong.
func TestWrongRequestsAreExplained(t *testing.T) {
	a := shelf(t)
	product := `{"data":{"type":"products","attributes":{"sku":"N1","name":"New"}}}`
	for _, c := range []struct {
		method, path, body string
		status             int
		code, at           string
	}{
		{"GET", "nothing", "", 404, "unknown_type", ""},
		{"GET", "products/key:none", "", 404, "not_found", ""},
		{"GET", "products/4711", "", 404, "not_found", ""},
		{"GET", "products/ext:SAP:1", "", 404, "not_found", ""},
		{"GET", "products/00000000-0000-7000-8000-000000000000", "", 404, "not_found", ""},
		{"GET", "products/key:a|b", "", 404, "not_found", ""},
		{"GET", "customerAddresses/key:x", "", 404, "not_found", ""},
		{"GET", "products/key:%FF", "", 404, "not_found", ""},
		{"GET", "prices/key:a|b|C62|EUR|x|", "", 404, "not_found", ""},
		{"GET", "products/key:A1/nothing", "", 404, "unknown_relation", ""},
		{"GET", "products/key:A1/relationships/nothing", "", 404, "unknown_relation", ""},
		{"GET", "products/key:A1/other/category", "", 404, "unknown_path", ""},
		{"GET", "products/key:A1/a/b/c", "", 404, "unknown_path", ""},
		{"POST", "carts/key:x/actions/fly", "{}", 404, "unknown_command", ""},
		{"PUT", "products/key:A1", product, 405, "method_not_allowed", ""},
		{"POST", "products/key:A1/category", product, 405, "method_not_allowed", ""},
		{"DELETE", "orders/key:1", "", 405, "method_not_allowed", ""},
		{"POST", "products/key:A1/relationships/category", `{"data":null}`, 405, "method_not_allowed", ""},
		{"PATCH", "products/key:A1/relationships/units", `{"data":[]}`, 405, "method_not_allowed", ""},
		{"GET", "products?filter[nothing]=1", "", 400, "unknown_field", "filter[nothing]"},
		{"GET", "products?filter[nothing][gt]=1", "", 400, "unknown_field", "filter[nothing][gt]"},
		{"GET", "products?filter[sku][like]=1", "", 400, "unknown_operator", "filter[sku][like]"},
		{"GET", "products?filter[status][contains]=1", "", 400, "unknown_operator", "filter[status][contains]"},
		{"GET", "products?filter[category][gt]=1", "", 400, "unknown_operator", "filter[category][gt]"},
		{"GET", "products?filter[unit][below]=key:C62", "", 400, "unknown_operator", "filter[unit][below]"},
		{"GET", "products?filter[category]=x", "", 400, "invalid_value", "filter[category]"},
		{"GET", "products?filter[category]=key:a|b", "", 400, "invalid_key", "filter[category]"},
		{"GET", "products?filter[category][in]=key:a,x", "", 400, "invalid_value", "filter[category][in]"},
		{"GET", "products?filter[status]=sold", "", 400, "invalid_value", "filter[status]"},
		{"GET", "products?filter[createdAt][gt]=yesterday", "", 400, "invalid_value", "filter[createdAt][gt]"},
		{"GET", "products?filter[createdAt][gt]=0000-01-01T00:00:00Z", "", 400, "invalid_value", "filter[createdAt][gt]"},
		{"GET", "products?filter[gtin][exists]=perhaps", "", 400, "invalid_value", "filter[gtin][exists]"},
		{"GET", "products?filter[sku][range]=A", "", 400, "invalid_value", "filter[sku][range]"},
		{"GET", "products?filter[sku]=%FF", "", 400, "invalid_value", "filter[sku]"},
		{"GET", "products?filter[sku][contains]=%00", "", 400, "invalid_value", "filter[sku][contains]"},
		{"GET", "products?filter[search]=%FF", "", 400, "invalid_value", "filter[search]"},
		{"GET", "products?filter[attributes]=1", "", 400, "not_filterable", "filter[attributes]"},
		{"GET", "products?filter[units.factor]=1", "", 400, "invalid_path", "filter[units.factor]"},
		{"GET", "products?filter[category.parent.parent.parent.code]=1", "", 400, "invalid_path", "filter[category.parent.parent.parent.code]"},
		{"GET", "products?filter[]=1", "", 400, "unknown_field", "filter[]"},
		{"GET", "products?filter=1", "", 400, "unknown_parameter", "filter"},
		{"GET", "products?filter[a][b][c]=1", "", 400, "unknown_parameter", "filter[a][b][c]"},
		{"GET", "warehouses?filter[search]=x", "", 400, "not_searchable", "filter[search]"},
		{"GET", "products?sort=nothing", "", 400, "unknown_field", "sort"},
		{"GET", "products?sort=category", "", 400, "not_filterable", "sort"},
		{"GET", "products?sort=attributes", "", 400, "not_filterable", "sort"},
		{"GET", "products?sort=", "", 400, "unknown_field", "sort"},
		{"GET", "products?include=nothing", "", 400, "unknown_relation", "include"},
		{"GET", "products?include=category.parent.parent.parent", "", 400, "invalid_path", "include"},
		{"GET", "products?include=category,,units", "", 400, "unknown_relation", "include"},
		{"GET", "products?fields[nothing]=a", "", 400, "unknown_type", "fields[nothing]"},
		{"GET", "products?fields[products]=nothing", "", 400, "unknown_field", "fields[products]"},
		{"GET", "products?page[size]=0", "", 400, "invalid_page", "page[size]"},
		{"GET", "products?page[size]=101", "", 400, "invalid_page", "page[size]"},
		{"GET", "products?page[size]=1e6", "", 400, "invalid_page", "page[size]"},
		{"GET", "products?page[number]=-1", "", 400, "invalid_page", "page[number]"},
		{"GET", "products?page[number]=99999999999999999999", "", 400, "invalid_page", "page[number]"},
		{"GET", "products?page[total]=1", "", 400, "invalid_page", "page[total]"},
		{"GET", "products?page[after]=1", "", 400, "unknown_parameter", "page[after]"},
		{"GET", "products?limit=1", "", 400, "unknown_parameter", "limit"},
		{"GET", "products?a=%zz", "", 400, "invalid_query", ""},
		{"GET", "products/key:A1?page[size]=1", "", 400, "unknown_parameter", "page[size]"},
		{"GET", "products/key:A1/category?sort=code", "", 400, "unknown_parameter", "sort"},
		{"GET", "products/key:A1/relationships/category?include=category", "", 400, "unknown_parameter", "include"},
		{"POST", "products?filter[sku]=1", product, 400, "unknown_parameter", "filter[sku]"},
		{"DELETE", "products/key:A1?include=category", "", 400, "unknown_parameter", "include"},
		{"POST", "products", "{", 400, "invalid_json", ""},
		{"POST", "products", product + product, 400, "invalid_json", ""},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"` + "\xff" + `"}}}`, 400, "invalid_json", ""},
		{"POST", "products", `{"data":[]}`, 400, "invalid_document", "/data"},
		{"POST", "products", `{"data":null}`, 400, "invalid_document", "/data"},
		{"POST", "products", `{}`, 400, "invalid_document", "/data"},
		{"POST", "products", `{"data":{"type":"products","attributes":[]}}`, 400, "invalid_document", "/data/attributes"},
		{"POST", "products", `{"data":{"type":"orders"}}`, 409, "type_mismatch", "/data/type"},
		{"POST", "products", `{"data":{"type":"products","id":"key:N1"}}`, 403, "invalid_id", "/data/id"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"A1","name":"x"}}}`, 409, "already_exists", "/data"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"name":"x"}}}`, 422, "required", "/data/attributes/sku"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x","a/b~c":1}}}`, 422, "unknown_field", "/data/attributes/a~1b~0c"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x","price":"1"}}}`, 422, "read_only", "/data/attributes/price"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x","organization":"1"}}}`, 422, "read_only", "/data/attributes/organization"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":1,"name":"x"}}}`, 422, "invalid_value", "/data/attributes/sku"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":{"english":"x"}}}}`, 422, "invalid_value", "/data/attributes/name"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x","weight":"1,5"}}}`, 422, "invalid_value", "/data/attributes/weight"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x","gtin":"1"}}}`, 422, "invalid_gtin", "/data/attributes/gtin"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x","externalIds":null}}}`, 422, "invalid_value", "/data/attributes/externalIds"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x","externalIds":[{"system":"a:b","id":"1"},{"system":"S"}]}}}`, 422, "", ""},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x"},"relationships":{"colour":{"data":null}}}}`, 422, "unknown_relation", "/data/relationships/colour"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x"},"relationships":{"category":null}}}`, 422, "invalid_document", "/data/relationships/category"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x"},"relationships":{"category":{"data":[]}}}}`, 422, "invalid_value", "/data/relationships/category/data"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x"},"relationships":{"category":{"data":{"type":"products","id":"key:A1"}}}}}`, 422, "invalid_value", "/data/relationships/category/data"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x"},"relationships":{"category":{"data":{"type":"categories","id":"key:none"}}}}}`, 422, "not_found", "/data/relationships/category"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x"},"relationships":{"units":{"data":{}}}}}`, 422, "invalid_document", "/data/relationships/units/data"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x"},"relationships":{"units":{"data":[{"type":"productUnits","attributes":{"factor":"0"},"relationships":{"unit":{"data":{"type":"units","id":"key:XCT"}}}}]}}}}`,
			422, "out_of_range", "/data/relationships/units/data/0/attributes/factor"},
		{"POST", "products", `{"data":{"type":"products","attributes":{"sku":"N1","name":"x"},"relationships":{"units":{"data":[{"type":"productUnits","relationships":{"unit":{"data":{"type":"units","id":"key:nil"}}}}]}}}}`,
			422, "not_found", "/data/relationships/units/data/0/relationships/unit"},
		{"PATCH", "products/key:A1", `{"data":{"type":"products","id":"00000000-0000-7000-8000-000000000000"}}`, 409, "id_mismatch", "/data/id"},
		{"PATCH", "products/key:A1", `{"data":{"type":"products","id":"key:A2"}}`, 409, "id_mismatch", "/data/id"},
		{"PATCH", "products/key:A1", `{"data":{"type":"products","attributes":{"name":null}}}`, 422, "required", "/data/attributes/name"},
		{"PATCH", "products/key:none", `{"data":{"type":"products"}}`, 404, "unknown_record", "/data"},
		{"PATCH", "products/key:A1", `{"data":{"type":"products","attributes":{"sku":"A2"}}}`, 409, "already_exists", "/data"},
		{"DELETE", "products/key:none", "", 404, "unknown_record", "/data"},
		{"DELETE", "units/key:C62", "", 409, "", ""},
		{"PATCH", "products/key:A1/relationships/category", `{"data":{"type":"categories","id":"key:none"}}`, 422, "not_found", "/data"},
		{"PATCH", "products/key:A1/relationships/category", `{"data":{"type":"units","id":"key:C62"}}`, 422, "invalid_value", "/data"},
		{"PATCH", "products/key:A1/relationships/category", `{}`, 400, "invalid_document", "/data"},
		{"POST", "categories/key:tools/relationships/children", `{"data":[{"type":"categories","id":"key:tools/saws"},{"type":"categories","id":"key:none"}]}`, 422, "not_found", "/data/1"},
		{"POST", "categories/key:tools/relationships/children", `{"data":[{"type":"units","id":"key:C62"}]}`, 422, "invalid_value", "/data/0"},
		{"POST", "categories/key:tools/relationships/children", `{"data":null}`, 422, "invalid_value", "/data"},
		{"POST", "categories/key:none/relationships/children", `{"data":[]}`, 404, "not_found", ""},
	} {
		out := a.ask("admin", c.method, c.path, optional(c.body)...)
		if c.code == "" {
			a.want(c.status, out)
			continue
		}
		a.refused(c.status, c.code, c.at, out)
	}
}

func optional(body string) []string {
	if body == "" {
		return nil
	}
	return []string{"Content-Type: application/vnd.api+json", strings.Replace(body, "{", "{", 1)}
}

func TestMethodsAreListed(t *testing.T) {
	a := shelf(t)
	for path, want := range map[string]string{
		"":                                       "GET, HEAD",
		"products":                               "GET, HEAD, POST",
		"products/key:A1":                        "GET, HEAD, PATCH, DELETE",
		"orders":                                 "GET, HEAD",
		"orders/key:1":                           "GET, HEAD, PATCH",
		"products/key:A1/category":               "GET, HEAD",
		"products/key:A1/relationships/category": "GET, HEAD, PATCH",
		"products/key:A1/relationships/units":    "GET, HEAD",
		"categories/key:tools/relationships/children": "GET, HEAD, POST, PATCH, DELETE",
		"carts/key:x/actions/addLines":                "POST",
		"openapi.json":                                "GET, HEAD",
	} {
		out := a.ask("admin", "TRACE", path)
		if got := out.Header.Get("Allow"); out.StatusCode != 405 || got != want {
			t.Errorf("%s: %d, Allow %q, want %q", path, out.StatusCode, got, want)
		}
	}
	if out := a.ask("buyer", "POST", "products", `{"data":{"type":"products"}}`); out.StatusCode != 405 || out.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("%d %q", out.StatusCode, out.Header.Get("Allow"))
	}
	a.refused(404, "unknown_type", "", a.ask("buyer", "GET", "prices"))
	a.refused(401, "unauthenticated", "", a.ask("nobody", "GET", "products"))
}

// JSON:API 1.1, section 5 ("Content Negotiation").
func TestMediaTypes(t *testing.T) {
	a := shelf(t)
	body := `{"data":{"type":"products","id":"key:A1"}}`
	for kind, status := range map[string]int{
		"application/vnd.api+json":                             200,
		"application/json":                                     200,
		"application/json; charset=utf-8":                      200,
		`application/vnd.api+json; profile="https://a.test/p"`: 200,
		`application/vnd.api+json; ext="https://a.test/e"`:     415,
		"application/vnd.api+json; charset=utf-8":              415,
		"text/plain":                        415,
		"application/x-www-form-urlencoded": 415,
	} {
		if out := a.ask("admin", "PATCH", "products/key:A1", "Content-Type: "+kind, body); out.StatusCode != status {
			t.Errorf("Content-Type %s: %d, want %d", kind, out.StatusCode, status)
		}
	}
	for accept, status := range map[string]int{
		"application/vnd.api+json": 200,
		"*/*":                      200,
		"text/html,application/xhtml+xml,*/*;q=0.8": 200,
		"application/*":    200,
		"application/json": 200,
		`application/vnd.api+json; profile="https://a.test/p"`:              200,
		"application/vnd.api+json;q=0.5":                                    200,
		"text/html":                                                         406,
		"application/vnd.api+json;q=0":                                      406,
		`application/vnd.api+json; ext="https://a.test/e"`:                  406,
		`application/vnd.api+json; charset=utf-8, application/vnd.api+json`: 200,
		"application/vnd.api+json; charset=utf-8":                           406,
	} {
		if out := a.ask("admin", "GET", "products", "Accept: "+accept); out.StatusCode != status {
			t.Errorf("Accept %s: %d, want %d", accept, out.StatusCode, status)
		}
	}
}

func TestBodiesHaveALimit(t *testing.T) {
	a := shelf(t)
	a.refused(413, "too_large", "", a.ask("admin", "POST", "products", `{"data":{"type":"products","attributes":{"sku":"`+strings.Repeat("x", 11<<20)+`"}}}`))
	a.refused(400, "too_many", "filter[sku]", a.ask("admin", "GET", "products?"+strings.Repeat("filter[sku]=1&", 500)+"page[size]=1"))
	a.refused(400, "too_many", "include", a.ask("admin", "GET", "products?include="+strings.Repeat("category,", 30)+"category"))
	a.refused(400, "too_many", "filter[sku][in]", a.ask("admin", "GET", "products?filter[sku][in]="+strings.Repeat("a,", 300)))
	a.refused(400, "too_many", "fields[products]", a.ask("admin", "GET", "products?fields[products]="+strings.Repeat("sku,", 600)))
	a.refused(400, "too_many", "sort", a.ask("admin", "GET", "products?sort="+strings.Repeat("sku,", 10)+"sku"))
	if out := a.ask("admin", "GET", "products/"+strings.Repeat("x", 10_000)); out.StatusCode != http.StatusNotFound {
		t.Errorf("%d", out.StatusCode)
	}
}
