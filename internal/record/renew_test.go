package record_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// A query that was made just before the definitions changed is answered by the new ones.
func TestDefinitionsMayChangeBetweenQueryAndStatement(t *testing.T) {
	h := commercetest.New(t)
	h.Product("A1")
	current := h.Schema
	store := record.NewStore(func() *resource.Schema { return current })
	old, _ := current.Type("products")
	colour := resource.Text("colour").Unfiltered()
	colour.Custom = true
	next, err := current.With(resource.Extend("products", colour))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var relations []string
		_, err := store.Read(t.Context(), h.Pool, h.Caller, &record.Query{Type: old, Size: 1}, func(a *record.Answer, row *record.Row) error {
			for _, o := range row.Ones {
				relations = append(relations, o.Relation.Name)
			}
			if a.Type.Name != "products" || len(a.Type.Fields) != len(must(current.Type("products")).Fields) {
				t.Errorf("the answer is of a type with %d fields", len(a.Type.Fields))
			}
			return nil
		})
		if err != nil || len(relations) < 2 || relations[0] != "category" {
			t.Errorf("%v %v", relations, err)
		}
		current = next
	}
	without, err := resource.NewSchema()
	if err != nil {
		t.Fatal(err)
	}
	current = without
	if _, err := store.Read(t.Context(), h.Pool, h.Caller, &record.Query{Type: old, Size: 1}, nil); err == nil {
		t.Error("a resource that is gone was read")
	}
}

func must(t *resource.Type, _ bool) *resource.Type { return t }
