package backoffice

import "testing"

func TestSpell(t *testing.T) {
	for name, want := range map[string]string{"orderBlock": "Order block", "poNumber": "Po number", "scriptURL": "Script URL", "apiBase": "Api base",
		"valid_until": "Valid until", "sku": "Sku"} {
		if got := spell(name); got != want {
			t.Errorf("%s is spelt %q, want %q", name, got, want)
		}
	}
}
