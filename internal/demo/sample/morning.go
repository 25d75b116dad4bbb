package sample

import (
	"fmt"
	"io"
	"time"
)

// File is one file that SAP's middleware drops.
type File struct {
	Name  string
	Write func(io.Writer) error // may be called any number of times and writes the same each time
}

// stampLayout is the time in a file's name, in UTC.
const stampLayout = "20060102T150405Z"

// Morning is what SAP's middleware drops in the morning, in the order in which it does: each file bears a later second in
// its name than the one before, the last one now. Document numbers follow from now too, so mornings of different seconds
// are different documents.
func (c *Company) Morning(now time.Time) []File {
	first := now.UTC().Truncate(time.Second)
	parts := []struct {
		name  string // what stands before the time
		write func(io.Writer, document) error
		idoc  bool
	}{
		{"categories", c.writeCategories, false},
		{"products", c.writeProducts, false},
		{"matmas", c.writeMaterials, true},
		{"debmas", c.writeCustomers, true},
		{"prices", c.writePrices, false},
		{"cond_a_list", c.writeListConditions, true},
		{"cond_a_contract", c.writeContractConditions, true},
		{"loistd", c.writeStockLevels, true},
		{"inventory", c.writeInventory, false},
	}
	first = first.Add(-time.Duration(len(parts)-1) * time.Second)
	files := make([]File, len(parts))
	for i, p := range parts {
		d := document{created: first.Add(time.Duration(i) * time.Second)}
		name := fmt.Sprintf("%s_%s_0001.csv", p.name, d.created.Format(stampLayout))
		if p.idoc {
			name = fmt.Sprintf("%s_%s_%s.xml", p.name, d.created.Format(stampLayout), d.number(0))
		}
		files[i] = File{name, func(w io.Writer) error { return p.write(w, d) }}
	}
	return files
}

// document is when a file was made and what follows from it.
type document struct{ created time.Time }

// number is the DOCNUM of the file's n-th IDoc: sixteen digits, another for each second and n below ten thousand.
func (d document) number(n int) string {
	return fmt.Sprintf("%016d", d.created.Unix()*10000+int64(n))
}
