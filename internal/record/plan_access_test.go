package record

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// as plans and writes on behalf of another caller.
func (w *trade) as(caller access.Caller, typeName string, op Operation, changes ...*Change) string {
	w.Helper()
	b := &Batch{Sets: []*ChangeSet{{Type: w.typ(typeName), Operation: op, Changes: changes}}}
	if err := w.in(caller, func(ctx context.Context, tx pgx.Tx) error {
		return w.store.Apply(ctx, tx, caller, b)
	}); err != nil {
		w.Fatal(err)
	}
	got := ""
	for i, c := range changes {
		if i > 0 {
			got += " "
		}
		got += c.Outcome.String() + codes(c)
	}
	return got
}

func TestAnotherOrganizationDoesNotExist(t *testing.T) {
	w := newTrade(t)
	w.put("itemGroups", Create, w.change("itemGroups", "code", "G"))
	item := w.change("items", "sku", "1", "name", `{"en":"x"}`)
	item.ExternalIDs = []ExternalID{{"SAP", "1"}}
	w.put("items", Create, item)
	group := w.ask("select id from item_group")
	stranger := access.SystemCaller(uuid.NewString(), "stranger")
	value := func() resource.Record { return w.record("items", "stock", "1") }
	w.want(w.as(stranger, "items", Update, &Change{Target: resource.Ref{ID: item.ID}, Values: value()},
		&Change{Target: resource.ByKey("1"), Values: value()}, &Change{Target: resource.Ref{System: "SAP", External: "1"}, Values: value()}),
		"failed:unknown_record failed:unknown_record failed:unknown_record")
	w.want(w.as(stranger, "items", Delete, &Change{Target: resource.Ref{ID: item.ID}}), "failed:unknown_record")
	w.want(w.as(stranger, "items", Create, w.change("items", "sku", "2", "name", `{"en":"x"}`, "group", group),
		w.change("items", "sku", "3", "name", `{"en":"x"}`, "group", "key:G")), "failedgroup:not_found failedgroup:not_found")
	own := w.change("items", "sku", "1", "name", `{"en":"mine"}`)
	own.ExternalIDs = []ExternalID{{"SAP", "1"}}
	w.want(w.as(stranger, "items", Create, own), "created")
	taken := &Change{Target: resource.Ref{ID: item.ID}, Values: w.record("items", "sku", "9", "name", `{"en":"x"}`)}
	w.want(w.as(stranger, "items", Upsert, taken), "failed:conflict")
	w.want(w.ask("select count(*) from item"), "2")
}

func TestBuyersMeetOnlyTheirOwn(t *testing.T) {
	w := newTrade(t)
	w.put("items", Create, w.change("items", "sku", "on", "name", `{"en":"x"}`), w.change("items", "sku", "off", "name", `{"en":"x"}`, "status", "disabled"))
	us, them := w.change("buyers", "number", "us"), w.change("buyers", "number", "them")
	w.put("buyers", Create, us, them)
	theirs := w.change("baskets", "buyer", "key:them")
	w.put("baskets", Create, theirs)
	buyer := access.Caller{Side: access.Storefront, Organization: w.caller.Organization, Customer: us.ID, Customers: []string{us.ID},
		Actor: access.Actor{Kind: access.CustomerUser}}

	ours, stolen, given := w.change("baskets", "label", "a"), w.change("baskets", "buyer", them.ID), w.change("baskets", "note", "secret")
	w.want(w.as(buyer, "baskets", Create, ours, stolen, given), "created failedbuyer:not_found failednote:read_only")
	w.want(w.ask("select customer_id from basket where id = $1", ours.ID), us.ID)
	w.want(w.as(buyer, "baskets", Update, &Change{Target: resource.Ref{ID: theirs.ID}, Values: w.record("baskets", "label", "b")},
		&Change{Target: resource.Ref{ID: ours.ID}, Values: w.record("baskets", "buyer", them.ID)}), "failed:unknown_record failedbuyer:not_found")
	w.want(w.as(buyer, "baskets", Delete, &Change{Target: resource.Ref{ID: theirs.ID}}), "failed:unknown_record")
	line := func(basket, item string) *Change {
		return w.change("basketLines", "basket", basket, "item", item, "quantity", "2.5")
	}
	w.want(w.as(buyer, "basketLines", Upsert, line(ours.ID, "key:on"), line(theirs.ID, "key:on"), line(ours.ID, "key:off")),
		"created failedbasket:not_found faileditem:not_found")
	w.want(w.as(buyer, "items", Update, &Change{Target: resource.ByKey("on"), Values: w.record("items", "stock", "1")}), "failed:forbidden")
}

func TestGrants(t *testing.T) {
	w := newTrade(t)
	clerk := w.caller
	clerk.Grants = access.NewGrants()
	clerk.Grants.Allow("items", access.Update, access.OrganizationLevel)
	w.put("items", Create, w.change("items", "sku", "1", "name", `{"en":"x"}`))
	w.want(w.as(clerk, "items", Upsert, w.change("items", "sku", "1", "stock", "1"), w.change("items", "sku", "2", "name", `{"en":"x"}`)), "updated failed:forbidden")
	w.want(w.as(clerk, "items", Delete, &Change{Target: resource.ByKey("1")}), "failed:forbidden")
	owned := &Change{Target: resource.ByKey("1"), Owned: map[string][]*Change{"units": {w.change("itemUnits", "code", "C62", "factor", "1")}}}
	w.want(w.as(clerk, "items", Update, owned), "updated")
	w.want(w.as(clerk, "itemUnits", Create, w.change("itemUnits", "item", "key:1", "code", "KGM", "factor", "1")), "failed:forbidden")
}

func TestLevelsThatATypeCannotTellReachNothing(t *testing.T) {
	w := newTrade(t)
	w.put("items", Create, w.change("items", "sku", "1", "name", `{"en":"x"}`))
	clerk := w.caller
	for _, level := range []access.Level{access.Own, access.BusinessUnit} {
		clerk.Grants = access.NewGrants()
		clerk.Grants.Allow("items", access.Read, access.OrganizationLevel)
		clerk.Grants.Allow("items", access.Update, level)
		w.want(w.as(clerk, "items", Update, &Change{Target: resource.ByKey("1"), Values: w.record("items", "stock", "1")}), "failed:forbidden")
	}
}

func TestOwnRecords(t *testing.T) {
	w := newTrade(t)
	me, other := w.change("buyers", "number", "me"), w.change("buyers", "number", "other")
	w.put("buyers", Create, me, other)
	mine, theirs := w.change("notes", "text", "a", "owner", "key:me"), w.change("notes", "text", "b", "owner", "key:other")
	w.put("notes", Upsert, mine, theirs)
	w.put("notes", Upsert, w.change("notes", "text", "b"))
	w.want(w.ask("select count(*) from note"), "3") // a record without a key and a target is always new
	w.put("notes", Update, w.change("notes", "text", "b"))
	clerk := w.caller
	clerk.Actor.ID = me.ID
	clerk.Grants = access.NewGrants()
	clerk.Grants.Allow("notes", access.Read, access.OrganizationLevel)
	clerk.Grants.Allow("notes", "*", access.Own)
	edit := func(c *Change) *Change {
		return &Change{Target: resource.Ref{ID: c.ID}, Values: w.record("notes", "text", "c")}
	}
	w.want(w.as(clerk, "notes", Update, edit(mine), edit(theirs)), "updated failed:forbidden")
	w.want(w.as(clerk, "notes", Delete, edit(theirs), edit(mine)), "failed:forbidden deleted")
	clerk.Grants = access.NewGrants()
	clerk.Grants.Allow("notes", "*", access.Own)
	w.want(w.as(clerk, "notes", Update, edit(theirs)), "failed:unknown_record")
}

func TestAsOwnerWritesReadOnlyFields(t *testing.T) {
	w := newTrade(t)
	c := w.change("items", "sku", "1", "name", `{"en":"x"}`, "rank", "5")
	b := &Batch{Sets: []*ChangeSet{{Type: w.typ("items"), Operation: Create, Changes: []*Change{c}}}}
	w.apply(b, AsOwner())
	w.want(c.Outcome.String()+codes(c)+w.ask("select rank from item"), "created5")
}

func TestExternalIDs(t *testing.T) {
	w := newTrade(t)
	sap := func(c *Change, ids ...string) *Change {
		for _, id := range ids {
			c.ExternalIDs = append(c.ExternalIDs, ExternalID{"SAP", id})
		}
		return c
	}
	named := &Change{Target: resource.Ref{System: "SAP", External: "1"}, Values: w.record("items", "sku", "a", "name", `{"en":"x"}`)}
	w.put("items", Upsert, named, sap(w.change("items", "sku", "b", "name", `{"en":"x"}`), "2", "3"))
	w.want(w.ask("select string_agg(external_id || i.sku, ' ' order by external_id) from external_id x join item i on i.id = x.record_id"), "1a 2b 3b")
	again := &Change{Target: resource.Ref{System: "SAP", External: "1"}, Values: w.record("items", "sku", "a", "name", `{"en":"x"}`)}
	more, have, taken := sap(w.change("items", "sku", "b"), "4"), sap(w.change("items", "sku", "b"), "3"), sap(w.change("items", "sku", "a"), "2")
	w.put("items", Upsert, again, more)
	w.want(again.Outcome.String()+" "+more.Outcome.String()+more.Changed[0], "unchanged updatedexternalIds")
	w.put("items", Upsert, have, taken)
	w.want(have.Outcome.String()+" "+taken.Outcome.String()+codes(taken), "unchanged failedexternalIds:external_id_taken")
	both := []*Change{sap(w.change("items", "sku", "c", "name", `{"en":"x"}`), "5"), sap(w.change("items", "sku", "d", "name", `{"en":"x"}`), "5")}
	w.put("items", Upsert, both...)
	w.want(both[0].Outcome.String()+" "+both[1].Outcome.String()+codes(both[1]), "created failedexternalIds:external_id_taken")
}

func TestExternalIDsMayBeSaidInFull(t *testing.T) {
	w := newTrade(t)
	only := func(ids ...ExternalID) *Change {
		return &Change{Target: resource.ByKey("a"), Values: w.record("items"), ExternalIDs: ids, OnlyExternalIDs: true}
	}
	first := only(ExternalID{"SAP", "1"}, ExternalID{"PIM", "x"})
	first.Target, first.Values = resource.Ref{}, w.record("items", "sku", "a", "name", `{"en":"x"}`)
	w.put("items", Create, first)
	all := func() string {
		return w.ask("select coalesce(string_agg(system || external_id, ' ' order by system), '') || ' r' || max(i.revision) from item i left join external_id x on i.id = x.record_id")
	}
	w.want(all(), "PIMx SAP1 r1")
	same, swapped, none := only(ExternalID{"PIM", "x"}, ExternalID{"SAP", "1"}), only(ExternalID{"SAP", "2"}), only()
	w.put("items", Update, same)
	w.want(same.Outcome.String()+" "+all(), "unchanged PIMx SAP1 r1")
	w.put("items", Update, swapped)
	w.want(swapped.Outcome.String()+" "+swapped.Changed[0]+" "+all(), "updated externalIds SAP2 r2")
	w.put("items", Update, none)
	w.want(none.Outcome.String()+all(), "updated r3")
}

func TestCustomFieldsAndFacts(t *testing.T) {
	w := newTrade(t)
	custom := func(f resource.Field) resource.Field { f.Custom = true; return f }
	schema, err := w.schema.With(resource.Extend("items", custom(resource.Text("color")), custom(resource.Decimal("depth", 10, 2)), custom(resource.JSON("extra"))))
	if err != nil {
		t.Fatal(err)
	}
	w.schema, w.store = schema, NewStore(func() *resource.Schema { return schema })
	w.put("items", Create, w.change("items", "sku", "1", "name", `{"en":"x"}`, "color", "red", "depth", "1.50", "extra", `"a'b"`))
	w.want(w.ask("select custom from item"), `{"color": "red", "depth": 1.50, "extra": "\"a'b\""}`)
	same, other := w.change("items", "sku", "1", "color", "red", "depth", "1.5", "extra", `"a'b"`), w.change("items", "sku", "1", "color", "-", "extra", `{"a":[1]}`)
	w.put("items", Upsert, same)
	w.put("items", Upsert, other)
	w.want(same.Outcome.String()+other.Outcome.String()+w.ask("select custom from item"), `unchangedupdated{"depth": 1.50, "extra": {"a": [1]}}`)
	w.want(w.ask("select before from change order by seq desc limit 1"), `[{"color": "red", "extra": "a'b"}]`)

	w.put("postings", Create, w.change("postings", "number", "1", "amount", "5"))
	w.put("postings", Update, &Change{Target: resource.ByKey("1"), Values: w.record("postings", "amount", "6")})
	w.want(w.ask("select string_agg(event || fields::text || coalesce(before::text, ''), ' ' order by seq) from change where resource = 'postings'"),
		"created{number,amount} updated{amount}")
}
