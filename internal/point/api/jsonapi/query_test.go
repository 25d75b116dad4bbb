package jsonapi_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
)

func TestQueryOfPath(t *testing.T) {
	schema, err := commerce.Schema()
	if err != nil {
		t.Fatal(err)
	}
	q, err := jsonapi.Query(schema, "products?page[size]=24&sort=-sku")
	if err != nil || q.Type.Name != "products" || q.Size != 24 || !q.Sort[0].Descending {
		t.Errorf("list: %+v, %v", q, err)
	}
	q, err = jsonapi.Query(schema, "products/key:A%2F1")
	if err != nil || q.Target.String() != "key:A/1" || q.Size != 0 {
		t.Errorf("record: %+v, %v", q, err)
	}
	q, err = jsonapi.Query(schema, "products/key:A/units?page%5Bnumber%5D=2")
	if err != nil || q.Type.Name != "productUnits" || q.Of.Target.String() != "key:A" || q.Number != 2 {
		t.Errorf("related: %+v, %v", q, err)
	}
	for _, wrong := range []string{"", "nothing", "products/x", "products/key:A/nothing", "a/b/c/d", "products?page[size]=0", "products/key:A?sort=sku", "%zz"} {
		if q, err := jsonapi.Query(schema, wrong); err == nil || q != nil {
			t.Errorf("%q was taken: %+v, %v", wrong, q, err)
		}
	}
}
