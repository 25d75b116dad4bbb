package intake_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/filestest"
)

// expect imports a file and compares counts and, if given, issues.
func expect(t *testing.T, h *filestest.House, name, content, counts string, issues ...string) string {
	t.Helper()
	id, out := h.Import(name, content)
	if got := filestest.Counts(out); got != counts {
		t.Errorf("%s: %s, want %s\n%s%s", name, got, counts, h.Result(id, out), out.Reason.Text)
	}
	if got := h.Issues(id); !slices.Equal(got, issues) {
		t.Errorf("%s: issues\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(issues, "\n"))
	}
	return strings.ReplaceAll(h.Result(id, out), "\r\n", "\n")
}

// rows gives the rows of a query as texts, parts joined by a blank.
func rows(h *filestest.House, sql string, args ...any) string {
	h.T.Helper()
	var all []string
	h.Scan(&all, "SELECT coalesce(array_agg(x.t), '{}') FROM ("+sql+") AS x(t)", args...)
	return strings.Join(all, "\n")
}

const productSQL = `SELECT format('%s %s %s %s', p.sku, p.name, coalesce(c.code, '-'), u.code) FROM product p
	LEFT JOIN category c ON c.id = p.category_id LEFT JOIN unit u ON u.id = p.unit_id ORDER BY p.sku`

const priceSQL = `SELECT format('%s %s %s from %s: %s %s per %s', l.code, p.sku, u.code, trim_scale(x.min_quantity), trim_scale(x.amount), x.currency, trim_scale(x.per))
	FROM price x JOIN price_list l ON l.id = x.price_list_id JOIN product p ON p.id = x.product_id JOIN unit u ON u.id = x.unit_id
	ORDER BY l.code, p.sku, u.code, x.min_quantity`

const stockSQL = `SELECT format('%s %s %s %s', w.code, p.sku, trim_scale(x.on_hand), u.code) FROM inventory_level x
	JOIN warehouse w ON w.id = x.warehouse_id JOIN product p ON p.id = x.product_id JOIN unit u ON u.id = x.unit_id ORDER BY w.code, p.sku, u.code`

func TestProductsWithPriceAndStock(t *testing.T) {
	h := filestest.New(t)
	sample, err := os.ReadFile("testdata/products.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := "line,resource,key,outcome,reason\n2,products,A-100,created,\n3,products,A-200,created,\n4,products,A-300,created,\n"
	if got := expect(t, h, "products_20261124T060000Z.csv", string(sample), "done: 3 read, 3 created, 0 updated, 0 unchanged, 0 failed"); got != want {
		t.Error(cmp.Diff(want, got))
	}
	for sql, want := range map[string]string{
		productSQL: `A-100 {"de": "Sechskantschraube M8x40", "en": "Hex bolt M8x40"} Fasteners/Bolts C62
A-200 {"de": "Scheibe M8", "en": "Washer M8"} Fasteners/Washers C62
A-300 {"de": "Gewindestange", "en": "Rod, threaded"} Fasteners/Rods MTR`,
		priceSQL: `DEFAULT A-100 C62 from 0: 12.5 EUR per 1
DEFAULT A-200 C62 from 0: 3.2 EUR per 1
DEFAULT A-300 MTR from 0: 9.99 EUR per 1`,
		stockSQL: "MAIN A-100 40 C62\nMAIN A-200 80 C62\nMAIN A-300 0 MTR",
		"SELECT format('%s %s %s', c.code, c.name, coalesce(p.code, '-')) FROM category c LEFT JOIN category p ON p.id = c.parent_id ORDER BY 1": `Fasteners {"en": "Fasteners"} -
Fasteners/Bolts {"en": "Bolts"} Fasteners
Fasteners/Rods {"en": "Rods"} Fasteners
Fasteners/Washers {"en": "Washers"} Fasteners`,
		"SELECT format('%s %s %s', a.alias, u.code, a.preferred) FROM unit_alias a JOIN unit u ON u.id = a.unit_id WHERE a.system = 'SAP' ORDER BY 1": "PCE C62 t",
	} {
		if got := rows(h, sql); got != want {
			t.Errorf("%s:\n%s", sql, cmp.Diff(want, got))
		}
	}
}

func TestUnchangedFileWritesNothing(t *testing.T) {
	h := filestest.New(t)
	file := "sku,name,name_de,description,category,unit,price,currency,stock,weight\n" +
		"1,Rod,Stange,,A/B,PCE,1.50,EUR,10,2.500\n2,Bolt,,Long,NONE,,2,,0,\n3,Nut,Mutter,,A/B,M,,,,1\n"
	expect(t, h, "products_1.csv", file, "done: 3 read, 3 created, 0 updated, 0 unchanged, 0 failed", "warning 3 2 missing not_found x1")
	expect(t, h, "prices_1.csv", "sku,min_quantity,amount,per,valid_from\n1,,5,100,\n1,10,4,,2026-01-01\n",
		"done: 2 read, 1 created, 1 updated, 0 unchanged, 0 failed")
	state := func() string {
		return rows(h, `SELECT concat_ws(' ', id, xmin, ctid, revision) FROM product UNION ALL SELECT concat_ws(' ', id, xmin, ctid) FROM price
			UNION ALL SELECT concat_ws(' ', id, xmin, ctid) FROM inventory_level UNION ALL SELECT concat_ws(' ', id, xmin, ctid) FROM category
			UNION ALL SELECT concat_ws(' ', id, xmin, ctid) FROM unit_alias UNION ALL SELECT concat_ws(' ', id, xmin) FROM change ORDER BY 1`)
	}
	before := state()
	expect(t, h, "products_2.csv", strings.Replace(file, "1.50", "5", 1), "done: 3 read, 0 created, 1 updated, 2 unchanged, 0 failed", "warning 3 2 missing not_found x1")
	expect(t, h, "prices_2.csv", "sku,amount,per\n1,5,100\n", "done: 1 read, 0 created, 1 updated, 0 unchanged, 0 failed")
	if state() == before {
		t.Error("a changed file wrote nothing")
	}
	before = state()
	expect(t, h, "prices_3.csv", "sku,amount,per\n1,5,100\n", "done: 1 read, 0 created, 0 updated, 1 unchanged, 0 failed")
	if diff := cmp.Diff(before, state()); diff != "" {
		t.Error("unchanged prices wrote:\n" + diff)
	}
	expect(t, h, "products_3.csv", "sku,name,name_de,description,category,unit,stock,weight\n1,Rod,Stange,,A/B,PCE,10,2.500\n2,Bolt,,Long,NONE,,0,\n3,Nut,Mutter,,A/B,M,,1\n",
		"done: 3 read, 0 created, 0 updated, 3 unchanged, 0 failed", "warning 3 2 missing not_found x1")
	if diff := cmp.Diff(before, state()); diff != "" {
		t.Error("unchanged products wrote:\n" + diff)
	}
}

func TestMissingColumnKeepsAndEmptyCellClears(t *testing.T) {
	h := filestest.New(t)
	expect(t, h, "products_1.csv", "sku,name,description,brand,weight,status,category\n1,Rod,Long,Elbe,2,disabled,A/B\n",
		"done: 1 read, 1 created, 0 updated, 0 unchanged, 0 failed")
	expect(t, h, "products_2.csv", "sku,name_de\n1,Stange\n", "done: 1 read, 0 created, 1 updated, 0 unchanged, 0 failed")
	const sql = `SELECT concat_ws(' ', p.name, coalesce(p.description::text, '-'), coalesce(p.brand, '-'), coalesce(p.weight::text, '-'), p.status, coalesce(c.code, '-'))
		FROM product p LEFT JOIN category c ON c.id = p.category_id`
	if got, want := rows(h, sql), `{"de": "Stange", "en": "Rod"} {"en": "Long"} Elbe 2.000 disabled A/B`; got != want {
		t.Error(cmp.Diff(want, got))
	}
	expect(t, h, "products_3.csv", "sku,name_de,description,brand,weight,status,category,price,stock\n1,,,,,,,,\n", "done: 1 read, 0 created, 1 updated, 0 unchanged, 0 failed")
	if got, want := rows(h, sql), `{"en": "Rod"} {} - - enabled -`; got != want {
		t.Error(cmp.Diff(want, got))
	}
	if got := rows(h, priceSQL) + rows(h, stockSQL); got != "" {
		t.Errorf("empty price and stock made %s", got)
	}
	expect(t, h, "products_4.csv", "sku,name\n1,\n,Nut\n2,\n", "partlyDone: 3 read, 0 created, 0 updated, 0 unchanged, 3 failed",
		"error 2 1 missing required x1", "error 3 - missing required x1", "error 4 2 missing required x1")
}

func TestRowAppliesWholeOrNotAtAll(t *testing.T) {
	h := filestest.New(t)
	expect(t, h, "products_1.csv", "sku,name,price,stock,unit,currency\n1,Rod,-1,5,,\n2,Bolt,1,x,,\n3,Nut,1,1,FURLONG,\n4,Pin,1,1,,EURO\n5,Screw,1,1,,\n6,Wire,1.1234567,1,,\n",
		"partlyDone: 6 read, 1 created, 0 updated, 0 unchanged, 5 failed",
		"error 2 1 value invalid_value x1", "error 3 2 value invalid_value x1", "error 4 3 missing unknown_unit x1",
		"error 5 4 value invalid_value x1", "error 7 6 value invalid_value x1")
	if got, want := rows(h, productSQL), `5 {"en": "Screw"} - C62`; got != want {
		t.Error(cmp.Diff(want, got))
	}
	if got, want := rows(h, priceSQL)+rows(h, stockSQL), "DEFAULT 5 C62 from 0: 1 EUR per 1MAIN 5 1 C62"; got != want {
		t.Error(cmp.Diff(want, got))
	}
	expect(t, h, "prices_1.csv", "sku,unit,amount,price_list\n5,C62,2,\nNOPE,C62,1,\n5,XYZ,1,\n5,ST,1,NOLIST\n5,KG,-3,\n",
		"partlyDone: 5 read, 0 created, 1 updated, 0 unchanged, 4 failed",
		"error 3 DEFAULT|NOPE|C62|EUR|0| missing not_found x1", "error 4 DEFAULT|5||EUR|0| missing unknown_unit x1",
		"error 5 NOLIST|5|C62|EUR|0| missing not_found x1", "error 6 DEFAULT|5|KGM|EUR|0| value invalid_value x1")
	expect(t, h, "inventory_1.csv", "sku,warehouse,unit,on_hand\n5,,,7\nNOPE,MAIN,C62,1\n5,NOWHERE,C62,1\n5,MAIN,C62,\n",
		"partlyDone: 4 read, 0 created, 1 updated, 0 unchanged, 3 failed", "error 3 MAIN|NOPE|C62 missing not_found x1",
		"error 4 NOWHERE|5|C62 missing not_found x1", "error 5 MAIN|5|C62 duplicate duplicate_key x1", "error 5 MAIN|5|C62 missing required x1")
}

func TestEqualKeys(t *testing.T) {
	h := filestest.New(t)
	expect(t, h, "products_1.csv", "sku,name,price\n1,Rod,bad\n1,Rod,1\n2,Bolt,1\n2,Bolt two,2\n 2 ,Bolt three,3\n",
		"partlyDone: 5 read, 1 created, 0 updated, 0 unchanged, 4 failed", "error 2 1 value invalid_value x1",
		"error 3 1 duplicate duplicate_key x1", "error 5 2 duplicate duplicate_key x1", "error 6 2 duplicate duplicate_key x1")
	if got, want := rows(h, productSQL), `2 {"en": "Bolt"} - C62`; got != want {
		t.Error(cmp.Diff(want, got))
	}
	expect(t, h, "prices_1.csv", "sku,unit,min_quantity,amount\n2,PCE,1,1\n2,C62,1.0,2\n2,ST,2,3\n", "partlyDone: 3 read, 2 created, 0 updated, 0 unchanged, 1 failed",
		"error 3 DEFAULT|2|C62|EUR|1| duplicate duplicate_key x1")
}

func TestUnknownColumnsAreReportedOnce(t *testing.T) {
	h := filestest.New(t)
	expect(t, h, "products_1.csv", "sku,colour,name,Size,name_en\n1,red,Rod,1,Stick\n2,blue,Bolt,2,Lock\n",
		"done: 2 read, 2 created, 0 updated, 0 unchanged, 0 failed", "warning 0 - value double_column x1", "warning 0 - value unknown_column x1")
	if got := rows(h, "SELECT detail FROM exchange_error WHERE code = 'unknown_column'"); !strings.Contains(got, "colour, size") {
		t.Error(got)
	}
	if got := rows(h, "SELECT warnings FROM exchange"); got != "2" {
		t.Errorf("%s warnings are counted", got)
	}
}

func TestPartnersLanguageAndDefaults(t *testing.T) {
	h := filestest.New(t, func(s *exchange.PartnerSettings) {
		s.PriceList, s.Currency, s.Warehouse, s.Unit = "CH", "CHF", "BASEL", "KGM"
	})
	h.Exec("UPDATE partner SET language = 'de'")
	h.Insert("price_list", map[string]any{"code": "CH", "name": "Schweiz"})
	h.Insert("warehouse", map[string]any{"code": "BASEL", "name": "Basel"})
	h.Reload()
	expect(t, h, "products_1.csv", "sku,name,name_en,category,price,stock\n1,Stange,Rod,A/B,1,2\n", "done: 1 read, 1 created, 0 updated, 0 unchanged, 0 failed")
	expect(t, h, "prices_1.csv", "sku,amount,currency\n1,3,EUR\n", "done: 1 read, 1 created, 0 updated, 0 unchanged, 0 failed")
	got := rows(h, productSQL) + "\n" + rows(h, priceSQL) + "\n" + rows(h, stockSQL) + "\n" + rows(h, "SELECT name FROM category ORDER BY code")
	want := `1 {"de": "Stange", "en": "Rod"} A/B KGM
CH 1 KGM from 0: 1 CHF per 1
CH 1 KGM from 0: 3 EUR per 1
BASEL 1 2 KGM
{"de": "A"}
{"de": "B"}`
	if got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestCategoriesAndCustomers(t *testing.T) {
	h := filestest.New(t)
	expect(t, h, "categories_1.csv", "code;name;name_de;parent;position\nA;Alpha;Alfa;;2\nB;Beta;;A;1\nC;Gamma;;NONE;\n",
		"partlyDone: 3 read, 2 created, 0 updated, 0 unchanged, 1 failed", "error 4 C missing not_found x1")
	expect(t, h, "customers_1.csv", "number;name;credit_limit;order_block;parent\n0001;Acme;1.000,50;x;\n0002;Bcme;;;0001\n",
		"done: 2 read, 2 created, 0 updated, 0 unchanged, 0 failed")
	if got, want := rows(h, `SELECT concat_ws(' ', c.number, coalesce(c.credit_limit::text, '-'), c.order_block, coalesce(p.number, '-')) FROM customer c
		LEFT JOIN customer p ON p.id = c.parent_id ORDER BY 1`), "0001 1000.50 t -\n0002 - f 0001"; got != want {
		t.Error(cmp.Diff(want, got))
	}
	expect(t, h, "products_1.csv", "sku,name,category\n1,Rod,B\n2,Bolt,A/X\n3,Nut,NONE\n", "done: 3 read, 3 created, 0 updated, 0 unchanged, 0 failed",
		"warning 4 3 missing not_found x1")
	// What an administrator made of a category stays, though the path says otherwise.
	h.Exec(`UPDATE category SET parent_id = (SELECT id FROM category WHERE code = 'B'), name = '{"en": "Mine"}' WHERE code = 'A/X'`)
	expect(t, h, "products_2.csv", "sku,name,category\n2,Bolt,A / X\n", "done: 1 read, 0 created, 0 updated, 1 unchanged, 0 failed")
	if got, want := rows(h, "SELECT format('%s %s %s', c.code, c.name->>'en', coalesce(p.code, '-')) FROM category c LEFT JOIN category p ON p.id = c.parent_id ORDER BY 1"),
		"A Alpha -\nA/X Mine B\nB Beta A"; got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestDelimitersAndEncodings(t *testing.T) {
	latin, err := charmap.Windows1252.NewEncoder().String("sku;name;weight\n1;Schöne Stange;1,5\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ file, name, weight, format, issues string }{
		"bar, quotes and line breaks": {"sku|name|weight\r\n1|\"Rod\r\n\"\"big\"\" | one\"|1.5\r\n", "Rod\r\n\"big\" | one", "1.500", `utf-8; columns separated by bars; decimal mark '.' in weight`, ""},
		"tab and BOM":                 {"\ufeffsku\tname\tweight\n1\tStänge\t1,500\n", "Stänge", "1500.000", `utf-8; columns separated by tabs; decimal mark '.' by the partner's setting in weight`, ""},
		"semicolon, Windows-1252":     {latin, "Schöne Stange", "1.500", `windows-1252; columns separated by semicolons; decimal mark ',' in weight`, "warning 0 - value encoding_guessed x1"},
		"both marks":                  {"sku,name,weight\n1,Rod,\"1.234,500\"\n2,Bolt,\"2,500\"\n", "Rod", "1234.500", `utf-8; columns separated by commas; decimal mark ',' in weight`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := filestest.New(t)
			id, out := h.Import("products_1.csv", test.file)
			if out.Status != exchange.Done {
				t.Fatalf("%s %v", filestest.Counts(out), h.Issues(id))
			}
			if got := rows(h, "SELECT (name->>'en') || ' / ' || weight FROM product WHERE sku = '1'"); got != test.name+" / "+test.weight {
				t.Errorf("%q", got)
			}
			if got := rows(h, "SELECT format FROM exchange WHERE id = $1", id); got != test.format {
				t.Error(cmp.Diff(test.format, got))
			}
			if got := strings.Join(h.Issues(id), "\n"); got != test.issues {
				t.Error(got)
			}
		})
	}
}

func TestUnitsGoBackAsTheyCame(t *testing.T) {
	h := filestest.New(t)
	expect(t, h, "products_1.csv", "sku,name,unit\n1,Rod,ST\n2,Bolt,PCE\n3,Wire,KG\n4,Nut,kg\n5,Pin,MTR\n", "done: 5 read, 5 created, 0 updated, 0 unchanged, 0 failed")
	const sql = "SELECT format('%s %s %s', a.alias, u.code, a.preferred) FROM unit_alias a JOIN unit u ON u.id = a.unit_id WHERE a.system = 'SAP' ORDER BY 1"
	want := "KG KGM t\nPCE C62 f\nST C62 t" // kg is KG already
	if got := strings.Split(rows(h, sql), "\n"); !cmp.Equal(strings.Split(want, "\n"), slices.Sorted(slices.Values(got))) {
		t.Error(cmp.Diff(want, got))
	}
	expect(t, h, "inventory_1.csv", "sku,unit,on_hand\n1,PCE,1\n2,EA,1\n", "done: 2 read, 2 created, 0 updated, 0 unchanged, 0 failed")
	if got := rows(h, sql+" LIMIT 1"); !strings.HasPrefix(got, "EA C62 f") {
		t.Error(got)
	}
	if got := rows(h, "SELECT resource || ' ' || event FROM change WHERE resource = 'unitAliases' AND origin = 'SAP' ORDER BY seq"); got != "unitAliases created\nunitAliases created" {
		t.Errorf("the log has %s", got)
	}
}

func TestResourcesByFileName(t *testing.T) {
	h := filestest.New(t)
	for name, want := range map[string]string{
		"products_1.csv": "done", "PRODUCTS_1.CSV": "done", "products.csv": "done", "products-2026.txt": "done", "products_1": "done",
		"price_lists_1.csv": "done", "inventory_1.csv": "partlyDone", "inventory_levels_1.csv": "partlyDone", "prices_1.csv": "partlyDone", "customers_1.csv": "refused", "productions_1.csv": "refused", "orders_1.csv": "refused",
	} {
		content := "sku,name\n" + name + ",X\n"
		if strings.HasPrefix(name, "price_lists") {
			content = "code,name\nX,X\n"
		}
		_, out := h.Import(name, content)
		if string(out.Status) != want {
			t.Errorf("%s is %s (%s), want %s", name, out.Status, out.Reason.Text, want)
		}
	}
	if got := rows(h, "SELECT DISTINCT reason_code FROM exchange WHERE name IN ('customers_1.csv', 'orders_1.csv') ORDER BY 1"); got != "key_missing\nunknown_kind" {
		t.Error(got)
	}
}

// The issue's own words for the columns of each file.
func TestColumnsOfTheIssue(t *testing.T) {
	h := filestest.New(t)
	h.Insert("price_list", map[string]any{"code": "L", "name": "L"})
	expect(t, h, "products_1.csv", "sku,name,attributes,gtin\nR9,Rod,\"{\"\"a\"\": 1}\",4006381333931\n", "done: 1 read, 1 created, 0 updated, 0 unchanged, 0 failed")
	expect(t, h, "prices_1.csv", "price_list,sku,unit,currency,min_quantity,amount,per,valid_from,valid_until\nL,R9,PCE,usd,10,\"1,234.5\",100,2026-01-01,20261231\n",
		"done: 1 read, 1 created, 0 updated, 0 unchanged, 0 failed")
	if got := expect(t, h, "inventory_1.csv", "sku,warehouse,unit,on_hand\nR9,MAIN,PCE,12\n", "done: 1 read, 1 created, 0 updated, 0 unchanged, 0 failed"); got !=
		"line,resource,key,outcome,reason\n2,inventoryLevels,\"MAIN|R9|C62\",created,\n" {
		t.Error(got)
	}
	var price string
	h.Scan(&price, `SELECT row_to_json(x)::text FROM (SELECT currency, trim_scale(min_quantity)::text, trim_scale(amount)::text AS amount, trim_scale(per)::text AS per, valid_from, valid_until FROM price) x`)
	var got map[string]string
	if err := json.Unmarshal([]byte(price), &got); err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"currency": "USD", "trim_scale": "10", "amount": "1234.5", "per": "100", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}
