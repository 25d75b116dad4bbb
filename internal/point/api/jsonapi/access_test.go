package jsonapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// rivals is an API with two buyers, each with an address, a cart, a checkout and an order.
type rivals struct {
	*api
	ours, theirs map[string]string // ids by type
}

func newRivals(t *testing.T) *rivals {
	w := &rivals{api: shelf(t), ours: map[string]string{}, theirs: map[string]string{}}
	w.fill(w.ours, w.Buyer("ours"), "ours")
	w.fill(w.theirs, w.Buyer("theirs"), "theirs")
	w.as("us", w.As(commercetest.Buyer{Group: w.ours["customerGroups"], Customer: w.ours["customers"], User: w.ours["customerUsers"]}))
	return w
}

func (w *rivals) fill(ids map[string]string, b commercetest.Buyer, mark string) {
	ids["customerGroups"], ids["customers"], ids["customerUsers"] = b.Group, b.Customer, b.User
	address := map[string]any{"street": mark + " street", "city": "Town", "country": "DE", "customer_id": b.Customer}
	ids["customerAddresses"] = w.Insert("customer_address", address)
	ids["carts"] = w.Insert("cart", map[string]any{"name": mark, "customer_id": b.Customer, "customer_user_id": b.User, "website_id": w.Website})
	product := w.ID("product", "sku", "A1")
	ids["cartLines"] = w.Insert("cart_line", map[string]any{"cart_id": ids["carts"], "product_id": product, "quantity": "1", "note": mark})
	ids["checkouts"] = w.Insert("checkout", map[string]any{"cart_id": ids["carts"], "po_number": mark, "shipping_address_id": ids["customerAddresses"]})
	ids["shippingQuotes"] = w.Insert("shipping_quote", map[string]any{"checkout_id": ids["checkouts"], "customer_id": b.Customer, "code": mark, "position": 1,
		"name": mark, "kind": "fixed", "amount": "1", "currency": "EUR"})
	ids["orders"] = w.Insert("sales_order", map[string]any{"number": mark, "po_number": mark, "currency": "EUR", "payment_method": "paymentTerm",
		"customer_id": b.Customer, "customer_user_id": b.User})
	ids["orderLines"] = w.Insert("order_line", map[string]any{"order_id": ids["orders"], "position": 10, "sku": "A1", "name": mark, "quantity": "1", "price": "1", "per": "1",
		"row_total": "1", "unit_id": w.Unit("C62"), "product_id": product, "customer_id": b.Customer})
	ids["orderAddresses"] = w.Insert("order_address", map[string]any{"order_id": ids["orders"], "kind": "billing", "street": mark, "city": "Town", "country": "DE", "customer_id": b.Customer})
	ids["payments"] = w.Insert("payment", map[string]any{"method": mark, "amount": "1", "currency": "EUR", "customer_id": b.Customer, "order_id": ids["orders"]})
	ids["paymentTransactions"] = w.Insert("payment_transaction", map[string]any{"action": "authorize", "status": "pending", "method": mark, "amount": "1", "currency": "EUR",
		"customer_id": b.Customer, "order_id": ids["orders"]})
	ids["shipments"] = w.Insert("shipment", map[string]any{"order_id": ids["orders"], "customer_id": b.Customer, "number": mark, "shipped_on": "2026-11-24",
		"document_time": "2026-11-24T10:00:00Z"})
	ids["shipmentLines"] = w.Insert("shipment_line", map[string]any{"shipment_id": ids["shipments"], "customer_id": b.Customer, "position": 1, "sku": "A1", "quantity": "1",
		"order_line_id": ids["orderLines"]})
	ids["invoices"] = w.Insert("invoice", map[string]any{"order_id": ids["orders"], "customer_id": b.Customer, "number": mark, "invoiced_on": "2026-11-24", "currency": "EUR",
		"net": "1", "tax_total": "0", "total": "1", "document_time": "2026-11-24T10:00:00Z"})
	ids["invoiceLines"] = w.Insert("invoice_line", map[string]any{"invoice_id": ids["invoices"], "customer_id": b.Customer, "sequence": 1, "name": mark, "net": "1",
		"tax_total": "0", "order_line_id": ids["orderLines"]})
}

// Another buyer's records answer 404 everywhere and are absent from lists, counts and related records, by whatever name
// they are asked for.
func TestAnotherBuyersRecordsDoNotExist(t *testing.T) {
	w := newRivals(t)
	for _, typ := range w.Schema.Types() {
		if typ.Storefront.Owner == "" {
			continue
		}
		id := w.theirs[typ.Name]
		if id == "" {
			t.Errorf("%s belong to buyers, but this test has none", typ.Name)
			continue
		}
		w.want(200, w.ask("us", "GET", typ.Name+"/"+w.ours[typ.Name]))
		names := []string{id, "ext:SAP:" + typ.Name}
		w.Exec("INSERT INTO external_id (organization_id, type, system, external_id, record_id) VALUES ($1, $2, 'SAP', $2, $3)", w.Organization, typ.Name, id)
		if typ.Name == "orders" {
			names = append(names, "key:theirs")
		}
		for _, name := range names {
			w.refused(404, "not_found", "", w.ask("us", "GET", typ.Name+"/"+name))
			w.foreign(typ, name)
		}
		for paths := range slices.Chunk(w.includes(typ), record.MaxIncludes) {
			list := w.want(200, w.ask("us", "GET", typ.Name+"?page[size]=100&page[total]=true&include="+strings.Join(paths, ",")))
			if list.at("meta.page.total") != 1.0 {
				t.Errorf("%s: %v are counted", typ.Name, list.at("meta.page.total"))
			}
			w.clean(typ.Name, list)
		}
		if f := w.want(200, w.ask("us", "GET", typ.Name+"?page[total]=true&filter[id]="+id)); f.at("meta.page.total") != 0.0 {
			t.Errorf("%s", f.raw)
		}
	}
}

// foreign tries to change and to follow what is not ours.
func (w *rivals) foreign(typ *resource.Type, name string) {
	w.T.Helper()
	for i := range typ.Relations {
		r := &typ.Relations[i]
		if record.ShowsRelation(w.Schema, access.Storefront, nil, typ, r) {
			w.refused(404, "not_found", "", w.ask("us", "GET", typ.Name+"/"+name+"/"+r.Name))
			w.refused(404, "not_found", "", w.ask("us", "GET", typ.Name+"/"+name+"/relationships/"+r.Name))
			if r.Writable(false) && !r.ToMany && typ.Storefront.Update {
				w.want(404, w.ask("us", "PATCH", typ.Name+"/"+name+"/relationships/"+r.Name, `{"data":null}`))
			}
		}
	}
	if typ.Storefront.Update {
		w.want(404, w.ask("us", "PATCH", typ.Name+"/"+name, fmt.Sprintf(`{"data":{"type":%q}}`, typ.Name)))
	}
	if typ.Storefront.Delete {
		w.want(404, w.ask("us", "DELETE", typ.Name+"/"+name))
	}
	for _, c := range w.Schema.Commands() {
		if c.On == typ.Name && c.Storefront {
			input := `{"meta":{}}`
			switch c.Name {
			case "addLines":
				input = `{"meta":{"lines":[{"sku":"A1","quantity":"1"}]}}`
			case "validatePayment":
				input = `{"meta":{"method":"paymentTerm"}}`
			}
			w.want(404, w.ask("us", "POST", typ.Name+"/"+name+"/actions/"+c.Name, "Idempotency-Key: "+name, input))
		}
	}
}

// includes are all relations of a type, and those of what they lead to.
func (w *rivals) includes(typ *resource.Type) (paths []string) {
	for i := range typ.Relations {
		if r := &typ.Relations[i]; record.ShowsRelation(w.Schema, access.Storefront, nil, typ, r) {
			paths = append(paths, r.Name)
			target, _ := w.Schema.Type(r.Target)
			for k := range target.Relations {
				if record.ShowsRelation(w.Schema, access.Storefront, nil, target, &target.Relations[k]) {
					paths = append(paths, r.Name+"."+target.Relations[k].Name)
				}
			}
		}
	}
	return paths
}

func (w *rivals) clean(what string, out *answer) {
	w.T.Helper()
	for typ, id := range w.theirs {
		if strings.Contains(string(out.raw), id) {
			w.T.Errorf("%s shows a record of %s of another buyer: %s", what, typ, out.raw)
		}
	}
	if strings.Contains(string(out.raw), "theirs") {
		w.T.Errorf("%s shows a value of another buyer: %s", what, out.raw)
	}
}

// Filters and sort fields tell a buyer nothing of records that he may not see.
func TestFiltersProbeNothing(t *testing.T) {
	w := newRivals(t)
	hidden := w.Insert("category", map[string]any{"code": "secret", "status": "disabled", "name": map[string]string{"en": "Secret"}})
	w.Exec("UPDATE product SET category_id = $1 WHERE sku = 'B1'", hidden)
	w.Exec("UPDATE product SET status = 'disabled' WHERE sku = 'C1'")
	w.Exec("UPDATE customer SET parent_id = $1 WHERE id = $2", w.theirs["customers"], w.ours["customers"])
	w.Insert("product_unit", map[string]any{"product_id": w.ID("product", "sku", "C1"), "unit_id": w.Unit("XCT"), "factor": "7"})
	for path, want := range map[string]int{
		"products?filter[category]=key:secret":                               0,
		"products?filter[category]=" + hidden:                                0,
		"products?filter[category][in]=key:secret," + hidden:                 0,
		"products?filter[category][below]=key:secret":                        0,
		"products?filter[category.code]=secret":                              0,
		"products?filter[category.code][neq]=nothing":                        4,
		"products?filter[category][exists]=false":                            1,
		"products?filter[category][neq]=key:secret":                          4,
		"products?filter[sku]=C1":                                            0,
		"productUnits?filter[product]=key:C1":                                0,
		"productUnits?filter[product.sku]=C1":                                0,
		"orders?filter[customer]=key:theirs":                                 0,
		"orders?filter[customer][neq]=key:theirs":                            1,
		"orders?filter[customer]=" + w.theirs["customers"]:                   0,
		"orders?filter[customerUser.email][starts_with]=buyer-theirs":        0,
		"customers?filter[parent]=key:theirs":                                0,
		"customers?filter[parent.number]=theirs":                             0,
		"customers?filter[parent][exists]=true":                              0,
		"checkouts?filter[shippingAddress]=" + w.theirs["customerAddresses"]: 0,
	} {
		if got := list(w.want(200, w.ask("us", "GET", path)).body["data"]); len(got) != want {
			t.Errorf("%s: %d, want %d", path, len(got), want)
		}
	}
	for _, path := range []string{"productUnits/key:C1|XCT", "products/key:C1", "categories/key:secret", "products/key:C1/units"} {
		w.refused(404, "not_found", "", w.ask("us", "GET", path))
	}
	one := w.want(200, w.ask("us", "GET", "products/key:B1?include=category"))
	if one.at("data.relationships.category.data") != nil || strings.Contains(string(one.raw), hidden) {
		t.Errorf("%s", one.raw)
	}
	if none := w.want(200, w.ask("us", "GET", "products/key:B1/category")); none.at("data") != nil {
		t.Errorf("%s", none.raw)
	}
	if parent := w.want(200, w.ask("us", "GET", "customers/"+w.ours["customers"])); parent.at("data.relationships.parent.data") != nil {
		t.Errorf("%s", parent.raw)
	}
	for _, path := range []string{"customers?filter[creditLimit][gt]=1", "customers?sort=orderBlock", "customers?filter[group]=key:x", "customers?fields[customers]=internalNote",
		"customers?include=group", "products?sort=category.internal", "customers?filter[group.code]=x"} {
		w.want(400, w.ask("us", "GET", path))
	}
}

// Trust, case 13: what a client says about money, owner or organization is refused, and nothing is written.
func TestBuyersSetNoPricesAndNoOwners(t *testing.T) {
	w := newRivals(t)
	theirs := fmt.Sprintf(`{"data":{"type":"customers","id":%q}}`, w.theirs["customers"])
	address := `"street":"S","city":"C","country":"DE"`
	for _, c := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "carts", `{"data":{"type":"carts","attributes":{"subtotal":"1"}}}`, 422, "read_only"},
		{"POST", "carts", `{"data":{"type":"carts","attributes":{"organization":"x"}}}`, 422, "read_only"},
		{"POST", "carts", `{"data":{"type":"carts","attributes":{"status":"ordered"}}}`, 422, "read_only"},
		{"POST", "carts", `{"data":{"type":"carts","relationships":{"customer":` + theirs + `}}}`, 422, "not_found"},
		{"POST", "carts", `{"data":{"type":"carts","attributes":{"customer_id":"x"}}}`, 422, "unknown_field"},
		{"PATCH", "carts/" + w.ours["carts"], `{"data":{"type":"carts","relationships":{"customer":` + theirs + `}}}`, 422, "read_only"},
		{"PATCH", "cartLines/" + w.ours["cartLines"], `{"data":{"type":"cartLines","attributes":{"price":{"amount":"0.01"}}}}`, 422, "read_only"},
		{"PATCH", "cartLines/" + w.ours["cartLines"], `{"data":{"type":"cartLines","attributes":{"rowTotal":"0"}}}`, 422, "read_only"},
		{"PATCH", "cartLines/" + w.ours["cartLines"], `{"data":{"type":"cartLines","relationships":{"cart":{"data":{"type":"carts","id":"` + w.theirs["carts"] + `"}}}}}`, 422, "read_only"},
		{"POST", "cartLines", `{"data":{"type":"cartLines","relationships":{"cart":{"data":{"type":"carts","id":"` + w.theirs["carts"] + `"}},"product":{"data":{"type":"products","id":"key:A2"}}}}}`, 422, "not_found"},
		{"POST", "customerAddresses", `{"data":{"type":"customerAddresses","attributes":{` + address + `},"relationships":{"customer":` + theirs + `}}}`, 422, "not_found"},
		{"PATCH", "checkouts/" + w.ours["checkouts"], `{"data":{"type":"checkouts","relationships":{"shippingAddress":{"data":{"type":"customerAddresses","id":"` + w.theirs["customerAddresses"] + `"}}}}}`, 422, "not_found"},
		{"PATCH", "checkouts/" + w.ours["checkouts"], `{"data":{"type":"checkouts","relationships":{"order":{"data":{"type":"orders","id":"` + w.theirs["orders"] + `"}}}}}`, 422, "read_only"},
		{"PATCH", "checkouts/" + w.ours["checkouts"] + "/relationships/shippingAddress", `{"data":{"type":"customerAddresses","id":"` + w.theirs["customerAddresses"] + `"}}`, 422, "not_found"},
		{"PATCH", "checkouts/" + w.ours["checkouts"] + "/relationships/customer", theirs, 405, "method_not_allowed"},
		{"PATCH", "orders/" + w.ours["orders"], `{"data":{"type":"orders","attributes":{"total":"0"}}}`, 405, "method_not_allowed"},
		{"PATCH", "customers/" + w.ours["customers"], `{"data":{"type":"customers","attributes":{"creditLimit":"1000000"}}}`, 405, "method_not_allowed"},
		{"POST", "products", `{"data":{"type":"products"}}`, 405, "method_not_allowed"},
	} {
		out := w.want(c.status, w.ask("us", c.method, c.path, c.body))
		if out.at("errors.0.code") != c.code {
			t.Errorf("%s %s %s: %s", c.method, c.path, c.body, out.raw)
		}
	}
	made := w.want(201, w.ask("us", "POST", "carts", `{"data":{"type":"carts","attributes":{"name":"mine"}}}`))
	if made.at("data.relationships.customer.data.id") != w.ours["customers"] || made.at("data.relationships.customerUser.data.id") != w.ours["customerUsers"] {
		t.Errorf("%s", made.raw)
	}
}

func TestPermissionsNarrowTheAPI(t *testing.T) {
	w := newRivals(t)
	body := `{"data":{"type":"products","attributes":{"sku":"N1","name":"x"}}}`
	w.as("reader", callerWith(w.Caller, `{"*":{"read":"global"}}`))
	w.want(200, w.ask("reader", "GET", "products"))
	w.refused(403, "forbidden", "/data", w.ask("reader", "POST", "products", body))
	w.refused(403, "forbidden", "/data", w.ask("reader", "PATCH", "products/key:A1", `{"data":{"type":"products","attributes":{"brand":"x"}}}`))
	w.refused(403, "forbidden", "/data", w.ask("reader", "DELETE", "products/key:A1"))
	w.refused(403, "forbidden", "", w.ask("reader", "POST", "carts/"+w.ours["carts"]+"/actions/addLines", `{"meta":{"lines":[]}}`))
	w.want(403, w.ask("reader", "PATCH", "products/key:A1/relationships/category", `{"data":null}`))

	w.as("writer", callerWith(w.Caller, `{"products":{"create":"organization","update":"organization"},"units":{"read":"organization"}}`))
	w.refused(403, "forbidden", "", w.ask("writer", "GET", "products"))
	w.refused(403, "forbidden", "", w.ask("writer", "GET", "products/key:A1"))
	if made := w.want(204, w.ask("writer", "POST", "products", body)); made.Header.Get("Location") == "" || made.Header.Get("ETag") != "" {
		t.Errorf("%v", made.Header)
	}
	w.refused(422, "unknown_relation", "/data/relationships/category", w.ask("writer", "POST", "products",
		`{"data":{"type":"products","attributes":{"sku":"N2","name":"x"},"relationships":{"category":{"data":{"type":"categories","id":"key:tools"}}}}}`))

	w.as("clerk", callerWith(w.Caller, `{"products":{"read":"organization","hide":["brand","unit","externalIds"]},"categories":{"read":"none"},"orders":{"read":"own"},"users":{"read":"businessUnit"},"customers":{"read":"own"}}`))
	shown := w.want(200, w.ask("clerk", "GET", "products/key:A1"))
	attributes, relationships := shown.at("data.attributes").(map[string]any), shown.at("data.relationships")
	for _, name := range []string{"brand", "externalIds"} {
		if _, told := attributes[name]; told {
			t.Errorf("%s is shown: %s", name, shown.raw)
		}
	}
	if relationships != nil {
		t.Errorf("relations are shown whose records may not be read: %v", relationships)
	}
	for _, path := range []string{"products?filter[brand]=Brand%20A", "products?sort=brand", "products?fields[products]=brand", "products?filter[category]=key:tools",
		"products?filter[category.code]=tools", "products?sort=category.code", "products?include=category", "products?filter[unit]=key:C62", "products?filter[search]=thing",
		"products?fields[categories]=code", "products?fields[products]=externalIds"} {
		w.want(400, w.ask("clerk", "GET", path))
	}
	w.want(404, w.ask("clerk", "GET", "products/key:A1/category"))
	w.want(404, w.ask("clerk", "GET", "products/key:A1/relationships/category"))
	for _, path := range []string{"orders", "users", "customers"} { // have no owner, and the caller no business unit
		if got := w.want(200, w.ask("clerk", "GET", path+"?page[total]=true")); got.at("meta.page.total") != 0.0 {
			t.Errorf("%s: %s", path, got.raw)
		}
	}
	w.refused(403, "forbidden", "", w.ask("clerk", "GET", "carts"))
	index := w.want(200, w.ask("clerk", "GET", ""))
	if got := index.at("meta.resources").(map[string]any); len(got) != 4 {
		t.Errorf("%v", got)
	}
}

// Staff of a business unit sees the colleagues of the same unit, where that is how far a role reaches.
func TestBusinessUnitsAreALevel(t *testing.T) {
	a := newAPI(t)
	north, south := a.Insert("business_unit", map[string]any{"code": "north", "name": "N"}), a.Insert("business_unit", map[string]any{"code": "south", "name": "S"})
	me := a.Insert("user_account", map[string]any{"email": "me@acme.test", "business_unit_id": north})
	a.Insert("user_account", map[string]any{"email": "near@acme.test", "business_unit_id": north})
	a.Insert("user_account", map[string]any{"email": "far@acme.test", "business_unit_id": south})
	c := callerWith(a.Caller, `{"users":{"read":"businessUnit","update":"businessUnit"}}`)
	c.Actor = access.Actor{Kind: access.User, ID: me}
	a.as("staff", c)
	if got := a.want(200, a.ask("staff", "GET", "users?sort=email")).keys("email"); got != "me@acme.test near@acme.test" {
		t.Error(got)
	}
	rename := `{"data":{"type":"users","attributes":{"firstName":"x"}}}`
	a.want(200, a.ask("staff", "PATCH", "users/key:near@acme.test", rename))
	a.want(404, a.ask("staff", "PATCH", "users/key:far@acme.test", rename))
}
