package record

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// items makes changes of many items, some of whose columns say the same in all rows, or nothing.
func (w *trade) items(from, to int, values ...string) (all []*Change) {
	for n := from; n < to; n++ {
		all = append(all, w.change("items", append([]string{"sku", fmt.Sprintf("M%04d", n), "name", fmt.Sprintf(`{"en":"Rod %d"}`, n)}, values...)...))
	}
	return all
}

// What many rows have in common is given once and looked up once; the outcome is that of rows written one by one.
func TestManyRowsThatSayTheSame(t *testing.T) {
	w := newTrade(t)
	w.put("itemGroups", Create, w.change("itemGroups", "code", "A"), w.change("itemGroups", "code", "B"))
	same := []string{"weight", "1.5", "stock", "7", "since", "-", "group", "key:A", "attributes", `{"a":1}`}
	first := w.items(0, 300, same...)
	w.put("items", Upsert, first...)
	w.want(first[299].Outcome.String(), "created")
	const state = `select format('%s %s %s %s %s %s', count(*), count(distinct sku), sum(weight), sum(stock), count(since), count(*) filter (where group_id =
		(select id from item_group where code = 'A') and attributes = '{"a": 1}' and name->>'en' = 'Rod ' || substr(sku, 2)::int)) from item`
	w.want(w.ask(state), "300 300 450.000 2100 0 300")
	again := w.items(0, 300, same...)
	w.put("items", Upsert, again...)
	for _, c := range again {
		w.want(c.Outcome.String()+strings.Join(c.Changed, ","), "unchanged")
	}
	moved := w.items(100, 300, "group", "key:B", "weight", "-")
	moved = append(moved, w.items(300, 301, "group", "key:NONE")...)
	w.put("items", Upsert, moved...)
	w.want(moved[0].Outcome.String()+" "+strings.Join(moved[0].Changed, ","), "updated weight,group")
	w.want(moved[200].Outcome.String()+codes(moved[200]), "failedgroup:not_found")
	w.want(w.ask("select count(*)::text from item i join item_group g on g.id = i.group_id where g.code = 'B' and weight is null"), "200")
	gone := w.items(0, 150, "group", "-")
	w.put("items", Upsert, gone...)
	w.want(w.ask("select count(*)::text from item where group_id is null"), "150")
}

// Writers of the same new records meet on their way, whichever set is large.
func TestManyRowsOfTwoWriters(t *testing.T) {
	w := newTrade(t)
	w.put("items", Upsert, w.items(0, 50, "stock", "0")...)
	var together sync.WaitGroup
	for n := range 4 {
		together.Go(func() {
			ctx := context.Background()
			changes := w.items(0, 200, "stock", fmt.Sprint(n+1))
			set := &ChangeSet{Type: w.typ("items"), Operation: Upsert, Changes: changes}
			if err := w.in(w.caller, func(_ context.Context, tx pgx.Tx) error {
				return w.store.Apply(ctx, tx, w.caller, &Batch{Sets: []*ChangeSet{set}})
			}); err != nil {
				t.Error(err)
			}
			for _, c := range changes {
				if c.Outcome == Failed {
					t.Errorf("%v", c.Faults)
					return
				}
			}
		})
	}
	together.Wait()
	w.want(w.ask("select count(*) || ' ' || count(distinct stock) || ' ' || (min(stock) > 0) from item"), "200 1 true")
}

func TestFold(t *testing.T) {
	sql := "SELECT s.c0, s.c1::int, s.c11, \"s\".c1, xs.c1 FROM " + unnest(2, 12, true) + " WHERE s.c1 = s.c11 AND x.vals.c1 AND s.n"
	got := fold(sql, 2, true, []byte("010000000001"))
	want := "SELECT s.c0, $4::text::int, $14::text, \"s\".c1, xs.c1 FROM unnest($3::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], " +
		"$10::text[], $11::text[], $12::text[], $13::text[]) WITH ORDINALITY AS s(c0, c2, c3, c4, c5, c6, c7, c8, c9, c10, n) " +
		"WHERE $4::text = $14::text AND x.vals.c1 AND s.n"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
