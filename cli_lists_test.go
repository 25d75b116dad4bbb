package hanse

import (
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/resource"
	"github.com/hanse-commerce/hanse/test/parity"
)

// A resource that no list was written for stands in the lists.
func TestListsAreDerived(t *testing.T) {
	schema, err := resource.NewSchema(append(definitions(), parity.Resources())...)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := listResources(&out, schema, false); err != nil {
		t.Fatal(err)
	}
	gadgets, ok := schema.Type("gadgets")
	if !ok || !strings.Contains(out.String(), gadgets.Doc) || !strings.Contains(out.String(), "gadget.code|position") {
		t.Errorf("%s", out.String())
	}
	out.Reset()
	if err := listFields(&out, schema, gadgets, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"title"`, `"localized"`, `"made_on"`, `"to one of categories"`, `"to many of gadgetParts"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, out.String())
		}
	}
}
