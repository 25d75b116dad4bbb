package sample_test

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var morning = time.Date(2026, 11, 24, 6, 0, 30, 0, time.UTC)

func write(t *testing.T, f sample.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The golden files hold the head of each file: five lines are the header with four rows, or the first four IDocs.
func TestMorningFiles(t *testing.T) {
	for _, f := range load(t).Morning(morning) {
		t.Run(f.Name, func(t *testing.T) {
			content := write(t, f)
			if !bytes.Equal(content, write(t, f)) {
				t.Fatal("two writings differ")
			}
			head := bytes.Join(bytes.SplitAfterN(content, []byte("\n"), 6)[:5], nil)
			golden := filepath.Join("testdata", f.Name)
			if *update {
				if err := os.WriteFile(golden, head, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(head)); diff != "" {
				t.Errorf("the head differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMorningNamesAreInOrder(t *testing.T) {
	form := regexp.MustCompile(`^[a-z_]+_(\d{8}T\d{6}Z)_\d+\.(csv|xml)$`)
	before := ""
	files := load(t).Morning(morning)
	for _, f := range files {
		m := form.FindStringSubmatch(f.Name)
		if m == nil || m[1] <= before {
			t.Fatalf("%s: the name has another form or is not later than %s", f.Name, before)
		}
		before = m[1]
	}
	if before != "20261124T060030Z" {
		t.Errorf("the last file bears %s", before)
	}
}

// message is as much of any IDoc as the tests look at.
type message struct {
	Docnum string `xml:"EDI_DC40>DOCNUM"`
	Idoc   string `xml:"EDI_DC40>IDOCTYP"`
	Matnr  string `xml:"E1MARAM>MATNR"`
	Kunnr  string `xml:"E1KNA1M>KUNNR"`
	Price  struct {
		Kunnr string `xml:"KUNNR"`
		Matnr string `xml:"MATNR"`
		Kdgrp string `xml:"KDGRP"`
	} `xml:"E1KOMG"`
	Stock string `xml:"E1MDSTL>MATNR"`
}

func TestEveryProductAndCustomerIsSentOnce(t *testing.T) {
	products, customers, listed, stocked, docnums := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	contracts := 0
	c := load(t)
	for _, f := range c.Morning(morning) {
		content := write(t, f)
		if kind, _, _ := strings.Cut(f.Name, "_"); strings.HasSuffix(f.Name, ".csv") {
			for _, line := range rows(t, content) {
				switch kind {
				case "products":
					products[line["sku"]]++
				case "prices":
					if line["min_quantity"] == "0" {
						listed[line["sku"]]++
					}
				case "inventory":
					stocked[line["sku"]]++
				}
			}
			continue
		}
		for _, d := range idocs(t, content) {
			docnums[d.Docnum]++
			switch {
			case d.Matnr != "":
				products[d.Matnr]++
			case d.Kunnr != "":
				customers[d.Kunnr]++
			case d.Stock != "":
				stocked[d.Stock]++
			case d.Price.Kunnr != "":
				contracts++
			case d.Price.Kdgrp == "":
				listed[d.Price.Matnr]++
			}
		}
	}
	for _, p := range c.Products {
		if products[p.SKU] != 1 || listed[p.SKU] != 1 || stocked[p.SKU] != len(c.Warehouses) {
			t.Errorf("product %s is sent %d times, priced %d times, in stock %d times", p.SKU, products[p.SKU], listed[p.SKU], stocked[p.SKU])
		}
	}
	for _, k := range c.Customers {
		if customers[k.Number] != 1 {
			t.Errorf("customer %s is sent %d times", k.Number, customers[k.Number])
		}
	}
	if len(products) != 77 || len(customers) != 91 || contracts != len(c.Contracts) || len(docnums) != 91+25+26+726+50 {
		t.Errorf("%d products, %d customers, %d contracts, %d documents", len(products), len(customers), contracts, len(docnums))
	}
}

func TestMorningsAreDifferentDocuments(t *testing.T) {
	today, later := load(t).Morning(morning), load(t).Morning(morning.Add(24*time.Hour))
	for i := range today {
		if today[i].Name == later[i].Name {
			t.Errorf("%s comes twice", today[i].Name)
		}
	}
}

func rows(t *testing.T, content []byte) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[lines[0][i]] = cell
		}
		all = append(all, row)
	}
	return all
}

func idocs(t *testing.T, content []byte) []message {
	t.Helper()
	var file struct {
		XMLName xml.Name
		IDOC    []message
	}
	if err := xml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	for _, d := range file.IDOC {
		if d.Idoc != file.XMLName.Local || len(d.Docnum) != 16 {
			t.Errorf("IDoc %s in a file of %s: %q", d.Idoc, file.XMLName.Local, d.Docnum)
		}
	}
	return file.IDOC
}
