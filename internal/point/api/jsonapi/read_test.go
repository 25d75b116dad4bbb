package jsonapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
)

// shelf is an API with a few products in two categories.
func shelf(t testing.TB) *api {
	a := newAPI(t)
	top := a.Insert("category", map[string]any{"code": "tools", "name": map[string]string{"en": "Tools", "de": "Werkzeug"}})
	sub := a.Insert("category", map[string]any{"code": "tools/saws", "name": map[string]string{"en": "Saws"}, "parent_id": top})
	for i, sku := range []string{"A1", "A2", "B1", "B2", "C1"} {
		category := top
		if i%2 == 1 {
			category = sub
		}
		id := a.Insert("product", map[string]any{"sku": sku, "category_id": category, "brand": "Brand " + sku[:1], "weight": fmt.Sprint(i) + ".50",
			"name": map[string]string{"en": "Thing " + sku, "de": "Ding " + sku}})
		if sku == "A2" {
			a.Insert("product_unit", map[string]any{"product_id": id, "unit_id": a.Unit("XCT"), "factor": "24"})
		}
	}
	a.Exec("UPDATE product SET gtin = '4006381333931' WHERE sku = 'B1'")
	a.Exec("UPDATE product SET brand = NULL WHERE sku = 'C1'")
	a.as("buyer", a.As(a.Buyer("1000")))
	return a
}

func TestListsAreFiltered(t *testing.T) {
	a := shelf(t)
	for filter, want := range map[string]string{
		"filter[sku]=A1":                             "A1",
		"filter[sku][eq]=A1":                         "A1",
		"filter[sku][neq]=A1":                        "A2 B1 B2 C1",
		"filter[sku][lt]=B1":                         "A1 A2",
		"filter[sku][lte]=B1":                        "A1 A2 B1",
		"filter[sku][gt]=B1":                         "B2 C1",
		"filter[sku][gte]=B1":                        "B1 B2 C1",
		"filter[sku][in]=A1,C1,nothing":              "A1 C1",
		"filter[sku][range]=A2..B1":                  "A2 B1",
		"filter[sku][range]=B2..":                    "B2 C1",
		"filter[sku][range]=..A1":                    "A1",
		"filter[sku][range]=..":                      "A1 A2 B1 B2 C1",
		"filter[sku][contains]=1":                    "A1 B1 C1",
		"filter[sku][starts_with]=b":                 "B1 B2",
		"filter[sku][ends_with]=2":                   "A2 B2",
		"filter[sku][contains]=%25":                  "",
		"filter[sku][contains]=_":                    "",
		"filter[sku]=A1,C1":                          "",
		"filter[gtin][exists]=true":                  "B1",
		"filter[gtin][exists]=false":                 "A1 A2 B2 C1",
		"filter[brand][neq]=Brand%20A":               "B1 B2 C1",
		"filter[category]=key:tools":                 "A1 B1 C1",
		"filter[category]=key:tools/saws":            "A2 B2",
		"filter[category][neq]=key:tools":            "A2 B2",
		"filter[category][in]=key:tools,key:none":    "A1 B1 C1",
		"filter[category][below]=key:tools":          "A1 A2 B1 B2 C1",
		"filter[category][exists]=true":              "A1 A2 B1 B2 C1",
		"filter[category.code]=tools":                "A1 B1 C1",
		"filter[category.parent.code]=tools":         "A2 B2",
		"filter[category.parent]=key:tools":          "A2 B2",
		"filter[category.parent][exists]=false":      "A1 B1 C1",
		"filter[name][contains]=thing%20b":           "B1 B2",
		"filter[search]=thing":                       "A1 A2 B1 B2 C1",
		"filter[search]=B2":                          "B2",
		"filter[search]=nothing":                     "",
		"filter[sku][gt]=A1&filter[sku][lt]=B2":      "A2 B1",
		"filter[createdAt][gt]=2020-01-01":           "A1 A2 B1 B2 C1",
		"filter[updatedAt][lt]=2020-01-01T00:00:00Z": "",
		"filter%5Bsku%5D%5Bin%5D=A1%2CB1":            "A1 B1",
		"sort=-sku":                                  "C1 B2 B1 A2 A1",
		"sort=category.code,-sku":                    "C1 B1 A1 B2 A2",
		"sort=brand,sku":                             "A1 A2 B1 B2 C1",
		"sort=-brand,sku":                            "B1 B2 A1 A2 C1",
		"page[size]=2":                               "A1 A2",
		"page[size]=2&page[number]=3":                "C1",
		"page[size]=2&page[number]=4":                "",
		"filter[id]=key:A1":                          "A1",
		"filter[id][in]=key:A1,key:B1":               "A1 B1",
		"filter[unit.code]=C62&page[size]=1":         "A1",
		"filter[category][in]=key:tools,key:tools/saws&filter[sku][starts_with]=A": "A1 A2",
	} {
		path := "products?" + filter
		if !strings.Contains(filter, "sort") {
			path += "&sort=sku"
		}
		got := a.want(http.StatusOK, a.ask("admin", "GET", path)).keys("sku")
		if got != want {
			t.Errorf("%s: %q, want %q", filter, got, want)
		}
	}
}

func TestListsHavePages(t *testing.T) {
	a := shelf(t)
	first := a.want(200, a.ask("admin", "GET", "products?page[size]=2&page[total]=true&sort=sku&filter[sku][neq]=C1"))
	if first.at("meta.page.total") != 4.0 || first.at("meta.page.size") != 2.0 || first.at("meta.page.number") != 1.0 || first.at("links.prev") != nil {
		t.Errorf("%s", first.raw)
	}
	seen, next := first.keys("sku"), first.at("links.next")
	for next != nil {
		page := a.want(200, a.ask("admin", "GET", strings.TrimPrefix(next.(string), adminBase+"/")))
		seen, next = seen+" "+page.keys("sku"), page.at("links.next")
	}
	if seen != "A1 A2 B1 B2" {
		t.Errorf("following next shows %s", seen)
	}
	last := a.want(200, a.ask("admin", "GET", strings.TrimPrefix(first.at("links.last").(string), adminBase+"/")))
	if last.keys("sku") != "B1 B2" || last.at("links.next") != nil {
		t.Errorf("%s", last.raw)
	}
	if self := last.at("links.self"); self != first.at("links.last") {
		t.Errorf("self is %v", self)
	}
	if none := a.want(200, a.ask("admin", "GET", "products?filter[sku]=none&page[total]=true")); none.at("meta.page.total") != 0.0 || none.at("data") == nil {
		t.Errorf("%s", none.raw)
	}
	if plain := a.want(200, a.ask("admin", "GET", "products")); plain.at("meta.page.total") != nil || plain.at("meta.page.size") != 25.0 {
		t.Errorf("%s", plain.raw)
	}
}

func TestFieldsAreSparse(t *testing.T) {
	a := shelf(t)
	one := a.want(200, a.ask("admin", "GET", "products/key:A2?fields[products]=sku,category&fields[categories]=code&include=category"))
	if got := fmt.Sprint(one.at("data.attributes")); got != "map[sku:A2]" {
		t.Error(got)
	}
	if got := one.at("data.relationships").(map[string]any); len(got) != 1 || got["category"] == nil {
		t.Error(got)
	}
	if got := fmt.Sprint(one.at("included.0.attributes")); got != "map[code:tools/saws]" || one.at("included.0.relationships") != nil {
		t.Errorf("%s", one.raw)
	}
	if none := a.want(200, a.ask("admin", "GET", "products/key:A2?fields[products]=")); len(none.at("data.attributes").(map[string]any)) != 0 {
		t.Errorf("%s", none.raw)
	}
}

func TestRelatedRecordsComeAlong(t *testing.T) {
	a := shelf(t)
	list := a.want(200, a.ask("admin", "GET", "products?include=category.parent,units.unit,category.children&sort=sku"))
	var told []string
	for _, o := range list.at("included").([]any) {
		told = append(told, o.(map[string]any)["type"].(string))
	}
	if got := strings.Join(told, " "); strings.Count(got, "categories") != 2 || strings.Count(got, "productUnits") != 1 || strings.Count(got, "units") != 1 {
		t.Error(got)
	}
	if units := list.at("data.0.relationships.units.data"); fmt.Sprint(units) != "[]" {
		t.Errorf("units of A1: %v", units)
	}
	if units := list.at("data.1.relationships.units.data").([]any); len(units) != 1 {
		t.Errorf("units of A2: %v", units)
	}
	// The category that is both related and primary is told once, among the primary ones; its children are linked.
	tree := a.want(200, a.ask("admin", "GET", "categories?include=parent,parent.children&sort=-code"))
	if got := tree.keys("code"); got != "tools/saws tools" || len(tree.at("included").([]any)) != 0 {
		t.Errorf("%s", tree.raw)
	}
	if children := tree.at("data.1.relationships.children.data"); len(children.([]any)) != 1 {
		t.Errorf("%v", children)
	}
	if none := a.want(200, a.ask("admin", "GET", "products?include=category&filter[sku]=none")); none.at("included") == nil {
		t.Errorf("included is missing: %s", none.raw)
	}
}

func TestRelatedEndpoints(t *testing.T) {
	a := shelf(t)
	for path, want := range map[string]string{
		"categories/key:tools/children":                           "tools/saws",
		"categories/key:tools%2Fsaws/parent":                      "tools",
		"products/key:A1/category":                                "tools",
		"categories/key:tools/children?filter[code]=x":            "",
		"categories/key:tools/children?page[size]=1&sort=-code":   "tools/saws",
		"products/key:A1/category?fields[categories]=code,status": "tools",
	} {
		if got := a.want(200, a.ask("admin", "GET", path)).keys("code"); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if top := a.want(200, a.ask("admin", "GET", "categories/key:tools/parent")); string(top.raw) == "" || top.at("data") != nil {
		t.Errorf("%s", top.raw)
	}
	if one := a.want(200, a.ask("admin", "GET", "products/key:A1/relationships/category")); one.at("data.type") != "categories" || one.at("links.related") == nil {
		t.Errorf("%s", one.raw)
	}
	many := a.want(200, a.ask("admin", "GET", "categories/key:tools/relationships/children?page[total]=true"))
	if many.at("data.0.type") != "categories" || many.at("meta.page.total") != 1.0 || many.at("links.next") != nil {
		t.Errorf("%s", many.raw)
	}
	if none := a.want(200, a.ask("admin", "GET", "categories/key:tools/relationships/parent")); none.at("data") != nil {
		t.Errorf("%s", none.raw)
	}
	for _, path := range []string{"categories/key:none/children", "categories/key:none/relationships/children", "products/key:none/category"} {
		a.refused(404, "not_found", "", a.ask("admin", "GET", path))
	}
}

func TestEntityTags(t *testing.T) {
	a := shelf(t)
	first := a.want(200, a.ask("admin", "GET", "products/key:A1"))
	tag := first.Header.Get("ETag")
	if tag == "" || first.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("%v", first.Header)
	}
	for _, have := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
		again := a.want(304, a.ask("admin", "GET", "products/key:A1", "If-None-Match: "+have))
		if len(again.raw) != 0 || again.Header.Get("ETag") != tag {
			t.Errorf("%s: %v", have, again.Header)
		}
	}
	a.want(200, a.ask("admin", "GET", "products/key:A1", `If-None-Match: "1"`))
	a.want(200, a.ask("admin", "GET", "products/key:A1?fields[products]=sku", "If-None-Match: "+tag))
	head := a.want(200, a.ask("admin", "HEAD", "products/key:A1"))
	if head.Header.Get("ETag") != tag || len(head.raw) != 0 || head.ContentLength != int64(len(first.raw)) {
		t.Errorf("%v %d", head.Header, head.ContentLength)
	}
	// A price is no part of the record's revision, but of what is shown.
	list := a.List("web", "website_id", a.Website, 0)
	shown := a.want(200, a.ask("buyer", "GET", "products/key:A1"))
	a.Price(list, a.ID("product", "sku", "A1"), "0", "9.99")
	if got := a.want(200, a.ask("buyer", "GET", "products/key:A1", "If-None-Match: "+shown.Header.Get("ETag"))); got.at("data.attributes.price.amount") != "9.99" {
		t.Errorf("%s", got.raw)
	}
}

func TestTheBuyersLanguage(t *testing.T) {
	a := shelf(t)
	a.Exec(`UPDATE product SET name = '{"en":"Only English"}' WHERE sku = 'A2'`)
	a.Exec(`UPDATE product SET name = '{"fr":"Seulement"}' WHERE sku = 'B1'`)
	german := a.callers["buyer"]
	german.Language = "de"
	a.as("german", german)
	for caller, want := range map[string]string{
		"german": "Ding A1|Only English|Seulement|Ding B2|Ding C1",
		"buyer":  "Thing A1|Only English|Seulement|Thing B2|Thing C1",
	} {
		var names []string
		for _, o := range list(a.want(200, a.ask(caller, "GET", "products?sort=sku")).body["data"]) {
			names = append(names, fmt.Sprint(o["attributes"].(map[string]any)["name"]))
		}
		if got := strings.Join(names, "|"); got != want {
			t.Errorf("%s reads %s", caller, got)
		}
	}
	if got := a.want(200, a.ask("german", "GET", "products?filter[name][starts_with]=ding&sort=-name")).keys("sku"); got != "C1 B2 A1" {
		t.Error(got)
	}
	if got := a.want(200, a.ask("buyer", "GET", "products?filter[name]=Thing%20A1")).keys("sku"); got != "A1" {
		t.Error(got)
	}
	admin := a.want(200, a.ask("admin", "GET", "products/key:A1"))
	if admin.at("data.attributes.name.de") != "Ding A1" || admin.at("data.attributes.name.en") != "Thing A1" {
		t.Errorf("%s", admin.raw)
	}
}

func TestTheIndexListsResources(t *testing.T) {
	a := shelf(t)
	for caller, hidden := range map[string]bool{"admin": false, "buyer": true} {
		index := a.want(200, a.ask(caller, "GET", ""))
		resources := index.at("meta.resources").(map[string]any)
		if _, shown := resources["prices"]; shown == hidden || resources["products"] == nil {
			t.Errorf("%s: %v", caller, resources)
		}
	}
}

func TestOnePageBoundsWhatComesAlong(t *testing.T) {
	a := newAPI(t)
	a.Exec(`INSERT INTO category (id, organization_id, code, name) SELECT gen_random_uuid(), $1, 'c' || i, '{"en":"x"}' FROM generate_series(1, 101) i`, a.Organization)
	a.Exec(`UPDATE category SET parent_id = (SELECT id FROM category WHERE code = 'c1') WHERE code <> 'c1'`)
	a.want(200, a.ask("admin", "GET", "categories?include=children"))
	a.Exec(`INSERT INTO category (id, organization_id, code, name, parent_id) SELECT gen_random_uuid(), $1, p.code || '-' || i, '{"en":"x"}', p.id
		FROM generate_series(1, 110) i, category p WHERE p.code <> 'c1'`, a.Organization)
	a.refused(400, "too_many", "include", a.ask("admin", "GET", "categories/key:c1?include=children.children"))
}

func callerWith(c access.Caller, permissions string) access.Caller {
	c.Grants = access.NewGrants()
	if err := c.Grants.Merge([]byte(permissions)); err != nil {
		panic(err)
	}
	return c
}
