package csv_test

import (
	"fmt"
	"strings"

	"github.com/hanse-commerce/hanse/format/csv"
)

// A file as a German spreadsheet writes it, with one row that the partner must mend.
func Example() {
	file := "SKU;Price;Stock\r\nA-100;1.234,50;40\r\nA-200;3,20\r\nA-300;0,99;7\r\n"
	r, err := csv.NewReader(strings.NewReader(file), csv.Options{})
	if err != nil {
		fmt.Println("the whole file is refused:", err)
		return
	}
	defer r.Close()
	price, _ := r.Column("price")
	for record, err := range r.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		if record.Err != nil {
			fmt.Println(record.Err)
			continue
		}
		amount, err := r.Decimal(price, record.Cells[price])
		fmt.Println(record.Line, record.Cells[0], amount, err)
	}
	// Output:
	// 2 A-100 1234.50 <nil>
	// row at line 3: row_ragged: 2 cells, but the header has 3 columns; put cells that contain ';' into quotes
	// 4 A-300 0.99 <nil>
}
