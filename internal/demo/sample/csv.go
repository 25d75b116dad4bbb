package sample

import (
	"encoding/csv"
	"fmt"
	"io"
)

func (c *Company) writeCategories(w io.Writer, _ document) error {
	return writeCSV(w, []string{"code", "parent", "name", "name_de"}, func(line func(...string)) {
		for _, k := range c.Categories {
			line(k.Code, k.Parent, k.Name, k.NameDE)
		}
	})
}

// writeProducts writes the products that do not come as IDocs.
func (c *Company) writeProducts(w io.Writer, _ document) error {
	columns := []string{"sku", "name", "name_de", "description", "description_de", "category", "unit", "gtin", "weight", "status"}
	return writeCSV(w, columns, func(line func(...string)) {
		c.eachByCSV(func(p *Product) {
			status := "enabled"
			if p.Discontinued {
				status = "disabled"
			}
			line(p.SKU, p.Name, p.NameDE, p.Description, p.DescriptionDE, p.Category, p.Unit, p.GTIN,
				p.Weight.StringFixed(3), status)
		})
	})
}

func (c *Company) writePrices(w io.Writer, _ document) error {
	columns := []string{"price_list", "sku", "unit", "currency", "min_quantity", "amount", "per", "valid_from", "valid_until"}
	from := ValidFrom[:4] + "-" + ValidFrom[4:6] + "-" + ValidFrom[6:]
	return writeCSV(w, columns, func(line func(...string)) {
		c.eachByCSV(func(p *Product) {
			line(PriceList, p.SKU, p.Unit, Currency, "0", p.ListPrice.StringFixed(2), p.Per.String(), from, "")
			for _, t := range p.Tiers {
				line(PriceList, p.SKU, p.Unit, Currency, t.From.String(), t.Amount.StringFixed(2), p.Per.String(), from, "")
			}
		})
	})
}

func (c *Company) writeInventory(w io.Writer, _ document) error {
	return writeCSV(w, []string{"sku", "warehouse", "unit", "on_hand"}, func(line func(...string)) {
		c.eachByCSV(func(p *Product) {
			for _, h := range p.OnHand {
				line(p.SKU, h.Warehouse, p.Unit, h.Quantity.String())
			}
		})
	})
}

func (c *Company) eachByCSV(use func(*Product)) {
	for i := range c.Products {
		if !c.Products[i].IDoc {
			use(&c.Products[i])
		}
	}
}

func writeCSV(w io.Writer, columns []string, lines func(line func(...string))) error {
	out := csv.NewWriter(w)
	_ = out.Write(columns) // the writer keeps its first error for Error below
	lines(func(cells ...string) { _ = out.Write(cells) })
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write CSV with columns %v: %w", columns, err)
	}
	return nil
}
