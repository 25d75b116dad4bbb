package record

import (
	"testing"

	"github.com/hanse-commerce/hanse/resource"
)

func TestLinksAndPendingReferences(t *testing.T) {
	w := newTrade(t)
	b := &Batch{}
	// a path of groups in one set, linked in a chain and given in the wrong order
	child := &Change{Values: w.record("itemGroups", "code", "A/B/C")}
	parent := &Change{Values: w.record("itemGroups", "code", "A/B")}
	root := &Change{Values: w.record("itemGroups", "code", "A")}
	child.Links, parent.Links = map[string]*Change{"parent": parent}, map[string]*Change{"parent": root}
	for _, c := range []*Change{child, parent, root} {
		b.Add(w.typ("itemGroups"), Upsert, c)
	}
	// an item that is linked, and one that names a new group and is named by its external id
	linked := b.Add(w.typ("items"), Upsert, w.change("items", "sku", "1", "name", `{"en":"Rod"}`))
	linked.Links = map[string]*Change{"group": child}
	named := b.Add(w.typ("items"), Upsert, w.change("items", "sku", "2", "name", `{"en":"Reel"}`, "group", "key:A/B"))
	named.ExternalIDs = []ExternalID{{"SAP", "4711"}}
	list := b.Add(w.typ("rateLists"), Upsert, w.change("rateLists", "code", "BASE"))
	byLink := b.Add(w.typ("rates"), Upsert, w.change("rates", "item", "key:1", "currency", "EUR", "amount", "9.5"))
	byLink.Links = map[string]*Change{"list": list}
	byExternal := b.Add(w.typ("rates"), Upsert, w.change("rates", "list", "key:BASE", "item", "ext:SAP:4711", "currency", "EUR", "amount", "7"))
	w.apply(b)
	for _, s := range b.Sets {
		for _, c := range s.Changes {
			w.want(c.Outcome.String()+codes(c), "created")
		}
	}
	w.want(w.ask("select string_agg(p.code || '<' || c.code, ' ' order by c.code) from item_group c join item_group p on p.id = c.parent_id"), "A<A/B A/B<A/B/C")
	w.want(w.ask("select string_agg(i.sku || g.code, ' ' order by sku) from item i join item_group g on g.id = i.group_id"), "1A/B/C 2A/B")
	w.want(w.ask("select string_agg(i.sku || ' ' || amount, ', ' order by sku) from rate r join item i on i.id = r.item_id"), "1 9.500000, 2 7.000000")

	again := w.change("rates", "amount", "8", "currency", "EUR", "list", "key:BASE", "item", "ext:SAP:4711", "minQuantity", "0.000")
	byKey := &Change{Target: resource.ByKey("BASE", "1", "EUR", "0", ""), Values: w.record("rates", "amount", "9.50")}
	w.put("rates", Upsert, again, byKey)
	w.want(again.Outcome.String()+codes(again)+" "+byKey.Outcome.String()+codes(byKey), "updated unchanged")
	w.want(again.ID, byExternal.ID)

	dup := []*Change{w.change("items", "sku", "9", "name", `{"en":"x"}`), w.change("items", "sku", "9", "name", `{"en":"y"}`),
		{Target: resource.ByKey("1"), Values: w.record("items", "stock", "1")}, {Target: resource.Ref{ID: linked.ID}, Values: w.record("items", "stock", "2")},
		{Target: resource.ByKey("2"), Values: w.record("items", "sku", "3")}, w.change("items", "sku", "3", "name", `{"en":"x"}`)}
	w.put("items", Upsert, dup...)
	got := ""
	for _, c := range dup {
		got += c.Outcome.String() + codes(c) + " "
	}
	w.want(got, "created failed:duplicate_key updated failed:duplicate_key updated failed:duplicate_key ")
}

func TestGroupsFailTogether(t *testing.T) {
	w := newTrade(t)
	b := &Batch{}
	for group, amount := range []string{"1", "-", "3"} {
		sku := string(rune('a' + group))
		item := b.Add(w.typ("items"), Upsert, w.change("items", "sku", sku, "name", `{"en":"x"}`))
		list := b.Add(w.typ("rateLists"), Upsert, w.change("rateLists", "code", "L"+sku))
		rate := b.Add(w.typ("rates"), Upsert, w.change("rates", "currency", "EUR", "amount", amount))
		rate.Links = map[string]*Change{"item": item, "list": list}
		item.Group, list.Group, rate.Group = group+1, group+1, group+1
	}
	// stands alone, but needs a record of the group that fails
	lone := b.Add(w.typ("rates"), Upsert, w.change("rates", "item", "key:b", "list", "key:Lc", "currency", "USD", "amount", "1"))
	w.apply(b)
	w.want(w.ask("select string_agg(sku, '' order by sku) from item")+w.ask("select string_agg(code, '' order by code) from rate_list")+w.ask("select count(*) from rate"), "acLaLc2")
	w.want(codes(b.Sets[0].Changes[1])+codes(b.Sets[1].Changes[1])+codes(b.Sets[2].Changes[1])+codes(lone),
		":group_failed:group_failedamount:required:dependency_failed")

	refused := b.Sets[0].Changes[0]
	p := w.preview(b)
	p.Refuse(refused, resource.Violation{Field: "sku", Code: "outside", Detail: "not wanted"})
	w.want(refused.Outcome.String()+codes(refused)+" "+codes(b.Sets[1].Changes[0])+" "+b.Sets[1].Changes[0].Outcome.String(), "failedsku:outside :group_failed failed")
}

func TestOwnedLists(t *testing.T) {
	w := newTrade(t)
	unit := func(code, factor string) *Change { return w.change("itemUnits", "code", code, "factor", factor) }
	item := func(sku string, units ...*Change) *Change {
		c := w.change("items", "sku", sku, "name", `{"en":"Rod"}`)
		c.Owned = map[string][]*Change{"units": units}
		return c
	}
	stored := func() string {
		return w.ask("select string_agg(i.sku || i.revision || u.code || trim_scale(u.factor) || u.revision, ' ' order by i.sku, u.code) from item i left join item_unit u on u.item_id = i.id")
	}
	a, b := item("a", unit("C62", "1"), unit("KGM", "2.5")), item("b", unit("C62", "1"))
	w.put("items", Upsert, a, b)
	w.want(stored(), "a1C6211 a1KGM2.51 b1C6211")

	same, other, left := item("a", unit("C62", "1.0"), unit("KGM", "2.5")), item("b", unit("C62", "3"), unit("MTR", "7")), w.change("items", "sku", "a")
	w.put("items", Upsert, same, other)
	w.want(same.Outcome.String()+other.Outcome.String()+other.Changed[0], "unchangedupdatedunits")
	w.want(stored(), "a1C6211 a1KGM2.51 b2C6232 b2MTR71")
	w.put("items", Upsert, left)
	w.want(left.Outcome.String()+stored(), "unchangeda1C6211 a1KGM2.51 b2C6232 b2MTR71")

	w.put("items", Upsert, item("a", unit("KGM", "2.5")), item("b"))
	w.want(w.ask("select string_agg(i.sku || coalesce(u.code, ''), ' ' order by i.sku) from item i left join item_unit u on u.item_id = i.id"), "aKGM b")
	w.want(w.ask("select string_agg(resource || event || cardinality(ids), ' ' order by seq) from change where seq > 4"), "itemUnitsupdated1 itemsupdated2 itemUnitsdeleted3")

	bad := item("a", unit("KGM", "-"), unit("BX", "1"))
	twice := item("b", unit("BX", "1"), unit("BX", "2"))
	fresh := item("c", unit("", "1"), w.change("itemUnits", "factor", "1"))
	w.put("items", Upsert, bad, twice, fresh)
	w.want(codes(bad)+" "+codes(twice)+" "+codes(fresh), "units:required units:duplicate_key units:required")
	w.want(w.ask("select count(*) from item_unit"), "1")

	w.put("items", Delete, &Change{Target: resource.ByKey("a")})
	w.want(w.ask("select count(*) from item_unit")+w.ask("select count(*) from item"), "01")
}

func TestDelete(t *testing.T) {
	w := newTrade(t)
	w.put("itemGroups", Create, w.change("itemGroups", "code", "G"), w.change("itemGroups", "code", "H"))
	b := &Batch{}
	for _, sku := range []string{"a", "b", "c"} {
		c := b.Add(w.typ("items"), Create, w.change("items", "sku", sku, "name", `{"en":"x"}`, "group", "key:G"))
		c.Owned = map[string][]*Change{"units": {w.change("itemUnits", "code", "C62", "factor", "1")}}
		c.ExternalIDs = []ExternalID{{"SAP", sku}}
	}
	b.Add(w.typ("rateLists"), Create, w.change("rateLists", "code", "L"))
	b.Add(w.typ("rates"), Create, w.change("rates", "list", "key:L", "item", "key:a", "currency", "EUR", "amount", "1"))
	w.apply(b)
	needed, free := &Change{Target: resource.ByKey("a")}, &Change{Target: resource.Ref{System: "SAP", External: "b"}}
	w.put("items", Delete, needed, free)
	w.want(needed.Outcome.String()+codes(needed)+" "+free.Outcome.String()+codes(free), "failed:still_referenced deleted")
	w.want(w.ask("select string_agg(external_id, '' order by 1) from external_id")+w.ask("select count(*) from item_unit"), "ac2")

	// group and items: the group is emptied in what stays; the rate goes in the same batch as its item
	all := &Batch{}
	all.Add(w.typ("itemGroups"), Delete, &Change{Target: resource.ByKey("G")})
	all.Add(w.typ("rates"), Delete, &Change{Target: resource.ByKey("L", "a", "EUR", "0", "")})
	all.Add(w.typ("items"), Delete, &Change{Target: resource.ByKey("a")})
	w.apply(all)
	for _, s := range all.Sets {
		w.want(s.Changes[0].Outcome.String()+codes(s.Changes[0]), "deleted")
	}
	w.want(w.ask("select string_agg(sku || revision || (group_id is null), '') from item")+w.ask("select count(*) from rate"), "c2true0")
	w.want(w.ask("select string_agg(resource || ' ' || event || ' ' || coalesce(fields::text, '') , '; ' order by resource, event) from change where seq > (select max(seq) from change) - 5"),
		"itemGroups deleted ; itemUnits deleted ; items deleted ; items updated {group}; rates deleted ")
}
