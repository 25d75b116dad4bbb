package record

import (
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/resource"
)

func TestOutcomes(t *testing.T) {
	w := newTrade(t)
	w.put("itemGroups", Create, w.change("itemGroups", "code", "RODS"))
	first := w.change("items", "sku", "0007", "name", `{"en":"Rod"}`, "weight", "1.5", "group", "key:RODS", "since", "2026-11-03",
		"seenAt", "2026-11-03T08:15:00.5Z", "attributes", `{"a":1}`, "passphrase", "hush", "stock", "4")
	w.put("items", Upsert, first)
	w.want(first.Outcome.String()+codes(first), "created")
	w.want(w.ask("select concat_ws('|', sku, name, status, weight, active, since, seen_at at time zone 'UTC', attributes, passphrase, revision) from item where id = $1", first.ID),
		`0007|{"en": "Rod"}|enabled|1.500|t|2026-11-03|2026-11-03 08:15:00.5|{"a": 1}|hush|1`)

	for name, c := range map[string]struct {
		op     Operation
		change *Change
		want   string
	}{
		"same again":           {Upsert, w.change("items", "sku", "0007", "name", `{"en":"Rod"}`, "weight", "1.500", "group", "key:RODS", "seenAt", "2026-11-03T08:15:00.5Z"), "unchanged "},
		"a language more":      {Upsert, w.change("items", "sku", "0007", "name", `{"de":"Stange"}`), "updated "},
		"no key":               {Upsert, w.change("items", "name", `{"en":"x"}`), "failed sku:required"},
		"no name":              {Upsert, w.change("items", "sku", "8"), "failed name:required"},
		"name emptied":         {Upsert, w.change("items", "sku", "0007", "name", `{"en":null,"de":null}`), "failed name:required"},
		"name cleared":         {Upsert, w.change("items", "sku", "0007", "name", "-"), "failed name:required"},
		"unknown group":        {Upsert, w.change("items", "sku", "0007", "group", "key:NONE"), "failed group:not_found"},
		"group by unknown id":  {Upsert, w.change("items", "sku", "0007", "group", first.ID), "failed group:not_found"},
		"group by unknown ext": {Upsert, w.change("items", "sku", "0007", "group", "ext:SAP:1"), "failed group:not_found"},
		"group in bad form":    {Upsert, w.change("items", "sku", "0007", "group", "RODS"), "failed group:invalid_reference"},
		"key too long":         {Upsert, w.change("items", "sku", "0007", "group", "key:A|B"), "failed group:invalid_reference"},
		"create what is there": {Create, w.change("items", "sku", "0007", "name", `{"en":"x"}`), "failed :already_exists"},
		"update by id":         {Update, &Change{Target: resource.Ref{ID: first.ID}, Values: w.record("items", "stock", "5")}, "updated "},
		"update by key":        {Update, &Change{Target: resource.ByKey("0007"), Values: w.record("items", "stock", "6")}, "updated "},
		"update unknown":       {Update, &Change{Target: resource.ByKey("0008"), Values: w.record("items", "stock", "6")}, "failed :unknown_record"},
		"stale":                {Update, &Change{Target: resource.ByKey("0007"), Revision: 9, Values: w.record("items", "stock", "6")}, "failed :stale_revision"},
		"check":                {Update, &Change{Target: resource.ByKey("0007"), Values: w.record("items", "stock", "13")}, "failed stock:unlucky"},
		"read-only":            {Update, &Change{Target: resource.ByKey("0007"), Values: w.record("items", "rank", "1")}, "failed rank:read_only"},
		"create-only":          {Update, &Change{Target: resource.ByKey("0007"), Values: w.record("items", "origin", "x")}, "failed origin:read_only"},
		"default again":        {Update, &Change{Target: resource.ByKey("0007"), Values: w.record("items", "active", "-")}, "unchanged "},
		"rename":               {Update, &Change{Target: resource.ByKey("0007"), Values: w.record("items", "sku", "0009")}, "updated "},
		"delete unknown":       {Delete, &Change{Target: resource.ByKey("0008")}, "failed :unknown_record"},
	} {
		t.Run(name, func(t *testing.T) {
			set := &ChangeSet{Type: w.typ("items"), Operation: c.op, Changes: []*Change{c.change}}
			w.preview(&Batch{Sets: []*ChangeSet{set}})
			if got := c.change.Outcome.String() + " " + codes(c.change); got != c.want {
				t.Errorf("got %q, want %q: %v", got, c.want, c.change.Faults)
			}
			for _, f := range c.change.Faults {
				if f.Code != "unlucky" && !strings.Contains(f.Detail, "item") {
					t.Errorf("the fault does not name the record: %s", f.Detail)
				}
			}
		})
	}
}

func TestUpdateWritesAndLogs(t *testing.T) {
	w := newTrade(t)
	w.put("items", Create, w.change("items", "sku", "1", "name", `{"en":"Rod"}`, "weight", "1.5", "passphrase", "old"),
		w.change("items", "sku", "2", "name", `{"en":"Reel"}`))
	w.want(w.ask("select event || cardinality(ids) || before::text from change"), "NULL")
	a := w.change("items", "sku", "1", "name", `{"de":"Stange"}`, "weight", "2", "passphrase", "new")
	b := w.change("items", "sku", "2", "name", `{"en":"Reel"}`, "weight", "-")
	c := w.change("items", "sku", "3", "name", `{"en":"Line"}`)
	w.put("items", Upsert, a, b, c)
	w.want(a.Outcome.String()+" "+b.Outcome.String()+" "+c.Outcome.String(), "updated unchanged created")
	w.want(strings.Join(a.Changed, " "), "name weight passphrase")
	w.want(w.ask("select concat_ws('|', name, weight, passphrase, revision) from item where sku = '1'"), `{"de": "Stange", "en": "Rod"}|2.000|new|2`)
	w.want(w.ask("select string_agg(event || ' ' || cardinality(ids) || ' ' || fields::text || ' ' || coalesce(before::text, ''), E'\n' order by seq) from change offset 0"),
		"created 2 {sku,name,status,weight,active} \ncreated 1 {sku,name,status,active} \nupdated 1 {name,weight} [{\"name\": {\"en\": \"Rod\"}, \"weight\": \"1.5\"}]")
}

// A record may be created of defaults alone.
func TestCreateOfNothingGiven(t *testing.T) {
	w := newTrade(t)
	for _, s := range w.schema.Types() {
		if len(s.KeyOf) > 0 {
			continue
		}
		c := &Change{Values: s.NewRecord()}
		w.preview(&Batch{Sets: []*ChangeSet{{Type: s, Operation: Create, Changes: []*Change{c}}}})
		if c.Outcome == Pending {
			t.Errorf("%s: nothing came of it", s.Name)
		}
	}
}
