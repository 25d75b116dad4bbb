package commerce_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce"
)

func TestSchemaFits(t *testing.T) {
	if _, err := commerce.Schema(); err != nil {
		t.Fatal(err)
	}
}
