package fault_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/test/program"
)

const bigFile = "products_20261124T100000Z_big.csv"

// bigImport has rows of all fates: new, without a name, twice, of an unknown unit.
func bigImport(rows int) string {
	var text strings.Builder
	text.WriteString("sku;name;category;unit;price;currency;stock\n")
	for i := range rows {
		sku, name, unit := fmt.Sprintf("BIG-%06d", i), fmt.Sprintf("Product %d", i), "PCE"
		switch {
		case i%997 == 5:
			name = ""
		case i%1013 == 7:
			sku = "BIG-000000"
		case i%1019 == 9:
			unit = "???"
		}
		fmt.Fprintf(&text, "%s;%s;Big/Part %d;%s;%d,%02d;EUR;%d\n", sku, name, i%20, unit, 1+i%50, i%100, i%300)
	}
	return text.String()
}

// TestKilledInTheMiddleOfAnImport kills the node that imports a large file, again and again; what comes of it is what an
// undisturbed import of the same file makes.
func TestKilledInTheMiddleOfAnImport(t *testing.T) {
	t.Parallel()
	text := bigImport(9000)
	clean := found(t)
	n := clean.serve(t)
	if err := drop(clean.sftp(t, n), bigFile, text); err != nil {
		t.Fatal(err)
	}
	program.Eventually(t, func() error { return clean.imported() })
	n.Stop(t)

	broken := found(t)
	n = broken.serve(t)
	if err := drop(broken.sftp(t, n), bigFile, text); err != nil {
		t.Fatal(err)
	}
	kills := 0
	for ; kills < 2 && broken.imported() != nil; kills++ {
		done := broken.progress(t)
		program.Eventually(t, func() error {
			if now := broken.progress(t); now == done && broken.imported() != nil {
				return errors.New("the import does not come on")
			}
			return nil
		})
		n.Kill(t)
		n = broken.serve(t)
	}
	if kills < 2 {
		t.Errorf("the import was killed %d times only", kills)
	}
	program.Eventually(t, func() error { return broken.imported() })
	n.Stop(t)

	for what, sql := range digests {
		if a, b := ask[string](t, clean, sql), ask[string](t, broken, sql); a != b {
			t.Errorf("%s differ: %s after a clean run, %s after kills", what, a, b)
		}
	}
	if a, b := clean.result(t), broken.result(t); !bytes.Equal(a, b) {
		t.Errorf("the result files differ: %d bytes after a clean run, %d after kills", len(a), len(b))
	}
	counted(t, broken, 1, "exchanges", "SELECT count(*) FROM exchange WHERE name = $1", bigFile)
	program.Eventually(t, func() error {
		_, err := os.Stat(filepath.Join(broken.Partner.Home, "archive", bigFile))
		return err
	})
}

// digests are what an import makes, without ids and times.
var digests = map[string]string{
	"products": `SELECT count(*) || ' ' || md5(string_agg(concat_ws('|', p.sku, p.name, p.status, p.revision, c.code, u.code), ',' ORDER BY p.sku))
		FROM product p LEFT JOIN category c ON c.id = p.category_id LEFT JOIN unit u ON u.id = p.unit_id`,
	"prices": `SELECT count(*) || ' ' || md5(string_agg(concat_ws('|', p.sku, l.code, x.currency, x.min_quantity, x.amount, x.per, x.revision), ','
		ORDER BY p.sku, l.code, x.currency, x.min_quantity, x.valid_from)) FROM price x JOIN product p ON p.id = x.product_id JOIN price_list l ON l.id = x.price_list_id`,
	"stock levels": `SELECT count(*) || ' ' || md5(string_agg(concat_ws('|', p.sku, w.code, u.code, x.on_hand, x.reserved, x.revision), ',' ORDER BY p.sku, w.code, u.code))
		FROM inventory_level x JOIN product p ON p.id = x.product_id JOIN warehouse w ON w.id = x.warehouse_id JOIN unit u ON u.id = x.unit_id`,
	"categories": "SELECT count(*) || ' ' || md5(string_agg(concat_ws('|', code, name, revision), ',' ORDER BY code)) FROM category",
	"counts":     `SELECT concat_ws(' ', status, read, created, updated, unchanged, failed, warnings) FROM exchange WHERE name = '` + bigFile + `'`,
	"errors": `SELECT count(*) || ' ' || md5(string_agg(concat_ws('|', e.line, e.key, e.code, e.severity, e.detail), ',' ORDER BY e.line, e.code, e.detail))
		FROM exchange_error e JOIN exchange x ON x.id = e.exchange_id WHERE x.name = '` + bigFile + `'`,
	"events": `SELECT string_agg(concat_ws(' ', resource, event, n), ', ' ORDER BY resource, event) FROM (SELECT resource, event, sum(cardinality(ids)) AS n
		FROM change h JOIN exchange x ON x.id = h.exchange_id WHERE x.name = '` + bigFile + `' GROUP BY resource, event) e`,
}

// progress is how many rows of the large file are finished.
func (c *company) progress(t *testing.T) int {
	t.Helper()
	return ask[int](t, c, "SELECT coalesce(max(read), 0) FROM exchange WHERE name = $1", bigFile)
}

// imported tells whether the large file is through and lies in archive/.
func (c *company) imported() error {
	var status, path string
	err := try(c, &status, "SELECT status FROM exchange WHERE name = $1", bigFile)
	if err == nil {
		err = try(c, &path, "SELECT coalesce(path, '') FROM exchange WHERE name = $1", bigFile)
	}
	if err == nil && (status != "partlyDone" || path != "archive/"+bigFile) {
		err = fmt.Errorf("the import is %s, its file lies in %s", status, path)
	}
	return err
}

func (c *company) result(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(c.Partner.Home, "result", bigFile+".result.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}
