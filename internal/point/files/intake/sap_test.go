package intake_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/module/sap"
)

func newSAPHouse(t *testing.T) *house {
	h := newHouse(t, sap.New())
	h.channel("sap", map[string]any{"website": "acme"})
	return h
}

// idocs is the input of a case of the module's mappings, such as "matmas05/sample".
func (h *house) idocs(name string) string {
	h.Helper()
	a, err := txtar.ParseFile("../../../../module/sap/mapping/" + name + ".txtar")
	if err != nil {
		h.Fatal(err)
	}
	for _, f := range a.Files {
		if f.Name == "input.xml" {
			return string(f.Data)
		}
	}
	h.Fatalf("%s has no input", name)
	return ""
}

func (h *house) want(got []string, want ...string) {
	h.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		h.Errorf("-want +got:\n%s", diff)
	}
}

// done processes a file that must be done with these counts: read, created, updated, unchanged, failed.
func (h *house) done(content, counts string) processed {
	h.Helper()
	p := h.process("in.xml", content)
	if p.Status != exchange.Done || p.counts() != counts {
		h.Errorf("%s, %s %v, want done, %s\n%s%v", p.Status, p.counts(), p.Reason, counts, p.lines, p.issues)
	}
	return p
}

// again is the same content with other document numbers.
func again(content string) string {
	return strings.ReplaceAll(content, "<DOCNUM>00000000000", "<DOCNUM>00000000009")
}

func TestSamplesBecomeRecords(t *testing.T) {
	h := newSAPHouse(t)
	debmas, matmas, cond := h.idocs("debmas07/sample"), h.idocs("matmas05/sample"), h.idocs("cond_a04/sample")
	p := h.done(debmas, "2 2 0 0 0")
	h.want(p.issues, `warning not_found there is no paymentTerm with the key "0001"; the record was written without it 2`)
	p = h.done(matmas, "2 2 0 0 0")
	h.want(p.issues, `warning not_found there is no category with the key "001"; the record was written without it 2`)
	h.done(cond, "1 1 0 0 0")

	h.want(h.rows(`SELECT c.number, c.name, c.status, c.order_block, c.tax_number, c.language, g.code, g.name
		FROM customer c JOIN customer_group g ON g.id = c.group_id ORDER BY 1`),
		"0000010020 Schmidt & Söhne GmbH enabled false DE123456789 de 01 01", "0000010021 Müller KG enabled false DE123456789 de 01 01")
	h.want(h.rows(`SELECT street, postal_code, city, country, "primary", billing, shipping FROM customer_address ORDER BY 1`),
		"Domstr. 1 50667 Köln DE true true true", "Domstr. 2 50667 Köln DE true true true")
	h.want(h.rows(`SELECT p.sku, p.name->>'de', p.weight::text, p.gtin, b.code, u.code, f.factor::text FROM product p JOIN unit b ON b.id = p.unit_id
		JOIN product_unit f ON f.product_id = p.id JOIN unit u ON u.id = f.unit_id ORDER BY 1`),
		"000000000000004711 Teil 0 <neu> 1.000 4006381333931 C62 XCT 24.000000", "000000000000004712 Teil 1 <neu> 1.000 4006381333948 MTR XCT 24.000000")
	h.want(h.rows(`SELECT l.code, w.code, p.min_quantity::text, p.amount::text, p.per::text, u.code, p.valid_from::text, p.valid_until::text FROM price p
		JOIN price_list l ON l.id = p.price_list_id JOIN price_list_assignment a ON a.price_list_id = l.id JOIN website w ON w.id = a.website_id
		JOIN unit u ON u.id = p.unit_id ORDER BY p.min_quantity`),
		"SAP acme 0.000000 12.500000 1.000 C62 2026-01-01 -", "SAP acme 10.000000 11.900000 1.000 C62 2026-01-01 -",
		"SAP acme 100.000000 10.400000 1.000 C62 2026-01-01 -")
	h.want(h.rows(`SELECT type, external_id FROM external_id WHERE system = 'SAP' ORDER BY 1, 2`),
		"customerAddresses 0000010020", "customerAddresses 0000010021", "customers 0000010020", "customers 0000010021",
		"products 000000000000004711", "products 000000000000004712")

	for _, c := range []struct{ content, counts string }{{debmas, "2 0 0 2 0"}, {matmas, "2 0 0 2 0"}, {cond, "1 0 0 1 0"}} {
		h.done(c.content, c.counts)        // a resend is known by its numbers
		h.done(again(c.content), c.counts) // new numbers, nothing new in them
	}
}
