package hanse

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/reference"
)

func TestReferenceIsCurrent(t *testing.T) {
	pages, err := referencePages()
	if err != nil {
		t.Fatal(err)
	}
	stale, err := reference.Stale("docs/reference", pages)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stale {
		t.Errorf("docs/reference/%s is not what the definitions tell; run: go run ./cmd/hanse reference docs/reference", name)
	}
}
