package record_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
	"github.com/hanse-commerce/hanse/internal/record"
)

// volume is what the golden plans are made on: tables of 50,000 rows.
var volume = commercetest.Volume{Products: 50_000, Customers: 500, Orders: 50_000}

// requests are the shapes of queries, each with who asks.
var requests = []struct{ name, caller, path string }{
	{"list", "admin", "products?sort=sku&page[size]=2"},
	{"list_by_id", "admin", "products?page[size]=2&fields[products]=sku"},
	{"list_page_and_total", "admin", "customers?page[number]=3&page[size]=2&page[total]=true&sort=number&fields[customers]=number"},
	{"list_sort_down", "admin", "orders?sort=-placedAt&page[size]=2&fields[orders]=number,placedAt"},
	{"list_sort_path", "admin", "products?sort=category.code,-sku&page[size]=2&fields[products]=sku"},
	{"filter_eq", "admin", "products?filter[brand]=Brand%201&sort=sku&page[size]=2&fields[products]=sku"},
	{"filter_neq", "admin", "orders?filter[status][neq]=completed&sort=number&page[size]=2&fields[orders]=number"},
	{"filter_lt_gte", "admin", "orders?filter[placedAt][lt]=2025-01-02&filter[placedAt][gte]=2025-01-01&sort=-placedAt&page[size]=2&fields[orders]=number"},
	{"filter_lte_gt", "admin", "products?filter[updatedAt][gt]=2025-08-31&filter[updatedAt][lte]=2025-09-01T00:00:00Z&page[size]=2&fields[products]=sku"},
	{"filter_exists", "admin", "orders?filter[poNumber][exists]=true&filter[externalStatus][exists]=false&sort=-placedAt&page[size]=2&fields[orders]=number"},
	{"filter_contains", "admin", "products?filter[name][contains]=thing%204999&sort=sku&page[size]=2&fields[products]=sku"},
	{"filter_starts_with", "admin", "products?filter[sku][starts_with]=P00012&sort=sku&page[size]=2&fields[products]=sku"},
	{"filter_ends_with", "admin", "customers?filter[email][ends_with]=499@example.test&page[size]=2&fields[customers]=number"},
	{"filter_in", "admin", "products?filter[sku][in]=P000001,P000002,P049999&sort=sku&page[size]=2&fields[products]=sku"},
	{"filter_range", "admin", "orders?filter[placedAt][range]=2025-01-02..2025-01-03&sort=placedAt&page[size]=2&fields[orders]=number"},
	{"filter_below", "admin", "products?filter[category][below]=key:cat001&sort=sku&page[size]=2&fields[products]=sku"},
	{"filter_relation_by_key", "admin", "products?filter[category]=key:cat007&sort=sku&page[size]=2&fields[products]=sku"},
	{"filter_relation_by_external_id", "admin", "orders?filter[customer]=ext:SAP:0000000042&sort=-placedAt&page[size]=2&fields[orders]=number"},
	{"filter_relations_in", "admin", "products?filter[category][in]=key:cat007,00000001-0000-7000-8000-000000000009&sort=sku&page[size]=2&fields[products]=sku"},
	{"filter_path", "admin", "inventoryLevels?filter[product.sku]=P000010&page[size]=2&fields[inventoryLevels]=onHand"},
	{"filter_path_of_two", "admin", "orderLines?filter[order.customer.number]=C00042&page[size]=2&fields[orderLines]=sku"},
	{"filter_localized", "admin", "products?filter[name]=Thing%2042&page[size]=2&fields[products]=sku"},
	{"search", "admin", "products?filter[search]=thing%20421&page[size]=2&fields[products]=sku"},
	{"include_one", "admin", "products?include=category&sort=sku&page[size]=2&fields[products]=sku,category&fields[categories]=code"},
	{"include_many", "admin", "orders?include=lines&sort=number&page[size]=2&fields[orders]=number,lines&fields[orderLines]=sku,order"},
	{"include_nested", "admin", "orders?include=lines.product.category,customer&sort=-placedAt&page[size]=1&fields[orders]=number,lines,customer&fields[orderLines]=sku,product&fields[products]=sku,category&fields[categories]=code&fields[customers]=number"},
	{"get_by_id", "admin", "products/00000002-0000-7000-8000-000000000005?fields[products]=sku"},
	{"get_by_key", "admin", "customers/key:C00042"},
	{"get_by_composite_key", "admin", "prices/key:L1|P000005|C62|EUR|0|"},
	{"get_by_external_id", "admin", "products/ext:SAP:000000000000000007?fields[products]=sku"},
	{"related_many", "admin", "orders/key:0000000042/lines?fields[orderLines]=sku"},
	{"related_one", "admin", "products/key:P000042/category?fields[categories]=code"},
	{"shop_products", "buyer", "products?sort=sku&page[size]=2"},
	{"shop_products_of_a_branch", "buyer", "products?filter[category][below]=key:cat001&sort=name&page[size]=2&page[total]=true&fields[products]=sku,name,price"},
	{"shop_products_in_german", "german", "products?filter[search]=ding&sort=sku&page[size]=2&fields[products]=sku,name"},
	{"shop_product", "buyer", "products/key:P000005?include=units.unit,category&fields[units]=code&fields[categories]=code&fields[productUnits]=factor,unit"},
	{"shop_orders", "buyer", "orders?sort=-placedAt&page[size]=2&page[total]=true&fields[orders]=number,total,customer"},
	{"shop_order", "buyer", "orders/key:0000000500?include=lines,addresses&fields[orders]=number,lines,addresses&fields[orderLines]=sku&fields[orderAddresses]=kind"},
	{"shop_cart", "buyer", "carts?include=lines.product&fields[carts]=subtotal,lines&fields[cartLines]=price,rowTotal,product&fields[products]=sku"},
}

// Each shape of request has a file with its statements, its answer and the plans that PostgreSQL makes on large tables.
func TestReadingIsOneStatementByIndex(t *testing.T) {
	h := commercetest.New(t)
	h.Fill(volume)
	buyer := h.As(commercetest.NthBuyer(1))
	german := buyer
	german.Language = "de"
	callers := map[string]access.Caller{"admin": h.Caller, "buyer": buyer, "german": german}
	names := newNaming(h)
	if names.major == planner {
		t.Run("offers", func(t *testing.T) { offers(t, h) })
	}
	for _, r := range requests {
		t.Run(r.name, func(t *testing.T) {
			q, err := jsonapi.Query(h.Schema, r.path)
			if err != nil {
				t.Fatal(err)
			}
			compareFile(t, names.major == planner, filepath.Join("testdata", "read", r.name+".txt"), names.replace(describe(t, h, callers[r.caller], r.caller+": GET "+r.path, q)))
		})
	}
}

func describe(t *testing.T, h *commercetest.House, caller access.Caller, request string, q *record.Query) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", request)
	all, err := h.Store.Statements(q, caller)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range all {
		fmt.Fprintf(&out, "\n-- statement\n%s\n-- parameters\n%v\n-- plan\n%s", laidOut(st.SQL), st.Parameters, plan(t, h, caller, st))
	}
	var raw, pretty bytes.Buffer
	doc := record.NewDocument(&raw, "/api", q, !q.Target.IsZero())
	answer, err := h.Store.Read(context.Background(), h.Pool, caller, q, doc.Add)
	if err != nil {
		t.Fatal(err)
	}
	doc.Finish(nil, nil)
	if err := json.Indent(&pretty, raw.Bytes(), "", " "); err != nil {
		t.Fatalf("%v\n%s", err, raw.Bytes())
	}
	fmt.Fprintf(&out, "\n-- answer (total %d, more %v)\n%s", answer.Total, answer.More, pretty.String())
	return out.String()
}

var clause = regexp.MustCompile(` (FROM \(|FROM "|LEFT JOIN|JOIN|CROSS JOIN|WHERE|ORDER BY|LIMIT|UNION|AND) ?`)

// laidOut breaks a statement into lines, for people.
func laidOut(sql string) string { return clause.ReplaceAllString(sql, "\n$0") }

func plan(t *testing.T, h *commercetest.House, caller access.Caller, st record.Statement) (text string) {
	t.Helper()
	err := pgx.BeginFunc(context.Background(), h.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(context.Background(), tx, caller); err != nil {
			return err
		}
		rows, err := tx.Query(context.Background(), "EXPLAIN (COSTS OFF) "+st.SQL, st.Parameters...)
		if err != nil {
			return err
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		text = strings.Join(lines, "\n") + "\n"
		return err
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, st.SQL)
	}
	return text
}

// naming puts names in the place of what differs from run to run.
type naming struct {
	known *strings.Replacer
	major string
}

func newNaming(h *commercetest.House) *naming {
	n := &naming{known: strings.NewReplacer(h.Organization, "{organization}", h.Website, "{website}", h.Unit("C62"), "{piece}", h.Unit("XCT"), "{carton}")}
	h.Scan(&n.major, "SELECT split_part(current_setting('server_version'), '.', 1)")
	return n
}

var (
	moment = regexp.MustCompile(`20(2[6-9]|[3-9]\d)-\d\d-\d\dT[0-9:.]+Z`)
	plans  = regexp.MustCompile(`(?s)-- plan\n.*?\n\n`)
)

// planner is the PostgreSQL whose plans the files hold; with another one only statements and answers are compared.
const planner = "15"

func (n *naming) replace(text string) string {
	return moment.ReplaceAllString(n.known.Replace(text), "{now}")
}

// compareFile compares with a file, or writes it where the tests are run with -update.
func compareFile(t *testing.T, withPlans bool, path, got string) {
	t.Helper()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	kept := string(want)
	if !withPlans {
		kept, got = plans.ReplaceAllString(kept, "\n"), plans.ReplaceAllString(got, "\n")
	}
	if diff := cmp.Diff(strings.Split(kept, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs; -update writes it anew:\n%s", path, diff)
	}
}
