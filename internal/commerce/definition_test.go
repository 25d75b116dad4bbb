package commerce_test

import (
	"context"
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
)

// TestDefinitionsMatchTables is what a start does; beyond it, a table has the column search just when it is searched.
func TestDefinitionsMatchTables(t *testing.T) {
	h := commercetest.New(t)
	if err := record.Verify(context.Background(), h.Pool, h.Schema); err != nil {
		t.Fatal(err)
	}
	for _, typ := range h.Schema.Types() {
		searched := false
		for _, f := range typ.Fields {
			searched = searched || f.Weight != 0
		}
		var has bool
		h.Scan(&has, `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = 'search'
			AND format_type(atttypid, atttypmod) = 'tsvector')`, typ.Table)
		if has != searched {
			t.Errorf("%s: the column search must be there just when a field has a search weight", typ.Name)
		}
	}
}

// Tables with what belongs to one customer or to staff have the second wall; the catalogue has none, for its indexes' sake.
func TestProtectedTables(t *testing.T) {
	h := commercetest.New(t)
	protected := map[string]bool{"user_account": true, "customer_user": true, "customer_address": true, "cart": true, "cart_line": true,
		"checkout": true, "sales_order": true, "order_line": true, "order_address": true, "payment": true, "payment_transaction": true,
		"shipping_quote": true,
		"shipment":       true, "shipment_line": true, "invoice": true, "invoice_line": true}
	for _, typ := range h.Schema.Types() {
		var forced bool
		h.Scan(&forced, "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = to_regclass($1)", typ.Table)
		if forced != protected[typ.Table] {
			t.Errorf("%s: row-level security is %t, must be %t", typ.Table, forced, protected[typ.Table])
		}
	}
}
