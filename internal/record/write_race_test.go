package record

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/resource"
)

func TestTwoWritersOfTheSameKeys(t *testing.T) {
	w := newTrade(t)
	const writers, rounds, keys = 4, 6, 40
	var mu sync.Mutex
	outcomes := map[string]int{}
	var wg sync.WaitGroup
	for n := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			random := rand.New(rand.NewPCG(1, uint64(n)))
			for round := range rounds {
				b := &Batch{}
				for _, k := range random.Perm(keys)[:keys/2] {
					b.Add(w.typ("items"), Upsert, w.change("items", "sku", fmt.Sprint(k), "name", `{"en":"x"}`, "stock", fmt.Sprint(100+n*rounds+round)))
				}
				if err := w.in(w.caller, func(ctx context.Context, tx pgx.Tx) error { return w.store.Apply(ctx, tx, w.caller, b) }); err != nil {
					t.Errorf("writer %d: %v", n, err)
				}
				mu.Lock()
				for _, c := range b.Sets[0].Changes {
					outcomes[c.Outcome.String()+codes(c)]++
				}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	w.want(w.ask("select count(*) || ' ' || count(distinct sku) from item"), fmt.Sprintf("%d %[1]d", keys))
	w.want(fmt.Sprint(outcomes["created"]), fmt.Sprint(keys))
	if n := outcomes["failed:conflict"]; outcomes["created"]+outcomes["updated"]+outcomes["unchanged"]+n != writers*rounds*keys/2 || n > 0 {
		t.Errorf("outcomes %v", outcomes)
	}
	// no lost outcome: what was reported is what the log and the revisions say
	w.want(w.ask("select sum(cardinality(ids)) from change where event = 'updated'"), fmt.Sprint(outcomes["updated"]))
	w.want(w.ask("select sum(revision - 1) from item"), fmt.Sprint(outcomes["updated"]))
}

// between plans, lets another writer in, then writes.
func (w *trade) between(b *Batch, others func()) {
	w.Helper()
	if err := w.in(w.caller, func(ctx context.Context, tx pgx.Tx) error {
		p, err := w.store.Plan(ctx, tx, w.caller, b)
		if err != nil {
			return err
		}
		others()
		return p.Write(ctx, tx)
	}); err != nil {
		w.Fatal(err)
	}
}

func TestLosersArePlannedAnew(t *testing.T) {
	w := newTrade(t)
	item := func(sku, stock string) *Change {
		return w.change("items", "sku", sku, "name", `{"en":"x"}`, "stock", stock)
	}
	one := func(typeName string, op Operation, changes ...*Change) *Batch {
		return &Batch{Sets: []*ChangeSet{{Type: w.typ(typeName), Operation: op, Changes: changes}}}
	}
	a, b, c := item("a", "1"), item("b", "1"), item("c", "1")
	w.between(one("items", Upsert, a, b, c), func() { w.put("items", Create, item("a", "1"), item("b", "2")) })
	w.want(a.Outcome.String()+" "+b.Outcome.String()+" "+c.Outcome.String(), "unchanged updated created")

	fresh := item("d", "1")
	w.between(one("items", Create, fresh), func() { w.put("items", Create, item("d", "1")) })
	w.want(fresh.Outcome.String()+codes(fresh), "failed:already_exists")

	update := &Change{Target: resource.ByKey("a"), Values: w.record("items", "stock", "7")}
	guarded := &Change{Target: resource.ByKey("b"), Revision: 2, Values: w.record("items", "stock", "8")}
	w.between(one("items", Update, update, guarded), func() { w.put("items", Upsert, item("a", "6"), item("b", "6")) })
	w.want(update.Outcome.String()+" "+guarded.Outcome.String()+codes(guarded)+w.ask("select string_agg(stock::text, '' order by sku) from item"), "updated failed:stale_revision7611")

	gone := &Change{Target: resource.ByKey("c"), Values: w.record("items", "stock", "7")}
	w.between(one("items", Update, gone), func() { w.put("items", Delete, &Change{Target: resource.ByKey("c")}) })
	w.want(gone.Outcome.String()+codes(gone), "failed:unknown_record")

	w.put("itemGroups", Create, w.change("itemGroups", "code", "G"))
	into := w.change("items", "sku", "a", "group", "key:G")
	w.between(one("items", Update, into), func() { w.put("itemGroups", Delete, &Change{Target: resource.ByKey("G")}) })
	w.want(into.Outcome.String()+codes(into), "failedgroup:not_found")

	renamed := &Change{Target: resource.ByKey("a"), Values: w.record("items", "sku", "z")}
	w.between(one("items", Update, renamed), func() { w.put("items", Create, item("z", "1")) })
	w.want(renamed.Outcome.String()+codes(renamed), "failed:already_exists")

	del := &Change{Target: resource.ByKey("z")}
	w.put("rateLists", Create, w.change("rateLists", "code", "L"))
	w.between(one("items", Delete, del), func() {
		w.put("rates", Create, w.change("rates", "list", "key:L", "item", "key:z", "currency", "EUR", "amount", "1"))
	})
	w.want(del.Outcome.String()+codes(del), "failed:still_referenced")
}

func TestReimportWritesNothing(t *testing.T) {
	w := newTrade(t)
	batch := func() *Batch {
		b := &Batch{}
		list := b.Add(w.typ("rateLists"), Upsert, w.change("rateLists", "code", "L"))
		for i := range 50 {
			item := b.Add(w.typ("items"), Upsert, w.change("items", "sku", fmt.Sprint(i), "name", `{"en":"x","de":"y"}`, "weight", "1.50",
				"seenAt", "2026-11-03T08:15:00Z", "attributes", `{"b":1.0,"a":[true]}`, "passphrase", "p"))
			item.Owned = map[string][]*Change{"units": {w.change("itemUnits", "code", "C62", "factor", "1")}}
			item.ExternalIDs = []ExternalID{{"SAP", fmt.Sprint(i)}}
			rate := b.Add(w.typ("rates"), Upsert, w.change("rates", "currency", "EUR", "amount", "9.90", "minQuantity", "1.0"))
			rate.Links = map[string]*Change{"list": list, "item": item}
		}
		return b
	}
	state := func() string {
		return w.ask("select (select sum(xmin::text::bigint) from item)::text || (select sum(xmin::text::bigint) from item_unit) || (select sum(xmin::text::bigint) from rate) || " +
			"(select sum(xmin::text::bigint) from external_id) || (select count(*) from change) || (select sum(xmax::text::bigint) from item)")
	}
	w.apply(batch())
	before := state()
	again := batch()
	w.apply(again)
	w.want(state(), before)
	for _, s := range again.Sets {
		for _, c := range s.Changes {
			if c.Outcome != Unchanged {
				t.Fatalf("%s: %s %v", s.Type.Name, c.Outcome, c.Changed)
			}
		}
	}
}

func TestPreviewLocksNothing(t *testing.T) {
	w := newTrade(t)
	w.put("items", Create, w.change("items", "sku", "1", "name", `{"en":"x"}`))
	b := &Batch{Sets: []*ChangeSet{
		{Type: w.typ("items"), Operation: Upsert, Changes: []*Change{w.change("items", "sku", "1", "stock", "2"), w.change("items", "sku", "2", "name", `{"en":"x"}`)}},
		{Type: w.typ("items"), Operation: Delete, Changes: []*Change{{Target: resource.ByKey("3")}}}}}
	if err := w.in(w.caller, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := w.store.Plan(ctx, tx, w.caller, b); err != nil {
			return err
		}
		w.want(w.ask("select string_agg(distinct mode, ' ') from pg_locks where pid = $1 and locktype = 'relation'", tx.Conn().PgConn().PID()), "AccessShareLock")
		w.want(w.ask("select count(*) from pg_locks where pid = $1 and locktype in ('transactionid', 'tuple')", tx.Conn().PgConn().PID()), "0")
		w.put("items", Update, &Change{Target: resource.ByKey("1"), Values: w.record("items", "stock", "9")}) // does not wait
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.want(w.ask("select string_agg(sku || stock, '') from item")+b.Sets[0].Changes[0].Outcome.String()+b.Sets[0].Changes[1].Outcome.String(), "19updatedcreated")
}
