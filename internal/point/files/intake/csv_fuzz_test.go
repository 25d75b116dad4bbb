package intake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
)

type memory []byte

func (memory) Name() string                   { return "x.csv" }
func (m memory) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m)), nil }

// Whatever a file holds, it is refused with a code, or each of its rows is either failed or means something.
func FuzzCSVRows(f *testing.F) {
	schema, err := commerce.Schema()
	if err != nil {
		f.Fatal(err)
	}
	aliases, _ := schema.Type(catalog.Aliases.Name)
	for _, s := range []string{"sku,name,price,stock,unit,category,currency\n1,Rod,1.5,3,PCE,A/B,EUR\n", "sku;name_de;name_;weight\n;x;;1.000,5\n", "code,parent\nA,\nB,A\n",
		"price_list|sku|amount|valid_from\n|1|-1|2026-02-30\n", "\xff\xfes\x00k\x00", "sku,sku\n", "number,credit_limit,order_block\n1,1e5,maybe\n", "sku,name\n1,\"", "sku,on_hand,unit\n%|,1,\x00\n"} {
		for kind := range byte(5) {
			f.Add(kind, []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, kind byte, content []byte) {
		typ, _ := schema.Type([]string{"products", "prices", "inventoryLevels", "customers", "categories"}[kind%5])
		d := Defaults{PriceList: "L", Currency: "EUR", Warehouse: "W", Unit: "C62", Language: "en", DecimalMark: '.'}
		rows, err := openCSV(schema, typ, memory(content), d, &units{codes: &catalog.Codes{}, aliases: aliases, adopted: map[string]*Need{}})
		var refused *FileError
		if errors.As(err, &refused) && refused.Code() != "" && refused.Error() != "" {
			return
		}
		if err != nil {
			t.Fatalf("neither rows nor a refusal: %v", err)
		}
		_ = rows.Format()
		for n := int64(0); ; n++ {
			row, err := rows.Next(context.Background())
			if err == io.EOF {
				if n != rows.Count() {
					t.Errorf("%d rows of %d", n, rows.Count())
				}
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if row.Line < 1 || !row.failed() && (len(row.Drafts) == 0 || row.identity == "") {
				t.Errorf("a row that means nothing: %+v", row)
			}
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	})
}
