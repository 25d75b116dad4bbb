package commerce_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// morning is what an ERP sends, each record by its natural key, those that others refer to first.
var morning = []struct {
	typeName string
	values   []string
}{
	{"customerGroups", []string{"code", "01", "name", "Wholesale"}},
	{"paymentTerms", []string{"code", "0001", "name", `{"en":"14 days"}`, "netDays", "14"}},
	{"customers", []string{"number", "0000010020", "name", "Schmidt & Söhne", "group", "key:01", "paymentTerm", "key:0001", "creditLimit", "5000"}},
	{"customers", []string{"number", "0000010021", "name", "Schmidt Köln", "parent", "key:0000010020"}},
	{"customerUsers", []string{"email", "buyer@schmidt.test", "customer", "key:0000010020"}},
	{"customerUsers", []string{"email", "buyer@cologne.test", "customer", "key:0000010021"}},
	{"categories", []string{"code", "Fasteners", "name", `{"en":"Fasteners"}`}},
	{"categories", []string{"code", "Fasteners/Bolts", "name", `{"en":"Bolts"}`, "parent", "key:Fasteners"}},
	{"products", []string{"sku", "000000000000004711", "name", `{"en":"Hex bolt","de":"Sechskantschraube"}`, "category", "key:Fasteners/Bolts",
		"unit", "key:C62", "gtin", "4006381333931", "weight", "0.125"}},
	{"productUnits", []string{"product", "key:000000000000004711", "unit", "key:XCT", "factor", "24"}},
	{"priceLists", []string{"code", "SAP-10020", "name", "Schmidt"}},
	{"priceListAssignments", []string{"priceList", "key:SAP-10020", "customer", "key:0000010020"}},
	{"prices", []string{"priceList", "key:SAP-10020", "product", "key:000000000000004711", "unit", "key:C62", "currency", "EUR",
		"amount", "12.50", "validFrom", "2026-01-01"}},
	{"prices", []string{"priceList", "key:DEFAULT", "product", "key:000000000000004711", "unit", "key:C62", "currency", "EUR",
		"minQuantity", "10", "amount", "1190", "per", "100"}},
	{"warehouses", []string{"code", "1000", "name", "Hamburg"}},
	{"inventoryLevels", []string{"warehouse", "key:1000", "product", "key:000000000000004711", "unit", "key:C62", "onHand", "40"}},
	{"unitAliases", []string{"alias", "PCE", "system", "SAP", "unit", "key:C62"}},
	{"shippingMethods", []string{"code", "EXPRESS", "name", `{"en":"Express"}`, "amount", "9.90"}},
	{"businessUnits", []string{"code", "NORTH", "name", "North", "parent", "key:MAIN"}},
	{"websites", []string{"code", "nl", "name", "Nederland", "language", "nl"}},
	{"users", []string{"email", "sales@acme.test", "businessUnit", "key:NORTH"}},
}

func TestWhatAnERPSends(t *testing.T) {
	h := commercetest.New(t)
	for _, want := range []record.Outcome{record.Created, record.Unchanged} {
		for _, m := range morning {
			if c := h.Write(h.Caller, record.Upsert, m.typeName, resource.Ref{}, m.values...); c.Outcome != want {
				t.Errorf("%s %v is %s, want %s: %v", m.typeName, m.values, c.Outcome, want, c.Faults)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	h := commercetest.New(t)
	h.Product("P")
	for _, c := range []struct {
		typeName string
		values   []string
		code     string
	}{
		{"products", []string{"sku", "X", "name", `{"en":"X"}`, "gtin", "4006381333932"}, "invalid_gtin"},
		{"prices", []string{"priceList", "key:DEFAULT", "product", "key:P", "unit", "key:C62", "currency", "EUR", "amount", "1", "per", "0"}, "out_of_range"},
		{"prices", []string{"priceList", "key:DEFAULT", "product", "key:P", "unit", "key:C62", "currency", "EUR", "amount", "1", "validFrom", "2026-02-01", "validUntil", "2026-01-31"}, "out_of_range"},
		{"priceListAssignments", []string{"priceList", "key:DEFAULT"}, "one_receiver"},
		{"units", []string{"code", "XXX", "name", `{"en":"X"}`, "precision", "7"}, "out_of_range"},
		{"productUnits", []string{"product", "key:P", "unit", "key:XCT", "factor", "0"}, "out_of_range"},
		{"inventoryLevels", []string{"warehouse", "key:MAIN", "product", "key:P", "unit", "key:C62", "onHand", "1", "reserved", "1"}, "read_only"},
		{"orders", []string{"number", "1"}, ""},
	} {
		got := h.Write(h.Caller, record.Upsert, c.typeName, resource.Ref{}, c.values...)
		if got.Outcome != record.Failed || c.code != "" && got.Faults[0].Code != c.code {
			t.Errorf("%s %v is %s %v, want %s", c.typeName, c.values, got.Outcome, got.Faults, c.code)
		}
	}
	org := resource.Ref{ID: h.Organization}
	if got := h.Write(h.Caller, record.Update, "organizations", org, "timeZone", "Europe/Atlantis"); got.Outcome != record.Failed {
		t.Error("an organization lies in Atlantis")
	}
	if got := h.Write(h.Caller, record.Update, "organizations", org, "timeZone", "Europe/Berlin"); got.Outcome != record.Updated {
		t.Errorf("an organization cannot lie in Berlin: %v", got.Faults)
	}
}

// A buyer fills a cart of his own and checks out; nobody else sees or touches it.
func TestBuyersCart(t *testing.T) {
	h := commercetest.New(t)
	list := h.ID("price_list", "code", "DEFAULT")
	h.Price(list, h.Product("R9"), "0", "2.50")
	one, two := h.Buyer("1000"), h.Buyer("2000")
	buyer, other := h.As(one), h.As(two)

	cart := h.Write(buyer, record.Create, "carts", resource.Ref{}, "name", "Monday")
	line := h.Write(buyer, record.Create, "cartLines", resource.Ref{}, "cart", cart.ID, "product", "key:R9", "quantity", "3")
	checkout := h.Write(buyer, record.Create, "checkouts", resource.Ref{}, "cart", cart.ID, "poNumber", "PO-1")
	address := h.Write(buyer, record.Create, "customerAddresses", resource.Ref{}, "street", "Domstr. 1", "city", "Köln", "country", "DE")
	made := map[string]*record.Change{"carts": cart, "cartLines": line, "checkouts": checkout, "customerAddresses": address}
	for typeName, c := range made {
		if c.Outcome != record.Created {
			t.Fatalf("%s: %v", typeName, c.Faults)
		}
		if h.Get(buyer, typeName, c.ID) == nil {
			t.Errorf("the buyer does not see %s", typeName)
		}
		if got := h.Get(other, typeName, c.ID); got != nil {
			t.Errorf("another customer sees %s: %v", typeName, got)
		}
		if got := h.Write(other, record.Delete, typeName, resource.Ref{ID: c.ID}); got.Outcome != record.Failed {
			t.Errorf("another customer deleted %s", typeName)
		}
	}
	if got := h.Get(buyer, "carts", cart.ID, "subtotal"); got["subtotal"] != "7.5" {
		t.Errorf("the cart costs %v", got)
	}
	for what, got := range map[string]*record.Change{
		"a cart for another customer":    h.Write(other, record.Create, "carts", resource.Ref{}, "customer", one.Customer),
		"a line in another's cart":       h.Write(other, record.Create, "cartLines", resource.Ref{}, "cart", cart.ID, "product", "key:R9"),
		"a checkout of another's cart":   h.Write(other, record.Create, "checkouts", resource.Ref{}, "cart", cart.ID),
		"a cart that is ordered":         h.Write(buyer, record.Create, "carts", resource.Ref{}, "status", "ordered"),
		"a checkout with an order":       h.Write(buyer, record.Update, "checkouts", resource.Ref{ID: checkout.ID}, "status", "placed"),
		"a line of nothing":              h.Write(buyer, record.Update, "cartLines", resource.Ref{ID: line.ID}, "quantity", "0"),
		"another's address for delivery": h.Write(other, record.Create, "checkouts", resource.Ref{}, "shippingAddress", address.ID),
		"a product":                      h.Write(buyer, record.Create, "products", resource.Ref{}, "sku", "X", "name", `{"en":"X"}`),
		"a price":                        h.Write(buyer, record.Update, "prices", resource.Ref{}, "amount", "0"),
	} {
		if got.Outcome != record.Failed {
			t.Errorf("a buyer made %s", what)
		}
	}
	if h.Get(access.Caller{Side: access.Storefront, Organization: h.Organization, Language: "en"}, "carts", cart.ID) != nil {
		t.Error("a visitor sees a cart")
	}
}
