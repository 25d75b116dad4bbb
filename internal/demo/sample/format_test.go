package sample_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/format/csv"
	"github.com/hanse-commerce/hanse/format/idoc"
)

// Hanse's own readers find in the files what was meant: as many records as the README says, and numbers as numbers.
func TestFormatsReadTheMorning(t *testing.T) {
	want := map[string]int{"categories": 11, "products": 52, "matmas": 25, "debmas": 91, "prices": 156, "cond_a_list": 26,
		"cond_a_contract": 726, "loistd": 50, "inventory": 104}
	for _, f := range load(t).Morning(morning) {
		kind, _, _ := strings.Cut(f.Name, "_2026")
		content := write(t, f)
		n := 0
		if strings.HasSuffix(f.Name, ".xml") {
			summary, err := idoc.Verify(bytes.NewReader(content))
			if err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
			n = summary.IDocs
		} else {
			n = readCSV(t, f.Name, content)
		}
		if n != want[kind] {
			t.Errorf("%s holds %d records, want %d", f.Name, n, want[kind])
		}
	}
}

func readCSV(t *testing.T, name string, content []byte) int {
	t.Helper()
	r, err := csv.NewReader(bytes.NewReader(content), csv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Delimiter() != ',' || r.Encoding() != csv.UTF8 {
		t.Errorf("%s is taken for %s with %q between the cells", name, r.Encoding(), r.Delimiter())
	}
	for record, err := range r.All() {
		if err != nil || record.Err != nil {
			t.Errorf("%s: %v, %v", name, err, record.Err)
		}
		for _, number := range []string{"weight", "amount", "on_hand", "min_quantity", "per"} {
			column, ok := r.Column(number)
			if !ok {
				continue
			}
			if got, err := r.Decimal(column, record.Cells[column]); err != nil || got != record.Cells[column] {
				t.Errorf("%s, %s: %q is taken for %q: %v", name, number, record.Cells[column], got, err)
			}
		}
	}
	return r.Records()
}
