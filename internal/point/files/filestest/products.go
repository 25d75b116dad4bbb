package filestest

import (
	"bufio"
	"fmt"
	"io"
)

// Columns are those of WriteProducts: a product with its price and its stock.
const Columns = "sku,name,name_de,description,category,unit,gtin,brand,weight,price,currency,stock"

// WriteProducts writes a CSV file of products for measuring, the same at each call; changed gives every tenth row another
// price and stock.
func WriteProducts(to io.Writer, rows int, changed bool) error {
	w := bufio.NewWriterSize(to, 1<<20)
	fmt.Fprintln(w, Columns)
	for n := range rows {
		price, stock := 100+n%99_900, n*7%5000
		if changed && n%10 == 0 {
			price, stock = price+100_000, stock+5000
		}
		fmt.Fprintf(w, "P-%08d,\"Rod %d, threaded M%d\",Gewindestange %d M%d,\"Steel rod, zinc plated, for the series %d of machines\",%s,PCE,%s,%s,%d.%03d,%d.%02d,EUR,%d\n",
			n, n, n%60, n, n%60, n%5000, pathOf(n), gtinOf(n), brands[n%len(brands)], n%50, n%1000, price/100, price%100, stock)
	}
	return w.Flush()
}

var brands = []string{"Nordwerk", "Hansa Stahl", "Alster", "Brinkmann", "Kontor & Co", "Elbe", "Weser Tools"}

// pathOf is a path among 20 x 25 categories.
func pathOf(n int) string { return fmt.Sprintf("Group %02d/Kind %02d", n%20, n/20%25) }

// gtinOf is a number of 13 digits with a right check digit (GS1 General Specifications, section 7.9).
func gtinOf(n int) string {
	body := fmt.Sprintf("40%010d", n)
	sum := 0
	for i, d := range body {
		sum += int(d-'0') * (1 + 2*(i%2))
	}
	return fmt.Sprintf("%s%d", body, (10-sum%10)%10)
}
