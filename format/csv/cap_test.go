package csv_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/format/csv"
)

func TestFieldTooLarge(t *testing.T) {
	for _, quote := range []string{"", `"`} {
		for _, size := range []int{csv.MaxField, csv.MaxField + 1, 12 << 20} {
			big := quote + strings.Repeat("x", size) + quote
			c := read(t, "sku,text,name\nA,1,a\nB,"+big+",b\nC,3,c\n", csv.Options{})
			fault, kept := csv.CodeFieldTooLarge, 0
			if size <= csv.MaxField {
				fault, kept = "", size
			}
			if len(c.rows) != 3 || c.faults[1] != fault || len(c.rows[1][1]) != kept || c.rows[1][2] != "b" ||
				c.rows[1][0] != "B" || c.rows[2][2] != "c" || c.faults[2] != "" {
				t.Errorf("size %d, quote %q: faults %q, %d bytes kept", size, quote, c.faults, len(c.rows[1][1]))
			}
		}
	}
}

func TestRowTooLarge(t *testing.T) {
	const columns = 20
	header := make([]string, columns)
	for i := range header {
		header[i] = fmt.Sprint("c", i)
	}
	row := strings.Repeat(strings.Repeat("x", csv.MaxField-1)+",", columns-1) + "y"
	c := read(t, strings.Join(header, ",")+"\n"+row+"\n"+strings.Repeat("1,", columns-1)+"1\n", csv.Options{})
	if len(c.rows) != 2 || c.faults[0] != csv.CodeRowTooLarge || c.faults[1] != "" {
		t.Errorf("faults %q", c.faults)
	}
}

// TestMemoryIsFlat reads a file of 60 MB that was never in memory, one cell of it 30 MB.
func TestMemoryIsFlat(t *testing.T) {
	row := "A-1;" + strings.Repeat("Sechskantschraube M8x40 ", 5) + ";1.234,50\n"
	open := func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("sku;name;price\n"), &repeated{row, 30 << 20 / len(row), 0},
			strings.NewReader("B-1;\""), &repeated{"0123456789\n", 3 << 20, 0}, strings.NewReader("\";1\n"))), nil
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := csv.Open(open, csv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
		t.Errorf("the scan allocated %d bytes", grown)
	}
	peak, last := uint64(0), csv.Record{}
	for n := 1; ; n++ {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		last = record
		if n%50_000 == 0 || record.Err != nil {
			runtime.GC()
			runtime.ReadMemStats(&after)
			peak = max(peak, after.HeapAlloc)
		}
	}
	if last.Err == nil || last.Err.Code != csv.CodeFieldTooLarge {
		t.Errorf("the last row has the fault %v", last.Err)
	}
	if peak > before.HeapAlloc+8<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before.HeapAlloc, peak)
	}
}

// repeated gives the same text a number of times.
type repeated struct {
	text  string
	times int
	at    int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) && r.times > 0 {
		c := copy(p[n:], r.text[r.at:])
		n, r.at = n+c, r.at+c
		if r.at == len(r.text) {
			r.at, r.times = 0, r.times-1
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
