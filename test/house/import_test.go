package house_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// direction is one rule about what may import what. Test files are free: they bring real peers together.
type direction struct {
	of      []string // folders that the rule is about
	never   []string // folders that they don't import
	only    []string // if given: the folders of our own that they may import
	because string
}

var directions = []direction{
	{of: []string{"internal/commerce"}, never: []string{"internal/point", "internal/web", "internal/demo", "module/all", "module/moduletest"},
		because: "the business knows no protocol, no page and no third party; of modules it knows the contract alone, and what it needs " +
			"from outside is an interface of its own"},
	{of: []string{"module"}, only: []string{"module", "resource", "money", "unit", "format"},
		because: "a module that needs something internal could not be written by anybody else"},
	{of: []string{"resource"}, only: []string{"resource", "money", "unit"},
		because: "definitions are the ground that all else stands on"},
	{of: []string{"format"}, only: []string{"format"},
		because: "a format is of use to anybody and knows nothing of commerce"},
	{of: []string{"money", "unit"}, only: []string{"money", "unit"},
		because: "a value type is of use to anybody"},
	{of: []string{"internal/postgres", "internal/blob", "internal/config", "internal/job"}, only: []string{"internal/postgres"},
		because: "the ground floor carries every area and knows none of them"},
	{of: []string{"internal/access", "internal/change", "internal/record", "internal/exchange", "internal/command"},
		never:   []string{"internal/commerce", "internal/point", "internal/web", "internal/demo", "module"},
		because: "the core works for resources that it has never heard of"},
	{of: []string{"internal/point"}, never: []string{"internal/web", "internal/demo"},
		because: "an integration point works without a page"},
	{of: []string{"internal/web"}, never: []string{"internal/point/files", "internal/point/api/oauth", "internal/point/api/openapi", "internal/demo"},
		because: "pages stand beside the integration points, not on them; only a session that opens the API too answers in its errors' form"},
	{of: []string{"internal", "module", "resource", "format", "money", "unit"}, never: []string{"."},
		because: "the wiring comes last; whoever imports it could never be wired by it"},
	{of: []string{"internal/point/api"}, never: []string{"internal/point/files", "internal/commerce"},
		because: "the API is derived from definitions; it needs no area and no other integration point"},
}

// areas in the order in which they build on each other.
var areas = []string{"organization", "customer", "catalog", "pricing", "tax", "inventory", "cart", "quote", "shipping", "payment",
	"order", "shipment", "billing", "crm"}

func TestImportsPointOneWay(t *testing.T) {
	for _, s := range allSources(t) {
		if s.test {
			continue
		}
		for _, imported := range s.imports {
			for _, d := range directions {
				if !within(s.pkg, d.of...) {
					continue
				}
				if within(imported, d.never...) || d.only != nil && !within(imported, d.only...) {
					t.Errorf("%s imports %s: %s", s.name, imported, d.because)
				}
			}
		}
	}
}

// TestModulesAreApart: only module/all and the wiring know a module by name; what plays its third party is the demo's too, and
// that of programs that measure.
func TestModulesAreApart(t *testing.T) {
	for _, s := range allSources(t) {
		for _, imported := range s.imports {
			of, inModule := strings.CutPrefix(imported, "module/")
			if !inModule || s.test || within(s.pkg, "module/all", "internal/demo", "test/bench", ".") || within(of, "all", "moduletest") {
				continue
			}
			name, _, _ := strings.Cut(of, "/")
			if !within(s.pkg, "module/"+name) {
				t.Errorf("%s imports %s: a module is chosen by who builds the binary, so nothing else may need it", s.name, imported)
			}
		}
	}
}

func TestAreasBuildOnThoseBeforeThem(t *testing.T) {
	const folder = "internal/commerce/"
	for _, s := range allSources(t) {
		area, ok := strings.CutPrefix(s.pkg, folder)
		if !ok || s.test || strings.HasSuffix(area, "test") {
			continue
		}
		at := slices.Index(areas, area)
		if at < 0 {
			t.Errorf("%s: there is no area %q; the list of areas with their order is in this test", s.name, area)
			continue
		}
		for _, imported := range s.imports {
			other, ok := strings.CutPrefix(imported, folder)
			if ok && slices.Index(areas, other) > at {
				t.Errorf("%s imports the area %s, which comes after it: areas that need each other are one area", s.name, other)
			}
		}
	}
}

// TestOnlyRecordBuildsSQLFromDefinitions: whoever reads a definition's table has SQL in mind.
func TestOnlyRecordBuildsSQLFromDefinitions(t *testing.T) {
	for _, s := range allSources(t) {
		if s.test || strings.HasSuffix(s.pkg, "test") || within(s.pkg, "internal/record", "resource") || !slices.Contains(s.imports, "resource") {
			continue
		}
		for _, at := range selectors(s.syntax, "Table") {
			t.Errorf("%s reads a definition's table: only internal/record builds SQL from definitions, so that access is compiled in once",
				positions.Position(at))
		}
	}
}

// TestShippedBinaryHasNoTestLibrary looks at what cmd/hanse links.
func TestShippedBinaryHasNoTestLibrary(t *testing.T) {
	allSources(t) // a change in any file runs this again, although go list reads them
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", modulePath+"/cmd/hanse").Output()
	if err != nil {
		t.Fatalf("listing what cmd/hanse links: %v", err)
	}
	linked := strings.Fields(string(out))
	if len(linked) < 200 {
		t.Fatalf("go list names only %d packages", len(linked))
	}
	for _, p := range linked {
		own, _ := strings.CutPrefix(p, modulePath+"/")
		if own != p && strings.HasSuffix(own, "test") || within(p, "testing", "net/http/httptest", "github.com/google/go-cmp",
			"pgregory.net/rapid", "github.com/rogpeppe/go-internal", "github.com/chromedp", "github.com/stretchr") {
			t.Errorf("cmd/hanse links %s: users would carry code that only tests need", p)
		}
	}
}
