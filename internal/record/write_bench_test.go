package record

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// BenchmarkImport upserts 100,000 items in chunks, once new, once unchanged and once with a tenth changed, and the same by
// COPY into a staging table and a merge by join, without change rows. The ratio is what the write path keeps.
//
//	go test ./internal/record -run '^$' -bench Import -benchtime 1x -count 5
func BenchmarkImport(b *testing.B) {
	for _, chunk := range []int{2000, 5000} {
		b.Run(fmt.Sprintf("chunk=%d", chunk), func(b *testing.B) {
			for b.Loop() {
				w, base := newTrade(b), newTrade(b)
				w.put("itemGroups", Create, w.change("itemGroups", "code", "G"))
				base.put("itemGroups", Create, base.change("itemGroups", "code", "G"))
				for _, pass := range []string{"first", "unchanged", "tenth"} {
					ours, oursCPU := w.timed(func() { w.importItems(benchRows, chunk, pass == "tenth") })
					theirs, theirsCPU := base.timed(func() { base.mergeItems(benchRows, pass == "tenth") })
					b.ReportMetric(ours.Seconds(), pass+"-s")
					b.ReportMetric(theirs.Seconds()/ours.Seconds(), pass+"-ratio")
					b.ReportMetric(oursCPU.Seconds(), pass+"-cpu-s")
					b.ReportMetric(theirsCPU.Seconds()/oursCPU.Seconds(), pass+"-cpu-ratio")
				}
			}
		})
	}
}

const benchRows = 100_000

// timed measures time on the clock, and of the processors: this process and PostgreSQL's backends, which a busy machine
// does not stretch. The latter is zero where there is no /proc.
func (w *trade) timed(f func()) (clock, cpu time.Duration) {
	start, before := time.Now(), w.cpu()
	f()
	return time.Since(start), w.cpu() - before
}

func (w *trade) cpu() (sum time.Duration) {
	var pids []int32
	if err := w.pool.QueryRow(context.Background(), "select array_agg(pid) from pg_stat_activity where datname = current_database()").Scan(&pids); err != nil {
		w.Fatal(err)
	}
	for _, pid := range append(pids, int32(os.Getpid())) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		for _, ticks := range fields[11:13] { // utime, stime in hundredths of a second
			n, _ := strconv.Atoi(ticks)
			sum += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return sum
}

// benchItem is the n-th item: sku, name, weight, stock, attributes, group.
func benchItem(n int, changed bool) [6]string {
	stock := n % 1000
	if changed && n%10 == 0 {
		stock += 1000
	}
	return [6]string{fmt.Sprintf("SKU-%08d", n), fmt.Sprintf(`{"de": "Stange %d", "en": "Rod %d"}`, n, n), fmt.Sprintf("%d.25", n%50),
		fmt.Sprint(stock), fmt.Sprintf(`{"n": %d, "color": "red"}`, n), "key:G"}
}

func (w *trade) importItems(rows, chunk int, changed bool) {
	t := w.typ("items")
	positions := []int{t.At("sku"), t.At("name"), t.At("weight"), t.At("stock"), t.At("attributes"), t.At("group")}
	for from := 0; from < rows; from += chunk {
		set := &ChangeSet{Type: t, Operation: Upsert, Changes: make([]*Change, 0, chunk)}
		for n := from; n < min(from+chunk, rows); n++ {
			c := &Change{Values: t.NewRecord()}
			for i, text := range benchItem(n, changed) {
				c.Values[positions[i]].State, c.Values[positions[i]].Text = 2, text
			}
			set.Changes = append(set.Changes, c)
		}
		w.apply(&Batch{Sets: []*ChangeSet{set}})
	}
}

func (w *trade) mergeItems(rows int, changed bool) {
	ctx := context.Background()
	run := func(tx pgx.Tx, sql string, args ...any) {
		if _, err := tx.Exec(ctx, sql, args...); err != nil {
			w.Fatal(err)
		}
	}
	if err := pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		run(tx, "create temp table stage (sku text, name jsonb, weight numeric(12,3), stock integer, attributes jsonb, grp text) on commit drop")
		n := -1
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"stage"}, []string{"sku", "name", "weight", "stock", "attributes", "grp"}, pgx.CopyFromFunc(func() ([]any, error) {
			if n++; n == rows {
				return nil, nil
			}
			r := benchItem(n, changed)
			return []any{r[0], r[1], r[2], r[3], r[4], r[5][4:]}, nil
		})); err != nil {
			return err
		}
		run(tx, "analyze stage")
		run(tx, `update item t set name = s.name, weight = s.weight, stock = s.stock, attributes = s.attributes, group_id = g.id,
			revision = t.revision + 1, updated_at = now() from stage s left join item_group g on g.organization_id = $1 and g.code = s.grp
			where t.organization_id = $1 and t.sku = s.sku and (t.name, t.weight, t.stock, t.attributes, t.group_id) is distinct from
			(s.name, s.weight, s.stock, s.attributes, g.id)`, w.caller.Organization)
		run(tx, `insert into item (id, organization_id, sku, name, status, weight, stock, active, attributes, group_id)
			select gen_random_uuid(), $1, s.sku, s.name, 'enabled', s.weight, s.stock, true, s.attributes, g.id from stage s
			left join item_group g on g.organization_id = $1 and g.code = s.grp
			where not exists (select from item t where t.organization_id = $1 and t.sku = s.sku)`, w.caller.Organization)
		return nil
	}); err != nil {
		w.Fatal(err)
	}
}

// BenchmarkOne updates one item by its key, as a PATCH does: transaction, context, plan, write, change row, commit.
func BenchmarkOne(b *testing.B) {
	w := newTrade(b)
	w.put("items", Create, w.change("items", "sku", "1", "name", `{"en":"x"}`))
	n := 0
	for b.Loop() {
		n++
		w.put("items", Upsert, w.change("items", "sku", "1", "stock", strconv.Itoa(1000+n)))
	}
}
