package record

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

var update = flag.Bool("update", false, "write the golden files")

// TestCompiledSQL compares the statements of typical changes, and the plans that PostgreSQL makes of them, with files.
func TestCompiledSQL(t *testing.T) {
	w := newTrade(t)
	w.fill()
	buyer := access.Caller{Side: access.Storefront, Organization: w.caller.Organization, Customer: w.ask("select min(id::text) from buyer")}
	buyer.Customers = []string{buyer.Customer}
	id := w.ask("select min(id::text) from item")
	linked := w.change("rates", "currency", "EUR", "amount", "1")
	list := w.change("rateLists", "code", "NEW")
	linked.Links = map[string]*Change{"list": list}
	linked.Values = w.record("rates", "item", "key:1", "currency", "EUR", "amount", "1")
	for name, c := range map[string]struct {
		caller access.Caller
		sets   []*ChangeSet
	}{
		"upsert_by_key": {w.caller, w.set("items", Upsert, w.change("items", "sku", "1", "name", `{"en":"x"}`, "weight", "1", "group", "key:A"))},
		"upsert_by_key_over_relations": {w.caller, w.set("rates", Upsert,
			w.change("rates", "list", "key:L", "item", "key:1", "currency", "EUR", "minQuantity", "5", "amount", "9"))},
		"upsert_linked":                 {w.caller, append(w.set("rateLists", Upsert, list), w.set("rates", Upsert, linked)...)},
		"update_by_id":                  {w.caller, w.set("items", Update, &Change{Target: resource.Ref{ID: id}, Values: w.record("items", "stock", "5")})},
		"update_by_external_id":         {w.caller, w.set("items", Update, &Change{Target: resource.Ref{System: "SAP", External: "1"}, Values: w.record("items", "stock", "5")})},
		"rename":                        {w.caller, w.set("items", Update, &Change{Target: resource.ByKey("1"), Values: w.record("items", "sku", "one")})},
		"delete":                        {w.caller, w.set("rates", Delete, &Change{Target: resource.ByKey("L", "1", "EUR", "0", "")})},
		"storefront_line_of_own_basket": {buyer, w.set("basketLines", Upsert, w.change("basketLines", "basket", w.ask("select id from basket where customer_id = $1", buyer.Customer), "item", "key:1", "quantity", "2"))},
	} {
		t.Run(name, func(t *testing.T) { w.golden(t, name, c.caller, c.sets) })
	}
}

func (w *trade) set(typeName string, op Operation, changes ...*Change) []*ChangeSet {
	return []*ChangeSet{{Type: w.typ(typeName), Operation: op, Changes: changes}}
}

// golden plans and writes the sets with every statement recorded, and compares them and their plans with the file.
func (w *trade) golden(t *testing.T, name string, caller access.Caller, sets []*ChangeSet) {
	var got strings.Builder
	if err := w.in(caller, func(ctx context.Context, tx pgx.Tx) error {
		watched := &watchedTx{Tx: tx, out: &got, plans: strings.HasPrefix(w.ask("select current_setting('server_version')"), "15")}
		if err := w.store.Apply(ctx, watched, caller, &Batch{Sets: sets}); err != nil {
			return err
		}
		return tx.Rollback(ctx)
	}); err != nil && err.Error() != pgx.ErrTxClosed.Error() {
		t.Fatal(err)
	}
	for _, s := range sets {
		for _, c := range s.Changes {
			if c.Outcome == Failed {
				t.Errorf("%v", c.Faults)
			}
		}
	}
	path := filepath.Join("testdata", "golden", name+".sql")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(w.ask("select current_setting('server_version')"), "15") { // other versions word their plans otherwise
		want = []byte(withoutPlans(string(want)))
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got), -update writes it:\n%s", path, diff)
	}
}

func withoutPlans(text string) string {
	var lines []string
	for _, l := range strings.Split(text, "\n") {
		if !strings.HasPrefix(l, "-- ") {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// constant is a value that stands in a plan although it was made for any; it differs from run to run.
var constant = regexp.MustCompile(`'\{?[0-9a-f]{8}-[0-9a-f-]{27}\}?'`)

// watchedTx writes down each statement, and its plan whatever the values, before it runs.
type watchedTx struct {
	pgx.Tx
	out   *strings.Builder
	plans bool
}

func (x *watchedTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	for _, q := range b.QueuedQueries {
		x.note(ctx, q.SQL, q.Arguments)
	}
	return x.Tx.SendBatch(ctx, b)
}

func (x *watchedTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	x.note(ctx, sql, args)
	return x.Tx.Query(ctx, sql, args...)
}

func (x *watchedTx) note(ctx context.Context, sql string, args []any) {
	if strings.HasPrefix(sql, "with entry") {
		return // the change log's own
	}
	broken := strings.NewReplacer(" DISTINCT FROM ", " DISTINCT FROM ", " FROM ", "\n  FROM ", " LEFT JOIN ", "\n  LEFT JOIN ", " CROSS JOIN ", "\n  CROSS JOIN ", " WHERE ", "\n  WHERE ",
		" UNION ALL ", "\n  UNION ALL ", " RETURNING ", "\n  RETURNING ", ", CASE ", ",\n  CASE ").Replace(sql)
	x.out.WriteString(broken + ";\n")
	if verb, _, _ := strings.Cut(sql, " "); x.plans && verb != "SAVEPOINT" && verb != "RELEASE" && !strings.HasPrefix(sql, "SELECT set_config") {
		if _, err := x.Exec(ctx, "set local plan_cache_mode = force_generic_plan"); err != nil {
			x.out.WriteString("-- " + err.Error())
		}
		rows, err := x.Tx.Query(ctx, "EXPLAIN (COSTS OFF) "+sql, args...)
		if err != nil {
			x.out.WriteString("-- " + err.Error())
			return
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			x.out.WriteString("-- " + err.Error())
		}
		x.out.WriteString(constant.ReplaceAllString("-- "+strings.Join(lines, "\n-- ")+"\n", "'…'"))
		if _, err := x.Exec(ctx, "set local plan_cache_mode to default"); err != nil {
			x.out.WriteString("-- " + err.Error())
		}
	}
	x.out.WriteString("\n")
}

// fill puts enough into the tables, and tells the planner, that it plans as for a shop.
func (w *trade) fill() {
	w.Helper()
	if _, err := w.pool.Exec(context.Background(), `
		insert into item_group (id, organization_id, code) select gen_random_uuid(), '`+w.caller.Organization+`', code from (select 'A' as code union all select 'G' || n from generate_series(1, 300) n) x;
		insert into item (id, organization_id, sku, name, status) select gen_random_uuid(), '`+w.caller.Organization+`', n, '{"en":"x"}', 'enabled' from generate_series(1, 5000) n;
		insert into external_id (organization_id, type, system, external_id, record_id) select organization_id, 'items', 'SAP', sku, id from item;
		insert into rate_list (id, organization_id, code) select gen_random_uuid(), '`+w.caller.Organization+`', code from (select 'L' as code union all select 'L' || n from generate_series(1, 300) n) x;
		insert into rate (id, organization_id, list_id, item_id, currency, min_quantity, amount, per)
		  select gen_random_uuid(), i.organization_id, l.id, i.id, 'EUR', 0, 1, 1 from item i, rate_list l where l.code in ('L', 'L1', 'L2', 'L3');
		insert into buyer (id, organization_id, number) select gen_random_uuid(), '`+w.caller.Organization+`', n from generate_series(1, 300) n;
		insert into basket (id, organization_id, customer_id) select gen_random_uuid(), organization_id, id from buyer order by id;
		insert into basket_line (id, organization_id, basket_id, item_id, quantity) select gen_random_uuid(), b.organization_id, b.id, i.id, 1 from basket b, item i where i.sku::int < 20 and i.sku::int > 1;
		analyze`); err != nil {
		w.Fatal(err)
	}
}
