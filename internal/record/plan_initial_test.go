package record

import "testing"

// Files from an ERP name records that must merely exist, and references that may lead nowhere.
func TestInitialAndLenient(t *testing.T) {
	w := newTrade(t)
	make := func(name string) *Change {
		c := w.change("items", "sku", "1")
		c.Initial = w.record("items", "name", `{"en":"`+name+`"}`, "group", "key:NONE")
		c.Lenient = []string{"group"}
		return c
	}
	first := make("Rod")
	w.put("items", Upsert, first)
	w.want(first.Outcome.String()+codes(first), "created")
	if len(first.Warnings) != 1 || first.Warnings[0].Code != CodeNotFound || first.Warnings[0].Field != "group" {
		t.Errorf("warnings: %v", first.Warnings)
	}
	second := make("Other")
	w.put("items", Upsert, second)
	w.want(second.Outcome.String()+codes(second), "unchanged")
	if len(second.Warnings) != 0 {
		t.Errorf("an initial reference of a record that exists is nobody's business: %v", second.Warnings)
	}
	w.want(w.ask("select name->>'en' from item where sku = '1'"), "Rod")

	w.put("itemGroups", Create, w.change("itemGroups", "code", "RODS"))
	lenient := w.change("items", "sku", "1", "group", "key:RODS")
	lenient.Lenient = []string{"group"}
	w.put("items", Upsert, lenient)
	w.want(lenient.Outcome.String()+codes(lenient), "updated")
	gone := w.change("items", "sku", "1", "group", "key:GONE")
	gone.Lenient = []string{"group"}
	w.put("items", Upsert, gone)
	w.want(gone.Outcome.String()+codes(gone), "unchanged")
	w.want(w.ask("select g.code from item i join item_group g on g.id = i.group_id where i.sku = '1'"), "RODS")
}
