package openapi_test

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/point/api/openapi"
)

// A foreign library must accept what we say of ourselves.
func TestDescriptionsAreValid(t *testing.T) {
	schema, err := commerce.Schema()
	if err != nil {
		t.Fatal(err)
	}
	for _, side := range []access.Side{access.Admin, access.Storefront} {
		b, err := openapi.Document(schema, side, "/api/"+side.String()+"/v1", "test")
		if err != nil {
			t.Fatal(err)
		}
		doc, err := openapi3.NewLoader().LoadFromData(b)
		if err != nil {
			t.Fatalf("%s: %v", side, err)
		}
		if err := doc.Validate(t.Context(), openapi3.DisableExamplesValidation()); err != nil {
			t.Errorf("%s: %v", side, err)
		}
		if doc.Paths.Find("/products") == nil || doc.Paths.Find("/products/{id}/category") == nil {
			t.Errorf("%s: products are missing", side)
		}
	}
}
