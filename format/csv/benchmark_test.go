package csv_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/hanse-commerce/hanse/format/csv"
)

// products is a file of rows of about 200 bytes and 8 columns.
func products(rows int, quoted bool) []byte {
	var b bytes.Buffer
	b.WriteString("sku;name_en;name_de;category;unit;price;currency;stock\r\n")
	name := "Sechskantschraube mit Gewinde bis Kopf, verzinkt, Festigkeitsklasse 8.8, M8x40 DIN 933"
	if quoted {
		name = `"` + name + `; 8""x40"""`
	}
	for i := range rows {
		fmt.Fprintf(&b, "A-%07d;Hex bolt fully threaded, zinc plated, class 8.8, M8x40;%s;Fasteners/Bolts;PCE;%d.%03d,%02d;EUR;%d\r\n",
			i, name, 1+i%9, i%1000, i%100, i%5000)
	}
	return b.Bytes()
}

// BenchmarkScan is the first pass alone: encoding, delimiter, quotes, decimal marks.
func BenchmarkScan(b *testing.B) { benchmark(b, false) }

// BenchmarkRead is the second pass alone.
func BenchmarkRead(b *testing.B) { benchmark(b, true) }

func benchmark(b *testing.B, reading bool) {
	for _, quoted := range []bool{false, true} {
		text := products(100_000, quoted)
		b.Run(fmt.Sprintf("quoted=%v", quoted), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if reading {
					b.StopTimer()
				}
				r, err := csv.NewReader(bytes.NewReader(text), csv.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if !reading {
					continue
				}
				b.StartTimer()
				for {
					if _, err := r.Read(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkDecimal(b *testing.B) {
	r, err := csv.NewReader(bytes.NewReader(products(10, false)), csv.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := r.Decimal(5, "1.234,56"); err != nil {
			b.Fatal(err)
		}
	}
}
