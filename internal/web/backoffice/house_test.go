package backoffice

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// house is a back-office over a database of its own with a small company in it.
type house struct {
	*commercetest.House
	*Office
}

func newHouse(t *testing.T) *house {
	t.Helper()
	schema, err := resource.NewSchema(append(commerce.Resources(), exchange.Resources(), []resource.Definition{blocking})...)
	if err != nil {
		t.Fatal(err)
	}
	h := &commercetest.House{T: t, Schema: schema, Store: record.NewStore(func() *resource.Schema { return schema }),
		Pool: postgrestest.Pool(t, commercetest.Sources()...)}
	founded := h.Found(organization.Founding{Code: "acme", Name: "Acme", AdminEmail: "admin@acme.test"})
	h.Organization, h.Website, h.Admin = founded.Organization, founded.Website, founded.Admin
	h.Caller = access.Caller{Side: access.Admin, Organization: h.Organization, Language: "en",
		Actor: access.Actor{Kind: access.User, ID: h.Admin, Name: "admin@acme.test"}}
	return &house{h, newOffice(t, prepared{}, Stored{Store: h.Store, Pool: h.Pool, Commands: bound(h), Caller: func(context.Context) access.Caller { return h.Caller }})}
}

func newOffice(t *testing.T, p prepared, records Records) *Office {
	t.Helper()
	office, err := New(Options{Name: "Acme Commerce"}, Sources{Users: p, Desk: p, Exchanges: p, Records: records, Traces: p, Channels: p, Papers: p})
	if err != nil {
		t.Fatal(err)
	}
	return office
}

// send posts a form and gives the address it led to; status 303 is wanted.
func (h *house) send(path string, pairs ...string) string {
	h.T.Helper()
	w := h.post(path, pairs...)
	if w.Code != http.StatusSeeOther {
		h.T.Fatalf("%s answered %d: %s", path, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func (h *house) post(path string, pairs ...string) *httptest.ResponseRecorder {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func (h *house) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// stock fills the company by the back-office's own forms and gives the addresses of a product and an order.
func (h *house) stock() (product, order string) {
	h.T.Helper()
	for _, c := range []string{"Beverages", "Condiments", "Sicherheitsbeleuchtungsanlagenzubehör"} {
		h.send("/admin/records/categories", "code", c, "name.en", c, "name.de", c, "status", "enabled", "position", "10")
	}
	names := []string{"Chai", "Chang", "Aniseed Syrup", "Chef Anton's Cajun Seasoning", "Grandma's Boysenberry Spread", "Uncle Bob's Organic Dried Pears"}
	for i := range 60 {
		name := names[i%len(names)]
		if i == 1 {
			name = "Hochleistungs-Kunststoffsechskantschrauben mit Unterlegscheibe, verzinkt, selbstschneidend"
		}
		at := h.send("/admin/records/products", "sku", "NW-"+string(rune('A'+i/26))+string(rune('A'+i%26)), "name.en", name, "name.de", name+" (de)",
			"kind", "simple", "status", []string{"enabled", "enabled", "disabled"}[i%3], "gtin", "4006381333931", "brand", "Northwind", "weight", "2.400",
			"category", "key:Beverages", "attributes", `{"colour":"red","origin":{"country":"IN"}}`, "description.en", "Spiced black tea from Assam.")
		if i == 0 {
			product = at
		}
	}
	id := product[strings.LastIndex(product, "/")+1:]
	h.Exec("insert into external_id (organization_id, type, system, external_id, record_id) values ($1, 'products', 'SAP', '000000000000004711', $2)",
		h.Organization, id)
	h.send(product, "sku", "NW-AA", "name.en", "Chai tea", "name.de", "Chai-Tee", "kind", "simple", "status", "enabled", "brand", "Northwind",
		"weight", "2.5", "category", "key:Condiments", "gtin", "", "attributes", `{"colour":"red"}`)
	customer := h.send("/admin/records/customers", "number", "0000001000", "name", "Alfreds Futterkiste", "status", "enabled", "currency", "EUR",
		"creditLimit", "15000", "email", "info@alfki.example")
	customer = customer[strings.LastIndex(customer, "/")+1:]
	for i := range 3 {
		order = h.Insert("sales_order", map[string]any{"number": "10004" + string(rune('0'+i)), "po_number": "PO-2026-117", "currency": "EUR",
			"subtotal": "1394.5", "shipping_total": "9.9", "total": "1404.4", "payment_method": "paymentTerm", "customer_id": customer})
	}
	for i, sku := range []string{"NW-AA", "NW-AB"} {
		h.Insert("order_line", map[string]any{"position": 10 * (i + 1), "sku": sku, "name": names[i], "quantity": "12", "price": "18", "per": "1",
			"row_total": "216", "order_id": order, "unit_id": h.ID("unit", "code", "C62"), "customer_id": customer})
	}
	return product, "/admin/records/orders/" + order
}
