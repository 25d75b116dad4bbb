package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

// columns are those of the file: a product with its price and its stock.
const columns = "sku,name,name_de,description,category,unit,gtin,brand,weight,price,currency,stock"

// writeRows writes the file, the same at each call; changed gives every tenth row another price and stock.
func writeRows(path string, rows int, changed bool) (size int64, err error) {
	f, err := os.Create(path) // #nosec G304 -- in the bench's own folder
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, columns)
	for n := range rows {
		price, stock := 100+n%99_900, n*7%5000
		if changed && n%10 == 0 {
			price, stock = price+100_000, stock+5000
		}
		fmt.Fprintf(w, "P-%08d,\"Rod %d, threaded M%d\",Gewindestange %d M%d,\"Steel rod, zinc plated, for the series %d of machines\",%s,PCE,%s,%s,%d.%03d,%d.%02d,EUR,%d\n",
			n, n, n%60, n, n%60, n%5000, category(n), gtin(n), brands[n%len(brands)], n%50, n%1000, price/100, price%100, stock)
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

var brands = []string{"Nordwerk", "Hansa Stahl", "Alster", "Brinkmann", "Kontor & Co", "Elbe", "Weser Tools"}

// category is a path of 20 x 25 categories.
func category(n int) string { return fmt.Sprintf("Group %02d/Kind %02d", n%20, n/20%25) }

// gtin is a number of 13 digits with a right check digit (GS1 General Specifications, section 7.9).
func gtin(n int) string {
	body := fmt.Sprintf("40%010d", n)
	sum := 0
	for i, d := range body {
		sum += int(d-'0') * (1 + 2*(i%2))
	}
	return fmt.Sprintf("%s%d", body, (10-sum%10)%10)
}
