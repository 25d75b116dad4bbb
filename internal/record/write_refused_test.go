package record

import (
	"context"
	"fmt"
	"testing"

	"github.com/hanse-commerce/hanse/resource"
)

// A rule that only the table knows costs the records that break it and what belongs with them, not the chunk.
func TestRefusedRecordsDoNotCostTheChunk(t *testing.T) {
	w := newTrade(t)
	if _, err := w.pool.Exec(context.Background(), `alter table item add check (stock < 1000); alter table rate add check (amount > 0)`); err != nil {
		t.Fatal(err)
	}
	w.put("rateLists", Create, w.change("rateLists", "code", "L"))
	b := &Batch{}
	for i := range 60 {
		item := b.Add(w.typ("items"), Upsert, w.change("items", "sku", fmt.Sprint(i), "name", `{"en":"x"}`, "stock", fmt.Sprint(900+i%7*20)))
		rate := b.Add(w.typ("rates"), Upsert, w.change("rates", "list", "key:L", "currency", "EUR", "amount", fmt.Sprint(i%10)))
		rate.Links = map[string]*Change{"item": item}
		item.Group, rate.Group = i+1, i+1
	}
	w.apply(b)
	for i := range 60 {
		item, rate := b.Sets[0].Changes[i], b.Sets[1].Changes[i]
		want := "created" + " " + "created"
		switch {
		case i%7 >= 5:
			want = "failed:refused failed:group_failed"
		case i%10 == 0:
			want = "failed:group_failed failed:refused"
		}
		if i%7 >= 5 && i%10 == 0 {
			want = item.Outcome.String() + codes(item) + " " + rate.Outcome.String() + codes(rate) // either may be found first
		}
		w.want(fmt.Sprint(i, " ", item.Outcome, codes(item), " ", rate.Outcome, codes(rate)), fmt.Sprint(i, " ", want))
	}
	created := w.ask("select count(*) from item")
	w.want(w.ask("select count(*) from rate"), created)
	w.want(w.ask("select sum(cardinality(ids)) from change where resource = 'items'"), created)

	lone := &Change{Target: resource.ByKey("1"), Values: w.record("items", "stock", "5000")}
	fine := &Change{Target: resource.ByKey("2"), Values: w.record("items", "stock", "1")}
	w.put("items", Update, lone, fine)
	w.want(lone.Outcome.String()+codes(lone)+" "+fine.Outcome.String(), "failed:refused updated")
}
