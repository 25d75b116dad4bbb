package record

import (
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// FuzzStagedValues hands arbitrary text to every place of a change. The statements must be those of harmless text, and
// none of it may stand in them.
func FuzzStagedValues(f *testing.F) {
	for _, seed := range []string{"1", "'; drop table item; --", `"`, "$1", "s.c0", "key:a|b", "ext:SAP:1", "%7C", "\x00", "{}", `{"en":"x"}`, "::text", `\`, "ä"} {
		f.Add(seed, seed, uint8(0))
	}
	schema := tradeSchema(f)
	f.Fuzz(func(t *testing.T, one, two string, how uint8) {
		const marker = "zqzq"
		got, staged := compiledFor(t, schema, marker+one, marker+two, how)
		want, _ := compiledFor(t, schema, "a", "b", how)
		if strings.Contains(got, marker) {
			t.Fatalf("%q and %q got into the SQL: %s", one, two, got)
		}
		if staged && got != want { // what is refused before is not staged
			t.Fatalf("%q and %q changed the SQL:\n%s\nis not\n%s", one, two, got, want)
		}
	})
}

// compiledFor gives all statements for changes that carry the two texts.
func compiledFor(t *testing.T, schema *resource.Schema, one, two string, how uint8) (all string, staged bool) {
	side := access.Side(how & 1)
	p := &Plan{store: NewStore(func() *resource.Schema { return schema }), schema: schema, owner: true, caller: access.Caller{Side: side},
		rows: map[*Change]*row{}, named: map[string]*row{}, pending: map[string]*row{}}
	items, _ := schema.Type("items")
	rates, _ := schema.Type("rates")
	item, rate := &Change{Values: items.NewRecord()}, &Change{Values: rates.NewRecord()}
	for i := range items.Fields {
		item.Values[i] = resource.Of(one)
	}
	item.Values[items.At("group")] = resource.Of(resource.ByKey(two).String())
	item.ExternalIDs = []ExternalID{{one, two}}
	item.Target = []resource.Ref{{}, {System: one, External: two}, {System: "SAP", External: one}, {ID: "01890a5d-ac96-774b-bcce-b302099a8057"}}[how>>1&3]
	for i := range rates.Fields {
		rate.Values[i] = resource.Of(two)
	}
	rate.Values[rates.At("list")] = resource.Of(resource.Ref{System: "SAP", External: one}.String())
	rate.Values[rates.At("item")] = resource.Of(resource.ByKey(one).String())
	p.batch = &Batch{Sets: []*ChangeSet{{Type: items, Operation: Operation(how >> 3 & 3), Changes: []*Change{item}}, {Type: rates, Operation: Upsert, Changes: []*Change{rate}}}}
	if err := p.unfold(); err != nil {
		t.Fatal(err)
	}
	staged = true
	for _, s := range p.sets {
		for _, r := range s.rows {
			if err := p.prepare(r); err != nil {
				t.Fatal(err)
			}
			if r.failed {
				staged = false
				continue
			}
			c, err := p.comparison(s.t, r.signature(commonForms(s.t, s.rows), false))
			if err != nil {
				t.Fatal(err)
			}
			all += c.sql + "\n" + insertSQL(s.t, r.mask()).sql + "\n" + updateSQL(s.t, r.mask()).sql + "\n"
		}
	}
	return all, staged
}

// What a text says is stored as it is, whatever it looks like.
func TestTextIsStoredAsSent(t *testing.T) {
	w := newTrade(t)
	for _, s := range []string{"'; drop table item; --", `"`, "$1", `\`, `\'`, "{a,b}", "NULL", "null", "", " ", "\n\t", "ä😀", "%", "a|b", "key:x", "ext:a:b"} {
		c := w.change("items", "sku", "k"+s, "name", `{"en":"x"}`, "origin", s)
		c.ExternalIDs = []ExternalID{{"S" + s, "i" + s}}
		w.put("items", Create, c)
		w.want(c.Outcome.String()+codes(c), "created")
		w.want(w.ask("select sku || origin from item where id = $1", c.ID), "k"+s+s)
		w.want(w.ask("select system || external_id from external_id where record_id = $1", c.ID), "S"+s+"i"+s)
		for _, ref := range []resource.Ref{resource.ByKey("k" + s), {System: "S" + s, External: "i" + s}} {
			parsed, err := resource.ParseRef(ref.String())
			if err == nil && parsed.System == ref.System { // a system with a colon has no wire form
				again := &Change{Target: parsed, Values: w.record("items", "stock", "1")}
				w.put("items", Update, again)
				w.want(again.ID+codes(again), c.ID)
			}
		}
	}
	bad := w.change("items", "sku", "\xff", "name", `{"en":"x"}`)
	named := &Change{Target: resource.Ref{System: "SAP", External: "\x00"}, Values: w.record("items", "stock", "1")}
	w.put("items", Upsert, bad, named)
	w.want(codes(bad)+" "+codes(named), "sku:invalid_text :invalid_reference")
}
